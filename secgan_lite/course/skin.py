"""What an edit of the hair does to the skin, which it should leave alone: lesson 04's leak.

edit, truth = lightening(edits_of, held_out)    # intervals, in grey levels of 255
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from secgan_lite.attributes import single_flips
from secgan_lite.datasets import FaceData
from secgan_lite.evaluation import Truth
from secgan_lite.evaluation.bootstrap import Bootstrap

_CHANGED = 30 / 127.5  # mean over colours that pale skin changes where there is skin


def lightening(
    edits_of: Callable[[Tensor, Tensor], Sequence[Tensor]],
    faces: FaceData,
    wish: str = "Blond_Hair",
) -> tuple[dict[str, float], dict[str, float]]:
    """How much lighter the skin gets where a wish is added, by an editor and by the true edit.

    Args:
        edits_of: images (N, 3, h, h) and wishes (1, N, n_a) -> one batch of edits, in a sequence.
        faces: drawn ones; only those without the wish and without pale skin are counted.
        wish: the attribute that is added.

    Returns:
        intervals of ``Bootstrap`` over faces: means over the skin, in grey levels of 255.
    """
    added, pale = (faces.attributes.index(name) for name in (wish, "Pale_Skin"))
    x, y, _ = faces.batch(torch.arange(len(faces)))
    chosen = (y[:, [added, pale]] < 1).all(dim=1)
    x, y, truths = x[chosen], y[chosen], Truth.of(faces).tensors()[0][:, chosen]
    skin = (truths[pale] - x).abs().mean(dim=1) > _CHANGED
    y_diff = (single_flips(y, faces.attributes, resolved=True) - y)[[added]]
    bootstrap = Bootstrap(len(x), seed=0)

    def interval(images: Tensor) -> dict[str, float]:
        by_face = ((images - x).mean(dim=1) * skin).sum(dim=(1, 2)) / skin.sum(dim=(1, 2))
        return bootstrap.interval(bootstrap.totals(127.5 * by_face.numpy()) / len(x))

    with torch.inference_mode():
        (edits,) = edits_of(x, y_diff)
        return interval(edits), interval(truths[added])
