"""Branches and methods: each gradient reaches the networks that it is for, and no other."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from secgan_lite import losses
from secgan_lite.backbones import summed_gradient
from secgan_lite.modalities import RGB, RGB_BLENDED, SEMANTIC
from secgan_lite.parsing import one_hot
from secgan_lite.secgan import METHODS, Branch, Model, Size, Weights

SIZE = Size(13, image_size=16, width=4, depth=1, discriminator_width=4, discriminator_depth=2)


def make(method, parser, **weights):
    own = {name: Weights(**weights) for name in ("rgb", "semantic")}
    return Model(method, "stargan", SIZE, own, parser, seed=0)


def alpha(_, count):
    return torch.linspace(0, 1, count)


def has_gradient(network):
    return any(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


@pytest.fixture
def model(small_parser):
    return make("secgan", small_parser)


def touched(model):
    return {
        f"{name}/{part}"
        for name, branch in model.branches.items()
        for part in ("generator", "discriminator")
        if has_gradient(getattr(branch, part))
    }


def test_critic_losses_teach_the_discriminators_alone(model, small_batch):
    loss, _ = model.critic_loss(small_batch, model.translate(small_batch), alpha)
    loss.backward()
    assert touched(model) == {"rgb/discriminator", "semantic/discriminator"}


def test_generator_losses_teach_the_generators_alone(model, small_batch):
    loss, _ = model.generator_loss(small_batch, model.translate(small_batch))
    loss.backward()
    assert touched(model) == {"rgb/generator", "semantic/generator"}
    trainable = [p.requires_grad for b in model.branches.values() for p in b.parameters()]
    assert all(trainable)


@pytest.mark.parametrize(("equation", "branch"), [(11, "rgb"), (12, "semantic")])
def test_each_consistency_term_teaches_its_own_generator(model, small_batch, equation, branch):
    before = {name: t.clone() for name, t in model.parser.state_dict().items()}
    model.consistency(model.translate(small_batch))[branch].backward()
    assert touched(model) == {f"{branch}/generator"}
    assert all(p.grad is None for p in model.parser.parameters())
    assert all(torch.equal(before[name], t) for name, t in model.parser.state_dict().items())


def test_the_critic_loss_is_eq_13(small_parser, small_batch):
    model = make("baseline", None, lambda_gp=3.0, lambda_cls_d=2.0)
    edit = model.translate(small_batch)["rgb"]
    total, terms = model.critic_loss(small_batch, {"rgb": edit}, alpha)
    d = model.branches["rgb"].discriminator
    fake = edit.out.detach()
    gradient = partial(summed_gradient, lambda x: d(x)[0])
    penalty = losses.gradient_penalty(
        gradient, small_batch.x, fake, alpha("rgb", 4).view(-1, 1, 1, 1)
    )
    expected = d(fake)[0].mean() - d(small_batch.x)[0].mean() + 3 * penalty
    expected = expected + 2 * losses.attribute_classification(
        d(small_batch.x)[1], small_batch.y_src
    )
    assert torch.allclose(total, expected, rtol=1e-4)
    assert set(terms) == {f"rgb/{t}" for t in ("critic", "gp", "cls_d", "real_accuracy")}


def test_the_generator_loss_is_eq_14_and_16(model, small_batch):
    model = make("secgan", model.parser, lambda_rec=7.0, lambda_cls_g=3.0, lambda_sc=5.0)
    translation = model.translate(small_batch)
    total, _ = model.generator_loss(small_batch, translation)
    x, s, y = small_batch.x, small_batch.s, small_batch
    zero = torch.zeros_like(y.y_diff)
    log_p, raw = model.parser(translation["rgb"].out), translation["semantic"].raw
    expected = torch.zeros(())
    for name, source, target, coupled in (
        ("rgb", x, x, losses.semantic_consistency(log_p, raw.argmax(1))),
        ("semantic", one_hot(s), s, losses.semantic_consistency(raw, log_p.argmax(1))),
    ):
        branch = model.branches[name]
        out, same = branch.generator(source, y.y_diff), branch.generator(source, zero)
        realism, logits = branch.discriminator(out)
        if name == "rgb":
            rec = (same - target).abs().mean()
        else:
            rec = -(one_hot(target) * same.log()).sum(dim=1).mean()
        cls = losses.attribute_classification(logits, y.y_trg)
        expected = expected - realism.mean() + 3 * cls + 7 * rec + 5 * coupled
    assert torch.allclose(total, expected, rtol=1e-4)


def test_without_consistency_the_branches_are_strangers(model, small_batch):
    """Then G_rgb's gradients are those of the baseline, to the last digit."""
    baseline = make("baseline", None)
    for one, arguments in ((model, {"consistency": False}), (baseline, {})):
        loss, terms = one.generator_loss(small_batch, one.translate(small_batch), **arguments)
        assert "rgb/sc" not in terms
        loss.backward()
    pairs = zip(model.generator.parameters(), baseline.generator.parameters(), strict=True)
    assert all(torch.allclose(a.grad, b.grad, atol=1e-7) for a, b in pairs)


def test_methods_start_from_the_same_weights(small_parser):
    models = {m: make(m, small_parser) for m in METHODS}
    d = [m.branches["rgb"].discriminator.state_dict() for m in models.values()]
    assert all(torch.equal(d[0][k], other[k]) for k in d[0] for other in d[1:])
    g = [models[m].generator.state_dict() for m in ("secgan", "baseline")]
    assert all(torch.equal(g[0][k], g[1][k]) for k in g[0])


def test_concat_sees_the_mask_beside_the_image(small_parser, small_batch):
    model = make("concat", small_parser)
    assert set(model.branches) == {"rgb"} and model.generator.in_channels == 15
    source = model.source("rgb", small_batch)
    assert torch.equal(source[:, :3], small_batch.x)
    assert torch.equal(source[:, 3:], one_hot(small_batch.s))
    loss, terms = model.generator_loss(small_batch, model.translate(small_batch))
    assert torch.isfinite(loss) and "rgb/sc" not in terms


def test_a_true_mask_takes_g_segs_place_in_eq_11_alone(model, small_batch):
    translation, truth = model.translate(small_batch), small_batch.s.roll(1, dims=0)
    parsed, generated = model.parser(translation["rgb"].out), translation["semantic"].raw
    usual, found = model.consistency(translation), model.consistency(translation, truth)
    assert torch.equal(found["rgb"], losses.semantic_consistency(parsed, truth))
    assert not torch.equal(found["rgb"], usual["rgb"])
    assert torch.equal(found["semantic"], usual["semantic"])
    wanted = losses.semantic_consistency(generated, parsed.argmax(1))
    assert torch.equal(found["semantic"], wanted)


@pytest.mark.parametrize("backbone", ["stargan", "attgan", "stgan"])
@pytest.mark.parametrize("method", METHODS)
def test_a_blended_edit_keeps_what_its_shares_leave(small_parser, small_batch, backbone, method):
    size = replace(SIZE, blend=True)
    model = Model(method, backbone, size, {}, small_parser, seed=0)
    edit = model.translate(small_batch)["rgb"]
    raw, x = edit.raw.detach(), small_batch.x
    assert raw.shape == (4, 4, 16, 16)
    share = 1 / (1 + (-raw[:, 3:]).exp())
    assert torch.allclose(edit.out, (1 - share) * x + share * raw[:, :3].tanh(), atol=1e-6)
    _, terms = model.generator_loss(small_batch, model.translate(small_batch))
    same = model.generator(edit.source, torch.zeros_like(small_batch.y_diff))
    assert terms["rgb/rec"] == pytest.approx((same - x).abs().mean().item(), rel=1e-4)
    assert model.branches["rgb"].discriminator(edit.out)[1].shape == (4, 13)


def test_a_share_of_nothing_copies_and_of_everything_redraws():
    x, raw = torch.rand(2, 15, 4, 4), torch.randn(2, 4, 4, 4)
    raw[0, 3], raw[1, 3] = -50, 50
    out = RGB_BLENDED.activate(raw, x)
    assert torch.equal(out[0], x[0, :3]) and torch.allclose(out[1], raw[1, :3].tanh())


def test_accuracies_count_what_they_say(small_batch):
    branch = Branch(RGB, "stargan", SIZE, Weights(), seed=0)
    edit = branch.edit(small_batch.x, small_batch.y_diff)
    _, terms = branch.generator_loss(edit, small_batch.x, small_batch.y_diff, small_batch.y_trg)
    logits = branch.discriminator(edit.out)[1]
    hits = [
        bool(logits[i, a] > 0) == bool(small_batch.y_trg[i, a])
        for i in range(4)
        for a in range(13)
        if small_batch.y_diff[i, a] != 0
    ]
    assert float(terms["fake_accuracy"]) == pytest.approx(sum(hits) / len(hits))
    assert torch.equal(edit.out, SEMANTIC.activate(edit.raw)) is False


def test_wrong_methods_are_refused(small_parser):
    with pytest.raises(ValueError, match="Did you mean 'concat'"):
        make("conact", small_parser)
    with pytest.raises(ValueError, match="method='secgan' needs a parser"):
        make("secgan", None)
