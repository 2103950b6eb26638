"""A drawn world of faces: parameters -> image, exact mask of 12 segments, 13 exact attributes.

Because a face is a parameter vector, the true result of an edit exists: change the attribute's own
parameters and draw again. No photograph allows that.

    faces = sample(8, seed=0)
    images, masks = render(faces, 64)
    with_glasses, _ = render(counterfactual(faces, "Eyeglasses"), 64)
"""

from secgan_lite.faces.drawing import render
from secgan_lite.faces.parameters import PARAMETERS, PREVALENCE, Faces, counterfactual, sample

__all__ = ["PARAMETERS", "PREVALENCE", "Faces", "counterfactual", "render", "sample"]
