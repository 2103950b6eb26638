"""Scores against loops over faces, attributes and pixels, written from their definitions."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from secgan_lite import backbones, datasets
from secgan_lite.attributes import NAMES, resolve, single_flips
from secgan_lite.backbones import Size
from secgan_lite.course.cheats import fooled_judge
from secgan_lite.editing import generator_editor
from secgan_lite.evaluation import (
    CHANGED,
    Judges,
    Truth,
    copy_input,
    evaluate,
    judge_rate,
    outcomes,
)
from secgan_lite.faces import counterfactual, render
from secgan_lite.judges import AttributeClassifier, accuracy, load_classes, load_encoder
from secgan_lite.modalities import SEMANTIC
from secgan_lite.parsing import one_hot
from secgan_lite.training import Trainer


def shifted(x, y_diffs, y_src):
    """An edit that is easy to repeat: brighter or darker by the sum of the label's changes."""
    return [(x + 0.2 * y.sum(dim=1).view(-1, 1, 1, 1)).clamp(-1, 1) for y in y_diffs]


@pytest.fixture(scope="module")
def few(faces):
    return faces.subset(7)


@pytest.fixture(scope="module")
def judges(judge, parser):
    """All judges of 32 px, and an untrained G_seg."""
    masks = backbones.get("stargan").generator(SEMANTIC, Size(13, 32, 4, 1, 4, 1)).eval()
    classes = load_classes("auto", judge)
    return Judges(judge, load_encoder("auto", 32), classes, parser, masks)


def flat(scores, name=""):
    """Nested scores as {path: number or word}."""
    if not isinstance(scores, dict):
        return {name: scores}
    return {k: v for key in scores for k, v in flat(scores[key], f"{name}/{key}").items()}


def naive(data, judge):
    x = torch.from_numpy(data.images).float() / 127.5 - 1
    y = torch.from_numpy(data.labels).float()
    hits = np.zeros((len(data), 13))
    inside, copied, outside = (np.zeros(13) for _ in range(3))
    for a, name in enumerate(NAMES):
        truth = render(counterfactual(data.faces, name), 32)[0].astype(float)
        totals = {"inside": 0.0, "copied": 0.0, "outside": 0.0, "in": 0, "out": 0}
        for i in range(len(data)):
            target, changed = y[i].clone(), torch.zeros(13, dtype=torch.bool)
            target[a], changed[a] = 1 - y[i, a], True
            target = resolve(target, changed)
            edit = (x[i] + 0.2 * (target - y[i]).sum()).clamp(-1, 1)
            hits[i, a] = float((judge(edit[None])[0, a] > 0) == (target[a] > 0))
            edited, source = (edit.numpy() + 1) * 127.5, data.images[i].astype(float)
            for row in range(32):
                for column in range(32):
                    there = (slice(None), row, column)
                    error = np.abs(edited[there] - truth[i][there]).mean()
                    change = np.abs(source[there] - truth[i][there])
                    if change.max() > CHANGED:
                        totals["inside"] += error
                        totals["copied"] += change.mean()
                        totals["in"] += 1
                    else:
                        totals["outside"] += error
                        totals["out"] += 1
        inside[a], copied[a] = totals["inside"] / totals["in"], totals["copied"] / totals["in"]
        outside[a] = totals["outside"] / totals["out"]
    return hits, inside.mean(), copied.mean(), outside.mean()


def test_scores_are_those_of_a_naive_loop(few, judge):
    hits, inside, copied, outside = naive(few, judge)
    scores = evaluate(shifted, few, judge, chunk=3)
    assert scores["n"] == 7 and scores["resolved"] is True
    for a, name in enumerate(NAMES):
        assert scores["tarr"][name]["value"] == pytest.approx(hits[:, a].mean())
    assert scores["tarr"]["mean"]["value"] == pytest.approx(hits.mean())
    assert scores["reconstruction"]["value"] == pytest.approx(0, abs=1e-4)
    truth = scores["counterfactual"]
    assert truth["inside"]["value"] == pytest.approx(inside, rel=1e-3)
    assert truth["inside"]["copy"] == pytest.approx(copied, rel=1e-3)
    assert truth["inside"]["truth"] == truth["outside"]["truth"] == 0
    assert truth["outside"]["value"] == pytest.approx(outside, rel=1e-3)
    assert truth["inside_ratio"]["value"] == pytest.approx(inside / copied, rel=1e-3)
    y = torch.from_numpy(few.labels).float()
    edits = shifted(few.batch(torch.arange(7))[0], single_flips(y, resolved=True) - y, y)
    true = Truth.of(few).images.astype(float)
    each = [np.abs((e.numpy() + 1) * 127.5 - t).sum() for e, t in zip(edits, true, strict=True)]
    nothing = [np.abs(few.images - t).sum() for t in true]
    assert truth["whole_ratio"]["value"] == pytest.approx(sum(each) / sum(nothing), rel=1e-3)
    found = [truth["by_attribute"][name]["whole_ratio"]["value"] for name in NAMES]
    assert found == pytest.approx([e / n for e, n in zip(each, nothing, strict=True)], rel=1e-3)


def test_outcomes_are_those_of_each_face(few, judge):
    """A few at a time or alone, and summed up they are the scores."""
    found = outcomes(shifted, few, judge, chunk=3)
    hits, _, _, outside = naive(few, judge)
    assert np.array_equal(found.by_face["tarr"], hits)
    rest = found.by_face["outside/edit"].sum(axis=0) / found.by_face["rest"].sum(axis=0)
    assert rest.mean() == pytest.approx(outside, rel=1e-3)
    assert flat(found.scores()) == flat(found.scores()) == flat(evaluate(shifted, few, judge))


def test_intervals_hold_the_value_and_narrow_with_n(faces, judge):
    few, many = (evaluate(shifted, faces.subset(n), judge) for n in (8, 64))
    for scores in (few, many):
        for score in (*scores["tarr"].values(), scores["counterfactual"]["inside_ratio"]):
            assert score["low"] <= score["value"] <= score["high"]
    ratios = [scores["counterfactual"]["inside_ratio"] for scores in (few, many)]
    widths = [ratio["high"] - ratio["low"] for ratio in ratios]
    assert 0 < widths[1] < widths[0]


def test_the_same_scores_in_any_chunks(few, judges):
    one, again, other = (flat(evaluate(shifted, few, judges, chunk=c)) for c in (3, 3, 7))
    assert one == again
    for name, value in one.items():
        if isinstance(value, float):
            assert value == pytest.approx(other[name], rel=1e-4, abs=1e-6), name


def test_literal_flips_without_a_truth(few, judge):
    photographs = type(few)(few.images, few.labels)
    scores = evaluate(shifted, photographs, judge)
    assert scores["resolved"] is False and "counterfactual" not in scores


def test_intensity_scales_the_difference(few, judge):
    seen = []

    def spy(x, y_diffs, y_src):
        seen.append(y_diffs)
        return [x] * len(y_diffs)

    evaluate(spy, few, judge, intensity=0.5)
    assert seen[0][:-1].abs().amax() == 0.5 and (seen[0][-1] == 0).all()


def test_a_generator_edits_as_its_forward_does(small_config, small_faces, small_parser):
    trainer = Trainer(small_config(), small_faces, small_parser)
    generator = trainer.model.generator
    x, y_diffs = small_faces.batch(torch.arange(2))[0], torch.randint(-1, 2, (3, 2, 13)).float()
    edits = generator_editor(generator)(x, y_diffs)
    assert all(
        torch.allclose(edit, generator(x, y), atol=1e-6)
        for edit, y in zip(edits, y_diffs, strict=True)
    )


def test_concat_needs_its_parser(small_config, small_faces, small_parser):
    generator = Trainer(small_config(method="concat"), small_faces, small_parser).model.generator
    x, y_diffs = small_faces.batch(torch.arange(2))[0], torch.zeros(1, 2, 13)
    assert generator_editor(generator, small_parser)(x, y_diffs)[0].shape == x.shape
    with pytest.raises(ValueError, match="parser is missing"):
        generator_editor(generator)(x, y_diffs)


def test_the_judges_rate_is_tarr_on_few_faces(small_config, few, judge, parser):
    config = small_config(image_size=32, discriminator_depth=3)
    trainer = Trainer(config, few, parser)
    rate = judge_rate(few, judge)(trainer, [])["judge"]
    scores = evaluate(trainer.model.generator.eval(), few, judge)
    assert rate == pytest.approx(scores["tarr"]["mean"]["value"])


@pytest.mark.parametrize(
    "names", [NAMES[::-1], ("Bangs", "Eyeglasses"), ("Eyeglasses",), ("Young", "Bald", "Male")]
)
def test_the_judge_is_asked_by_name(names, judges, few, parser, small_config):
    """A run's attributes may be fewer than the judge's and in another order."""
    data = datasets.load("synthetic", "test", 32, count=7, attributes=names)
    assert np.array_equal(data.images, few.images)
    known = accuracy(judges.classifier, few)
    assert accuracy(judges.classifier, data) == {name: known[name] for name in names}
    copied = evaluate(copy_input, data, replace(judges, g_seg=None))
    truth = copied["counterfactual"]["attribute_accuracy"]["truth"]
    for name in names:
        assert copied["tarr"][name]["value"] == pytest.approx(1 - known[name], abs=1e-6)
    assert truth > 0.95 and copied["inception_score"]["value"] >= 1
    fooled = evaluate(fooled_judge(judges.classifier, names), data, judges.classifier)
    assert fooled["tarr"]["mean"]["value"] > 0.5
    config = small_config(attributes=names, image_size=32, discriminator_depth=3)
    trainer = Trainer(config, data, parser)
    scores = evaluate(trainer.model.generator.eval(), data, judges.classifier)
    rate = judge_rate(data, judges.classifier)(trainer, [])["judge"]
    assert rate == pytest.approx(scores["tarr"]["mean"]["value"])


def test_a_judge_that_lacks_an_attribute_is_refused(few):
    judge = AttributeClassifier(("Male", *NAMES[2:5]), 32, 4, 2, 8)
    for use in (
        lambda: evaluate(copy_input, few, judge),
        lambda: judge_rate(few, judge),
        lambda: accuracy(judge, few),
        lambda: fooled_judge(judge, ("Male", "Bald")),
    ):
        with pytest.raises(ValueError, match=r"classifier lacks .*Bald.*: it knows Male, Black_"):
            use()


def test_the_truth_is_what_the_world_draws(few):
    truth = Truth.of(few)
    assert truth.images.shape == (13, 7, 3, 32, 32)
    glasses = render(counterfactual(few.faces, "Eyeglasses"), 32)[0]
    assert np.array_equal(truth.images[NAMES.index("Eyeglasses")], glasses)
    masks = render(counterfactual(few.faces, "Bald"), 32)[1]
    assert np.array_equal(Truth.of(few, slice(2, 4)).masks[NAMES.index("Bald")], masks[2:4])


def true_edits(truth):
    """The editor that always does the right thing, for one chunk of faces."""
    return lambda x, y_diffs, y_src: [*truth.tensors()[0], x]


def test_the_ends_of_the_scale(faces, judges):
    """Every score of the copied input and of the truth is the end that the others report."""
    truth = Truth.of(faces)
    best = evaluate(true_edits(truth), faces, judges, truth, chunk=len(faces))
    worst = evaluate(copy_input, faces, judges, truth, chunk=len(faces))
    for name in ("inside", "outside", "inside_ratio", "whole_ratio", "attribute_accuracy",
                 "mask_iou", "identity_drift"):  # fmt: skip
        copied, true = worst["counterfactual"][name], best["counterfactual"][name]
        assert copied["value"] == pytest.approx(copied["copy"], rel=1e-5, abs=1e-5), name
        assert true["value"] == pytest.approx(true["truth"], rel=1e-5, abs=1e-5), name
        assert copied["truth"] == true["truth"] and copied["copy"] == true["copy"]
    error = 1 - np.mean(list(accuracy(judges.classifier, faces).values()))
    assert worst["tarr"]["mean"]["value"] == pytest.approx(error, abs=1e-6)
    assert best["tarr"]["mean"]["value"] >= 0.97
    assert worst["ssfid"]["mean"]["value"] == pytest.approx(0, abs=1e-3)
    assert best["ssfid"]["mean"]["value"] > 0.01


def test_masks_drift_and_labels_are_those_of_a_naive_loop(few, judges):
    scores = evaluate(shifted, few, judges, chunk=7)["counterfactual"]
    truth, (x, y, _) = Truth.of(few), few.batch(torch.arange(7))
    true, masks = truth.tensors()
    targets = single_flips(y, resolved=True)
    edits = shifted(x, targets - y, y)
    found = judges.parser(x).argmax(dim=1)
    ious, g_ious, drifts, right = [], [], [], []
    with torch.inference_mode():
        for a in range(13):
            parsed = judges.parser(edits[a]).argmax(dim=1)
            moved = judges.g_seg(one_hot(found), targets[a] - y).argmax(dim=1)
            for mask, into in ((parsed, ious), (moved, g_ious)):
                shares = []
                for k in range(12):
                    both = int(((mask == k) & (masks[a] == k)).sum())
                    either = int(((mask == k) | (masks[a] == k)).sum())
                    shares += [both / either] if either else []
                into.append(np.mean(shares))
            wanted, got = judges.encoder(true[a]), judges.encoder(edits[a])
            far = [float((wanted[i] - wanted[i - 1]).norm()) for i in range(7)]
            near = [float((wanted[i] - got[i]).norm()) for i in range(7)]
            drifts.append(sum(near) / sum(far))
            seen = judges.classifier(edits[a]) > 0
            right.append(float((seen == (targets[a] > 0)).float().mean()))
    assert scores["mask_iou"]["value"] == pytest.approx(np.mean(ious), rel=1e-4)
    assert scores["g_seg_iou"]["value"] == pytest.approx(np.mean(g_ious), rel=1e-4)
    assert scores["identity_drift"]["value"] == pytest.approx(np.mean(drifts), rel=1e-3)
    assert scores["attribute_accuracy"]["value"] == pytest.approx(np.mean(right), rel=1e-5)


def test_the_witness_reads_masks_as_p_does(few, judges):
    twice = evaluate(shifted, few, replace(judges, witness=judges.parser))["counterfactual"]
    assert twice["witness_iou"] == twice["mask_iou"]
    other = replace(judges, parser=None, g_seg=None, witness=judges.parser)
    alone = evaluate(shifted, few, other)["counterfactual"]
    assert alone["witness_iou"] == twice["mask_iou"] and "mask_iou" not in alone


def test_every_score_has_an_interval_and_n(few, judges):
    scores = evaluate(shifted, few, judges)
    blocks = [scores["tarr"], scores["ssfid"], scores["counterfactual"]]
    found = [s for block in blocks for s in block.values() if "value" in s]
    found += [scores["inception_score"], scores["reconstruction"]]
    assert len(found) == 14 + 14 + 8 + 2
    for score in found:
        assert score["low"] <= score["value"] <= score["high"]
        assert score["n"] == (7 * 13 if score is scores["inception_score"] else 7)
    assert "not comparable" in scores["ssfid"]["encoder"]["note"]
