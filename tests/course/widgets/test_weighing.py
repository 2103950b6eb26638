"""Weighed pulls: the gradients are the package's, a weight scales them, the legend tells them."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image, ImageColor

from secgan_lite import datasets
from secgan_lite.attributes import index_of, single_flips
from secgan_lite.course.widgets import Mix, Pulls, compared, weigh
from secgan_lite.course.widgets.weighing import COLOURS, TERMS
from secgan_lite.editing import Trained
from secgan_lite.evaluation import Truth
from secgan_lite.judges import load_classifier
from secgan_lite.secgan import Batch

SEEN = ("adv", "cls", "sc")  # the terms that see the edit


@pytest.fixture(scope="module")
def pulls(trained, wish_batch):
    return Pulls.of(trained, wish_batch, ["one", "two", "three", "four"])


@pytest.mark.parametrize("name", ["rgb", "semantic"])
def test_the_sum_is_the_gradient_of_the_package_s_loss(trained, wish_batch, pulls, name):
    """Eq. 14 and 16, by backward through the model, with the outputs as leaves."""
    edits = trained.translate(wish_batch)
    leaf = edits[name].raw.detach().requires_grad_(True)
    edits[name].raw, edits[name].out = leaf, trained.branches[name].modality.activate(leaf)
    total, _ = trained.generator_loss(wish_batch, edits)
    (wanted,) = torch.autograd.grad(total, leaf)
    weights = pulls.trained[name]
    ours = sum(weights[t] * pulls.gradients[name, t] for t in SEEN)
    assert torch.allclose(ours, wanted, rtol=1e-3, atol=1e-7)


def test_reconstruction_which_pulls_at_another_image_has_no_part(pulls):
    terms = {term for _, term in pulls.gradients}
    assert terms == set(SEEN) == set(pulls.trained["rgb"])


def test_norms_are_linear_in_the_weights(pulls):
    plain = weigh(pulls, Mix(face=1))
    tenfold = weigh(pulls, Mix(face=1, weights=(("sc", 10 * pulls.trained["rgb"]["sc"]),)))
    assert tenfold.norms["sc"] == pytest.approx(10 * plain.norms["sc"])
    assert tenfold.norms["cls"] == pytest.approx(plain.norms["cls"])
    assert sum(tenfold.shares.values()) == pytest.approx(1)
    assert tenfold.shares["sc"] > plain.shares["sc"]


def test_the_picture_changes_with_the_weights_and_holds_every_term(pulls):
    shown = {weigh(pulls, mix).png for mix in (
        Mix(), Mix(face=2), Mix(branch="semantic"), Mix(weights=(("sc", 100.0),)))}  # fmt: skip
    assert len(shown) == 4
    weighed = weigh(pulls, Mix(branch="semantic"))
    assert weighed.moved.square().mean().sqrt().item() == pytest.approx(0.1, rel=1e-3)
    assert all(TERMS["semantic"][term] in weighed.alt for term in SEEN)
    assert Image.open(BytesIO(weighed.png)).size == weighed.picture.size


def test_pixels_are_won_by_the_largest_weighted_gradient(pulls):
    weights = pulls.trained["rgb"] | {"sc": 30.0}
    sizes = torch.stack([
        weights[term] * pulls.gradients["rgb", term][1].norm(dim=0) for term in SEEN
    ])  # fmt: skip
    weighed = weigh(pulls, Mix(face=1, weights=(("sc", 30.0),)))
    for place, term in enumerate(SEEN):
        rivals = sizes[[other for other in range(3) if other != place]].amax(dim=0)
        assert weighed.wins[term] == pytest.approx((sizes[place] > rivals).float().mean().item())
        share = 100 * weighed.shares[term]
        told = f"{share:.1f}%" if share < 1 else f"{share:.0f}%"
        assert f"{TERMS['rgb'][term]} {told} and" in weighed.alt


def test_the_legend_s_bars_are_as_long_as_the_shares(pulls):
    weighed = weigh(pulls, Mix(face=1))
    legend = np.asarray(weighed.picture.convert("RGB"))[-64:]
    for place, (term, share) in enumerate(weighed.shares.items(), start=1):
        line = legend[5, place * 166 + 1 : place * 166 + 159]  # without its frame
        filled = (line == ImageColor.getrgb(COLOURS[term])).all(axis=1)
        assert abs(filled.sum() - share * 158) <= 2


def test_a_sheet_shows_each_mix_below_its_title(pulls):
    mixes = {"one way": Mix(), "another": Mix(weights=(("sc", 100.0),))}
    picture, words = compared(pulls, mixes)
    single = weigh(pulls, Mix()).picture
    assert picture.width > single.width and picture.height > 2 * single.height
    assert words.startswith("one way. one: the edit") and "another. one" in words


def test_a_weak_pull_is_seen_beside_a_strong_one_in_another_row(pulls):
    """Each row of a sheet is what the controls show: its scale ends at its own strongest pull."""
    faint = Mix(weights=tuple((term, 1e-4) for term in SEEN))
    strong = Mix(weights=tuple((term, 1.0) for term in SEEN))
    alone, _ = compared(pulls, {"faint": faint})
    both, _ = compared(pulls, {"faint": faint, "strong": strong})
    first = slice(alone.height - 8)
    assert np.array_equal(np.asarray(both)[first], np.asarray(alone)[first])


def test_the_strongest_term_wins_everywhere_if_it_is_alone(pulls):
    only = Mix(weights=(("adv", 0.0), ("cls", 0.0), ("sc", 1.0)))
    weighed = weigh(pulls, only)
    assert weighed.shares["sc"] == 1
    nothing = weigh(pulls, Mix(weights=tuple((term, 0.0) for term in SEEN)))
    assert set(nothing.shares.values()) == {0.0} and np.isfinite(list(nothing.norms.values())).all()


@pytest.fixture(scope="module")
def finished(secgan):
    """Pulls at a bundled editor's edits of two faces, with the batch and the networks."""
    editor, judge = Trained.of(secgan), load_classifier("auto", 32)
    faces = datasets.load("synthetic", "test", 32, 2)
    x, y, _ = faces.batch(torch.arange(2))
    with torch.no_grad():
        s = editor.parser(x).argmax(dim=1)
    bangs = index_of("Bangs")
    batch = Batch(x, s, y, single_flips(y, resolved=True)[bangs])
    true = Truth.of(faces).tensors()[0][bangs]
    return Pulls.of_editor(editor, judge, batch, ["one", "two"], true), batch, editor, judge


def test_a_finished_editor_s_pulls_are_slopes_of_its_losses(finished):
    """A small step down a term's gradient lowers it by the squared norm times the step."""
    pulls, batch, _, judge = finished
    raw, gradient = pulls.raw["rgb"], pulls.gradients["rgb", "cls"]

    def loss(at):
        logits = judge.of(judge.attributes)(at.tanh())
        return (
            torch.nn.functional.binary_cross_entropy_with_logits(
                logits, batch.y_trg, reduction="none"
            )
            .sum(dim=1)
            .mean()
        )

    step = 1e-3 / gradient.norm()
    with torch.no_grad():
        fall = loss(raw + step * gradient) - loss(raw - step * gradient)
    assert fall.item() == pytest.approx(2 * step.item() * gradient.square().sum().item(), rel=0.05)
    assert set(pulls.trained["rgb"]) == {"cls", "sc"} and set(pulls.trained) == {"rgb"}


def test_with_and_without_d_consistency_pulls_alike(trained, wish_batch, pulls, finished):
    *_, editor, judge = finished
    networks = {name: branch.generator for name, branch in trained.branches.items()}
    same = replace(
        editor, generator=networks["rgb"], g_seg=networks["semantic"], parser=trained.parser
    )
    found = Pulls.of_editor(same, judge, wish_batch, pulls.titles)
    assert torch.allclose(found.raw["rgb"], pulls.raw["rgb"], atol=1e-2)
    assert torch.allclose(found.gradients["rgb", "sc"], pulls.gradients["rgb", "sc"], atol=1e-7)


def test_a_step_towards_the_truth_has_a_cosine_near_one(finished):
    pulls, *_ = finished
    way = pulls.raw["rgb"].tanh() - pulls.true
    slope = (1 - pulls.raw["rgb"].tanh().square()).clamp(min=1e-3)
    down = {key: torch.zeros_like(way) for key in pulls.gradients} | {("rgb", "cls"): way / slope}
    straight = weigh(replace(pulls, gradients=down), Mix(face=1))
    assert straight.towards > 0.9
    gone = torch.cosine_similarity(straight.moved.flatten(), -way[1].flatten(), dim=0).item()
    assert straight.towards == pytest.approx(gone, abs=1e-4)
    assert f"truth: {straight.towards:.2f}" in straight.alt
    back = {key: -value for key, value in down.items()}
    assert weigh(replace(pulls, gradients=back), Mix(face=1)).towards < -0.9


def test_an_editor_without_g_seg_is_refused(finished, names):
    _, batch, _, judge = finished
    baseline = Trained.of(next(name for name in names if name.endswith("baseline")))
    with pytest.raises(ValueError, match=r"no G_seg.*wanted: a SeCGAN"):
        Pulls.of_editor(baseline, judge, batch, ["one", "two"])


def test_terms_that_are_not_there_are_not_shown(finished):
    pulls, *_ = finished
    weighed = weigh(pulls, Mix())
    assert set(weighed.shares) == {"cls", "sc"} and "realism" not in weighed.alt
