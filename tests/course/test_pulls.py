"""Pulls against gradients taken face by face, and against the package's whole loss."""

import pytest
import torch
from torch.nn import functional as F

from secgan_lite.attributes import NAMES
from secgan_lite.course import TODO
from secgan_lite.course.checks.sum_of_pulls import fault_of_sum
from secgan_lite.course.model import batch_for
from secgan_lite.course.pulls import pulls, towards_truth
from secgan_lite.course.widgets import Pulls
from secgan_lite.faces import counterfactual, render
from secgan_lite.secgan import Model, Size


def test_terms_at_x_out_add_up_to_eq_14(trained, wish_batch):
    edits = trained.translate(wish_batch)
    edits["rgb"].out = edits["rgb"].out.detach().requires_grad_(True)
    total, _ = trained.generator_loss(wish_batch, edits)
    (wanted,) = torch.autograd.grad(total, edits["rgb"].out)
    found = pulls(trained, wish_batch)
    ours = sum(found["rgb", t].weight * found["rgb", t].gradient for t in ("adv", "cls", "sc"))
    assert torch.allclose(ours, wanted, rtol=1e-3, atol=1e-7)


def test_a_blended_edit_is_pulled_at_as_an_image(small_parser, small_batch):
    size = Size(13, 16, 4, 1, 4, 2, blend=True)
    model = Model("secgan", "stargan", size, {}, small_parser)
    found = pulls(model, small_batch)
    edit = model.translate(small_batch)["rgb"]
    assert torch.equal(found["rgb", "cls"].at, edit.out)
    assert found["rgb", "rec"].gradient.shape == small_batch.x.shape
    played = Pulls.of(model, small_batch, "abcd")
    assert torch.allclose(played.raw["rgb"].tanh(), edit.out, atol=2e-3)
    assert played.gradients["rgb", "cls"].shape == played.raw["rgb"].shape


def test_a_strength_is_the_mean_norm_of_single_faces(trained, wish_batch):
    """Realism of one face at a time, without the batch's mean."""
    pull = pulls(trained, wish_batch)["rgb", "adv"]
    norms = []
    for face in pull.at:
        leaf = face[None].clone().requires_grad_(True)
        (-trained.branches["rgb"].discriminator(leaf)[0].mean()).backward()
        norms.append(leaf.grad.norm().item())
    assert pull.strength == pytest.approx(sum(norms) / len(norms), rel=1e-3)


def test_every_reconstruction_of_an_image_pulls_alike(trained, wish_batch):
    """Eq. 5 is a mean of absolute values: its gradient has one size, whatever the image."""
    pull = pulls(trained, wish_batch)["rgb", "rec"]
    assert pull.strength == pytest.approx(pull.weight / (3 * 32 * 32) ** 0.5, rel=0.01)
    assert torch.equal(pull.gradient.sign(), (pull.at - wish_batch.x).sign())


def test_pulls_stand_beside_the_way_to_the_true_edit(trained, faces):
    """The truth is drawn here face by face, and where all ways begin is one image."""
    few, wish = faces.subset(2), NAMES.index("Bangs")
    found = towards_truth(trained, few)
    assert list(found) == list(NAMES) and set(found["Bangs"]) == {
        "adv",
        "cls",
        "sc",
        "truth",
        "back",
    }
    x, y, _ = few.batch(torch.arange(2))
    drawn = [render(counterfactual(few.faces[i : i + 1], "Bangs"), 32)[0][0] for i in range(2)]
    goal = torch.stack([torch.from_numpy(image) for image in drawn]).float() / 127.5 - 1
    edits = x - found["Bangs"]["back"]
    assert torch.allclose(found["Bangs"]["truth"], goal - edits, atol=1e-5)
    y_trg = y.clone()
    y_trg[:, wish] = 1 - y[:, wish]
    y_trg[:, NAMES.index("Bald")] *= 1 - y_trg[:, wish]  # nobody is bald with bangs
    direct = pulls(trained, batch_for(trained, few, y_trg))["rgb", "cls"]
    assert torch.allclose(found["Bangs"]["cls"], -direct.gradient)
    assert torch.allclose(edits, direct.at, atol=1e-6)


def alike(step, to):
    return F.cosine_similarity(step.flatten(1), to.flatten(1))


def test_a_sum_of_pulls_is_checked_face_by_face():
    draws = torch.Generator().manual_seed(3)
    names = ("adv", "cls", "sc", "truth", "back")
    found = {
        wish: dict(zip(names, torch.randn(5, 5, 3, 4, 4, generator=draws), strict=True))
        for wish in ("Bald", "Bangs", "Male")
    }

    def experiment(weight, of=lambda pull: pull, join=lambda rows: torch.stack(rows).mean(0)):
        return join(
            [
                alike(of(f["adv"]) + of(f["cls"]) + weight * of(f["sc"]), f["truth"])
                for f in found.values()
            ]
        )

    def unit(pull):
        return pull / pull.flatten(1).norm(dim=1).view(-1, 1, 1, 1)

    def added(weight):
        rows = [
            alike(f["adv"], f["truth"])
            + alike(f["cls"], f["truth"])
            + weight * alike(f["sc"], f["truth"])
            for f in found.values()
        ]
        return torch.stack(rows).mean(0)

    assert fault_of_sum(experiment, found) == ""
    each = fault_of_sum(lambda weight: experiment(weight, join=torch.cat), found)
    assert "shape (15,); wanted: (5,)" in each
    assert "shape (); wanted" in fault_of_sum(lambda weight: experiment(weight).mean(), found)
    assert fault_of_sum(lambda weight: experiment(weight, unit), found).startswith("each pull is")
    assert fault_of_sum(added, found).startswith("the cosines are added up")
    halved = fault_of_sum(lambda weight: experiment(weight / 2), found)
    assert halved.startswith("with λ_sc = 1 face ")


def test_a_sum_of_pulls_that_is_another_one_is_told_its_cause():
    draws = torch.Generator().manual_seed(3)
    names = ("adv", "cls", "sc", "truth", "back")
    found = {
        wish: dict(zip(names, torch.randn(5, 5, 3, 4, 4, generator=draws), strict=True))
        for wish in ("Bald", "Bangs", "Male")
    }
    for f in found.values():
        f["back"][..., 2:] = f["truth"][..., 2:]  # pixels that the wish leaves

    every = slice(None)

    def answer(parts=lambda w: (1, 1, w), of=alike, goal="truth", join=torch.stack, few=every):
        def experiment(weight):
            rows = []
            for f in [*found.values()][few]:
                a, c, s = parts(weight)
                rows.append(of(a * f["adv"] + c * f["cls"] + s * f["sc"], f[goal]))
            return join(rows).mean(dim=0) if join is torch.stack else join(rows)

        return experiment

    def in_place(weight):
        for f in found.values():
            f["adv"] += f["cls"]
        return torch.zeros(5)

    def averaged(weight):
        a, c, s, t = (
            torch.stack([f[name] for f in found.values()]).mean(dim=0) for name in names[:4]
        )
        return alike(a + c + weight * s, t)

    def at_wish(step, to):
        wished = torch.ones(4, 4)
        wished[:, 2:] = 0
        return alike(step * wished, to * wished)

    def of_pixels(step, to):
        return F.cosine_similarity(step, to).mean(dim=(1, 2))

    told = {
        "the sum lacks `adv`": answer(lambda w: (0, 1, w)),
        "the sum lacks `cls`": answer(lambda w: (1, 0, w)),
        "λ_sc changes nothing": answer(lambda w: (1, 1, 0)),
        "λ_sc stays 1": answer(lambda w: (1, 1, 1)),
        "λ_sc multiplies all three": answer(lambda w: (w, w, w)),
        "each cosine has the wrong sign": answer(lambda w: (-1, -1, -w)),
        "the sum is compared with `back`": answer(goal="back"),
        "only the pixels that the wish": answer(of=at_wish),
        "this is the dot product": answer(of=lambda step, to: (step * to).sum(dim=(1, 2, 3))),
        "a cosine is taken at each pixel": answer(of=of_pixels),
        "the edits are averaged": averaged,
        "only the first edit": answer(few=slice(1)),
        "only the last edit": answer(few=slice(-1, None)),
        "list came back; a tensor is wanted: torch.stack": answer(join=list),
        "nothing came back": lambda weight: None,
        "it stops with ZeroDivisionError": lambda weight: 1 / 0,
        "it changes found['Bald']['adv'] in place": in_place,
        "with λ_sc = 0 face": answer(lambda w: (2, 1, w)),
    }
    before = found["Bald"]["adv"].clone()
    for says, experiment in told.items():
        assert fault_of_sum(experiment, found).startswith(says)
    assert torch.equal(found["Bald"]["adv"], before)
    assert fault_of_sum(lambda weight: TODO, found) is TODO
