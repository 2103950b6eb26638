"""A detector of edits: what its scores mean, and that it tells traces apart."""

import math

import pytest
import torch

from secgan_lite.course import forensics
from secgan_lite.editing import load_bundled


def test_auc_is_the_share_of_pairs_and_the_area_under_the_roc():
    edited, untouched = torch.tensor([2.0, 0.0, 1.0, 1.0]), torch.tensor([0.0, -1.0, 1.0])
    pairs = [(e > u) + 0.5 * (e == u) for e in edited for u in untouched]
    assert forensics.auc(edited, untouched) == pytest.approx(float(sum(pairs)) / 12)
    false, true = forensics.roc(edited, untouched)
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    assert torch.trapezoid(true, false).item() == pytest.approx(forensics.auc(edited, untouched))
    assert forensics.auc(untouched, edited) == pytest.approx(1 - forensics.auc(edited, untouched))


def test_stored_images_are_whole_grey_levels(faces):
    x, _, _ = faces.batch(torch.arange(4))
    assert torch.equal(forensics.stored(x), x)
    assert (forensics.jpeg(x, 95) - x).abs().mean() < (forensics.jpeg(x, 10) - x).abs().mean()
    with pytest.raises(ValueError, match="quality=0"):
        forensics.jpeg(x, 0)


def test_each_face_gets_its_own_wish():
    y = torch.zeros(3, 13)
    assert forensics.differences(y, torch.tensor([0, 5, 12])).nonzero().tolist() == [
        [0, 0],
        [1, 5],
        [2, 12],
    ]


def test_a_trace_is_found_and_hidden_from_who_is_known():
    draws = torch.Generator().manual_seed(0)
    clean = torch.rand(48, 3, 32, 32, generator=draws) - 0.5
    marked = clean.flip(0) + 0.2
    detector = forensics.train_detector(clean, marked, epochs=8)
    suspect = forensics.auc(*(forensics.suspicion(detector, i) for i in (marked, clean)))
    assert suspect > 0.9
    generator = load_bundled(32).generator
    y = torch.zeros(48, 13)
    first, last = forensics.hidden(generator, detector, clean, y, steps=(1, 3), batch_size=4)
    y_diff = forensics.differences(y[:4], forensics.wishes(4, 13))
    before = generator.decode(generator.encode(clean[:4]), y_diff)
    little, more = (
        (mine.decode(mine.encode(clean[:4]), y_diff) - before).abs().mean()
        for mine in (first, last)
    )
    assert 0 < little < more and not any(w.requires_grad for w in last.parameters())


def test_hiding_costs_suspicion_and_distance():
    """By hand: two images of one grey, and a detector that says how bright they are."""
    now, before = torch.full((2, 3, 2, 2), 0.5), torch.full((2, 3, 2, 2), 0.25)
    loss = forensics.hiding_loss(lambda x: x.mean(dim=(1, 2, 3)), now, before, keep=4.0)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(0.5)) + 4 * 0.25)
