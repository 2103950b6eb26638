"""Cheaters: TARR without an edit, and an edit into another person."""

import numpy as np
import pytest
import torch

from secgan_lite import datasets
from secgan_lite.attributes import NAMES, single_flips
from secgan_lite.course.cheats import (
    another_face,
    believed,
    fooled_judge,
    handed_out,
    read_masks,
    shrunk,
    without_faint,
)
from secgan_lite.evaluation import Judges, Truth, evaluate
from secgan_lite.evaluation.bootstrap import Bootstrap


def test_noise_fools_the_judge_and_edits_nothing(faces, judge):
    few = faces.subset(20)
    scores = evaluate(fooled_judge(judge, NAMES), few, judge)
    copied = scores["counterfactual"]["inside_ratio"]["copy"]
    assert scores["tarr"]["mean"]["value"] > 0.7
    assert abs(scores["counterfactual"]["inside_ratio"]["value"] - copied) < 0.15
    assert scores["reconstruction"]["value"] == 0  # asked for no change, it makes none


def test_the_noise_is_bounded(faces, judge):
    x, y, _ = faces.batch(torch.arange(3))
    y_diffs = single_flips(y, resolved=True) - y
    for edit in fooled_judge(judge, NAMES, strength=4)(x, y_diffs, y):
        assert (edit - x).abs().max() * 127.5 < 4.001


def test_another_face_has_the_wanted_label(faces):
    bank = datasets.load("synthetic", "train", 32, count=200)
    x, y, _ = faces.batch(torch.arange(10))
    targets = single_flips(y, resolved=True)
    edits = another_face(bank)(x, targets - y, y)
    for a, edit in enumerate(edits):
        for i, image in enumerate(edit):
            pixels = ((image + 1) * 127.5).round().byte().numpy()
            (row,) = np.flatnonzero((bank.images == pixels).all(axis=(1, 2, 3)))
            assert bank.labels[row, a] == targets[a, i, a]
            same = (bank.labels[:, a] == int(targets[a, i, a])) & True
            agreeing = (bank.labels == targets[a, i].numpy()).sum(axis=1)
            asked = (targets[a, i] != y[i]).numpy()
            best = agreeing[same & (bank.labels[:, asked] == targets[a, i].numpy()[asked]).all(1)]
            assert not len(best) or agreeing[row] == best.max()


def test_what_is_faint_is_erased_and_nothing_else():
    """Pixel by pixel in bytes: changes of 0, 8, 9 and 40 levels, in one channel of the three."""
    x = torch.full((2, 3, 2, 2), 100, dtype=torch.uint8)
    edits = x.repeat(3, 1, 1, 1, 1)
    edits[:, :, 1] += torch.tensor([[0, 8], [9, 40]], dtype=torch.uint8)
    edits[:, :, 0] -= torch.tensor([[0, 1], [1, 0]], dtype=torch.uint8)
    left = without_faint(edits / 127.5 - 1, x / 127.5 - 1, levels=8)
    wanted = edits.clone()
    wanted[..., 0, 1] = 100
    assert torch.allclose(left, wanted / 127.5 - 1)


def test_noise_is_erased_whole(faces, judge):
    x, y, _ = faces.batch(torch.arange(3))
    for edit in fooled_judge(judge, NAMES)(x, single_flips(y, resolved=True) - y, y):
        assert torch.equal(without_faint(edit, x), x)


def test_edits_made_before_are_scored_as_those_of_an_editor(faces, judge):
    few = faces.subset(4)
    x, y, _ = few.batch(torch.arange(4))
    targets = single_flips(y, resolved=True)
    edits = torch.stack(another_face(faces.subset(40))(x, targets - y, y))
    scores = evaluate(handed_out(edits), few, judge)
    seen = believed(judge.of(NAMES), edits, targets)
    assert seen.shape == (len(NAMES), 4) and scores["reconstruction"]["value"] == 0
    for a, name in enumerate(NAMES):
        assert abs(scores["tarr"][name]["value"] - seen[a].float().mean()) < 1e-6


def test_shrunk_images_hold_the_means_of_squares():
    images = torch.arange(2 * 3 * 4 * 4.0).view(2, 1, 3, 4, 4)
    small = shrunk(images, 2)
    assert small.shape == (2, 1, 3, 2, 2) and small[1, 0, 2, 1, 0] == images[1, 0, 2, 2:, :2].mean()


def test_a_parser_reads_masks_as_in_the_scores_and_in_pairs(faces, parser, judge):
    few = faces.subset(7)
    truth = Truth.of(few)
    images, masks = truth.tensors()
    scores = evaluate(handed_out(images), few, Judges(judge, parser=parser), truth, seed=3)
    overlap = read_masks(parser, images, masks, Bootstrap(len(few), seed=3))
    iou = scores["counterfactual"]["mask_iou"]
    assert overlap[0] == pytest.approx(iou["value"]) == pytest.approx(iou["truth"])
    assert np.percentile(overlap[1:], [2.5, 97.5]) == pytest.approx([iou["low"], iou["high"]])
