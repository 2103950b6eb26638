"""One pixel, two branches: gradient descent by the package's own losses, and what the app shows."""

from html import escape

import pytest
import torch

from secgan_lite.course.widgets import Duel, PixelDuel, descend, settle
from secgan_lite.losses import semantic_consistency


def test_hard_targets_descend_eq_11_and_12():
    """Against autograd of the package's loss, in one pixel with two segments, glasses and skin."""
    a, b = torch.tensor([-1.0, 2.0]).requires_grad_()
    both = [torch.stack([z, 0 * z]).reshape(1, 2, 1, 1) for z in (a, b)]
    for pupil, teacher, leaf, column in ((both[0], both[1], a, 0), (both[1], both[0], b, 1)):
        loss = semantic_consistency(pupil, teacher.argmax(dim=1))
        (slope,) = torch.autograd.grad(loss, leaf)
        moved = descend(torch.tensor([[-1.0, 2.0]]), temperature=0.0, steps=1)[1, 0, column]
        assert moved == pytest.approx(float(leaf - 0.2 * slope))


def test_soft_targets_keep_the_sum_and_labels_make_sure():
    starts = torch.tensor([[-1.0, 2.0], [0.5, -2.0]])
    soft = descend(starts, temperature=1.0)
    assert soft.shape == (121, 2, 2)
    assert torch.allclose(soft.sum(dim=2), starts.sum(dim=1).expand(121, 2), atol=1e-4)
    assert (descend(starts, temperature=1.0, labelled=True)[-1] > 2).all()


def test_the_app_shows_what_the_function_draws():
    app = PixelDuel()
    first = app.picture.value
    app.temperature.value, app.b.value, app.labelled.value = 2.0, 2.0, True
    assert app.duel == Duel(1.0, 2.0, 2.0, labelled=True) and app.picture.value != first
    figure, alt = settle(app.duel)
    assert app.duel.name == "targets, T = 2, true labels" == figure.axes[0].get_title()
    assert escape(alt) in app.words.value
