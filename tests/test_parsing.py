"""P: frozen but transparent to gradients; its masks and scores against naive counts."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from secgan_lite import datasets
from secgan_lite.parsing import (
    CLASS_ORDERS,
    PALETTE,
    SEGMENTS,
    Parser,
    colourise,
    confusion,
    hard_pixel_loss,
    iou,
    load_parser,
    load_witness,
    lookup,
    merge,
    one_hot,
    pixel_accuracy,
    quality,
)
from secgan_lite.parsing.bisenet import BiSeNet
from secgan_lite.parsing.scores import at_once
from secgan_lite.parsing.unet import UNet
from secgan_lite.support.files import manifest
from secgan_lite.training.supervised import fit


def test_segments_in_the_papers_order():
    order = "skin eyebrows eyes eyeglasses ears earrings nose mouth lips neck hair others"
    assert " ".join(SEGMENTS) == order
    assert len(np.unique(PALETTE, axis=0)) == len(SEGMENTS)


def test_one_hot_and_colours():
    s = torch.randint(12, (2, 5, 5))
    hot, colours = one_hot(s), colourise(s)
    assert hot.shape == (2, 12, 5, 5) and torch.equal(hot.argmax(dim=1), s)
    assert torch.equal(hot.sum(dim=1), torch.ones(2, 5, 5))
    assert colours[1, :, 3, 4].tolist() == PALETTE[s[1, 3, 4]].tolist()


def test_p_never_changes_but_teaches_through_its_input(parser, faces):
    before = {name: t.clone() for name, t in parser.state_dict().items()}
    parser.train()
    parser.requires_grad_(True)
    x = faces.batch(torch.arange(2))[0].requires_grad_(True)
    log_p = parser(x)
    assert torch.allclose(log_p.exp().sum(dim=1), torch.ones(2, 32, 32), atol=1e-5)
    log_p.square().mean().backward()
    assert x.grad.abs().sum() > 0
    assert not any(p.requires_grad or p.grad is not None for p in parser.parameters())
    assert all(torch.equal(before[name], t) for name, t in parser.state_dict().items())


def test_p_sees_each_face_alone(parser, faces):
    x = faces.batch(torch.arange(4))[0]
    assert torch.allclose(parser(x)[:1], parser(x[:1]), atol=1e-4)


def test_scores_are_those_of_a_naive_count(parser, faces):
    counts = confusion(parser, faces, chunk=10)
    found = parser(faces.batch(torch.arange(64))[0]).argmax(dim=1).numpy()
    scores = iou(counts)
    for segment, name in enumerate(SEGMENTS):
        a, b = faces.masks == segment, found == segment
        assert scores[name] == pytest.approx((a & b).sum() / (a | b).sum(), abs=1e-3), name
    assert pixel_accuracy(counts) == pytest.approx((faces.masks == found).mean(), abs=1e-4)


def test_p_is_compared_with_true_masks_alone(parser, faces):
    with pytest.raises(ValueError, match="no masks"):
        confusion(parser, replace(faces, masks=None))


def test_a_segment_that_never_occurs_has_no_score():
    assert np.isnan(iou(torch.eye(12).long() * (torch.arange(12) > 0))["skin"])


@pytest.mark.parametrize(("size", "floor"), [(32, 0.79), (64, 0.88)])
def test_bundled_parsers_are_as_good_as_the_manifest_says(size, floor):
    card = manifest()[f"parser-{size}.safetensors"]
    scores = quality(
        load_parser("auto", size).network, datasets.load("synthetic", "test", size, 400)
    )
    assert scores["pixel_accuracy"] == pytest.approx(card["pixel_accuracy"], abs=0.003)
    others = [value for name, value in scores["iou"].items() if name != "earrings"]
    assert np.mean(others) >= floor and scores["iou"]["earrings"] >= 0.4


def test_the_witness_is_as_good_as_p_and_another(faces, parser):
    witness = load_witness(32)
    assert witness.hash != parser.hash and load_witness(48) is None
    found, same = (np.mean([*quality(p, faces)["iou"].values()]) for p in (witness, parser))
    assert found == pytest.approx(same, abs=0.05)
    commands = [manifest()[f"{name}-32.safetensors"]["command"] for name in ("parser", "witness")]
    assert "--seed 0" in commands[0] and commands[1] == commands[0].replace("seed 0", "seed 1")


def test_the_hard_pixel_loss_against_a_sorted_list():
    logits, s = torch.randn(2, 12, 8, 8) * 3, torch.randint(12, (2, 8, 8))
    every = F.cross_entropy(logits, s, reduction="none").flatten().sort(descending=True).values
    hard = every[every > -np.log(0.7)]
    assert len(hard) > 8
    assert float(hard_pixel_loss(logits, s)) == pytest.approx(float(hard.mean()), rel=1e-5)
    sure = 20 * one_hot(s) + torch.rand(2, 12, 8, 8)  # all easy: the hardest 8 of 128 remain
    every = F.cross_entropy(sure, s, reduction="none").flatten().sort(descending=True).values
    assert float(hard_pixel_loss(sure, s)) == pytest.approx(float(every[:8].mean()), rel=1e-4)


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="image_size=30 does not fit the U-Net"):
        UNet(levels=3)(torch.zeros(1, 3, 30, 30))
    with pytest.raises(ValueError, match="image_size=48: a parser is bundled for 32 and 64 px"):
        load_parser("auto", 48)


def test_a_small_parser_learns(small_faces):
    torch.manual_seed(0)
    network = UNet(width=8, levels=2).eval()
    before = quality(network, small_faces)["pixel_accuracy"]
    fit(network, [small_faces], lambda o, y, s: hard_pixel_loss(o, s), epochs=30, batch_size=8)
    assert quality(network, small_faces)["pixel_accuracy"] > before + 0.2


def test_nineteen_parts_become_twelve_segments_by_name():
    """The two published tables, number by number."""
    assert lookup("face-parsing").tolist() == [
        11, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 11, 11, 10, 11
    ]  # fmt: skip
    assert lookup("celebamask").tolist() == [
        11, 0, 6, 3, 2, 2, 1, 1, 4, 4, 7, 8, 8, 10, 11, 5, 11, 9, 11
    ]  # fmt: skip
    with pytest.raises(ValueError, match="Did you mean 'celebamask'"):
        lookup("celeba-mask")


@pytest.mark.parametrize("order", CLASS_ORDERS)
def test_the_merge_adds_probabilities(order):
    logits = torch.randn(2, 19, 3, 3, dtype=torch.float64, requires_grad=True)
    p = logits.softmax(dim=1)
    merged = merge(logits, order)
    for segment in range(12):
        parts = [c for c, k in enumerate(lookup(order)) if k == segment]
        assert torch.allclose(merged[:, segment].exp(), sum(p[:, c] for c in parts))
    merged[:, 0].sum().backward()
    assert torch.isfinite(logits.grad).all() and logits.grad.abs().sum() > 0


@pytest.mark.parametrize("order", CLASS_ORDERS)
def test_the_merge_waits_for_no_values(order):
    """Shapes do not depend on numbers, so a GPU is never asked for any."""
    logits, groups = torch.randn(2, 19, 3, 3), torch.from_numpy(lookup(order))
    log_p = logits.log_softmax(dim=1)
    plain = torch.stack([log_p[:, groups == k].logsumexp(dim=1) for k in range(12)], dim=1)
    assert torch.equal(merge(logits, order), plain)
    assert merge(logits.to("meta"), order).shape == (2, 12, 3, 3)


@pytest.mark.parametrize(
    ("metadata", "size", "faces"),
    [({}, 32, 256), ({}, 128, 256), ({}, 256, 64), ({}, 4096, 1), ({"input_size": 512}, 128, 16)],
)
def test_p_takes_in_fewer_of_larger_images(metadata, size, faces):
    assert at_once(Parser(torch.nn.Identity(), metadata), size) == faces
    assert at_once(torch.nn.Identity(), 256) == 64


def test_merging_probabilities_is_not_merging_arg_maxima():
    p = torch.full((1, 19, 1, 1), 1e-6)
    left, right = (
        CLASS_ORDERS["celebamask"].index("l_brow"),
        CLASS_ORDERS["celebamask"].index("r_brow"),
    )
    p[0, [left, right, 1], 0, 0] = torch.tensor([0.3, 0.3, 0.4])
    assert lookup("celebamask")[p.argmax()] == SEGMENTS.index("skin")
    assert merge(p.log(), "celebamask").argmax() == SEGMENTS.index("eyebrows")


def test_bisenet_has_the_published_size_and_outputs():
    with torch.device("meta"):
        full = BiSeNet(19)
    assert sum(p.numel() for p in full.parameters()) == 13_300_416
    network = BiSeNet(12)
    auxiliary = sum(p.numel() for head in network.heads[1:] for p in head.parameters())
    assert sum(p.numel() for p in network.parameters()) - auxiliary == 13_148_480
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    assert [o.shape for o in network.train()(x)] == [(2, 12, 64, 64)] * 3
    assert network.eval()(x).shape == (2, 12, 64, 64)


def test_bisenet_learns():
    data = datasets.load("synthetic", "train", 64, count=8)
    torch.manual_seed(0)
    network = BiSeNet(12)
    x, _, s = data.batch(torch.arange(8))
    before = float(hard_pixel_loss(network(x), s).detach())
    fit(network, [data], lambda o, y, s: hard_pixel_loss(o, s), epochs=10, batch_size=4)
    assert float(hard_pixel_loss(network.train()(x), s).detach()) < before / 2


def test_a_parser_is_saved_and_loaded_with_all_that_it_needs(parser, faces, tmp_path):
    parser.save(tmp_path / "p.safetensors")
    again = load_parser(tmp_path / "p.safetensors", 32)
    x = faces.batch(torch.arange(2))[0]
    for name, tensor in parser.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])
    # How a convolution is added up can depend on where its tensors lie in memory.
    assert torch.allclose(parser(x), again(x), atol=1e-4)
