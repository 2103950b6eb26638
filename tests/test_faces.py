"""The drawn world: exact, deterministic, varied, and its counterfactuals touch one attribute."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secgan_lite.attributes import NAMES, index_of, rivals
from secgan_lite.faces import PARAMETERS, PREVALENCE, Faces, counterfactual, render, sample
from secgan_lite.faces.parameters import PAIRS
from secgan_lite.parsing import SEGMENTS


@pytest.fixture(scope="module")
def crowd():
    return sample(400, seed=11)


@pytest.fixture(scope="module")
def drawn(crowd):
    return render(crowd, 64)


def test_images_and_masks_have_the_stated_form(drawn):
    images, masks = drawn
    assert images.shape == (400, 3, 64, 64) and images.dtype == np.uint8
    assert masks.shape == (400, 64, 64) and masks.dtype == np.uint8
    assert set(np.unique(masks)) == set(range(len(SEGMENTS)))


def test_a_face_depends_on_seed_and_index_alone():
    some, many = sample(3, seed=5, start=40), sample(60, seed=5)
    assert np.array_equal(some.values, many.values[40:43])
    assert np.array_equal(some.attributes, many.attributes[40:43])
    alone, together = render(some, 32), render(many, 32)
    assert all(np.array_equal(a, b[40:43]) for a, b in zip(alone, together, strict=True))
    assert not np.array_equal(sample(3, seed=6).values, sample(3, seed=5).values)


def test_the_world_is_the_same_as_ever():
    """Labels exactly; images by means over blocks, which one grey level of rounding can't move."""
    faces = sample(32, seed=0)
    assert hashlib.sha256(faces.attributes.tobytes()).hexdigest()[:16] == LABELS
    images, _ = render(faces, 32)
    means = images.reshape(32, 3, 2, 16, 2, 16).mean(axis=(0, 1, 3, 5))
    assert means == pytest.approx(np.array(MEANS), abs=0.5)


LABELS = "c07761cffb533330"
MEANS = [[122.01, 119.48], [123.33, 122.97]]


@pytest.mark.parametrize("size", [32, 128, 256])
def test_the_same_face_at_every_size(size):
    faces = sample(8, seed=2)
    small, large = render(faces, 64)[0], render(faces, size)[0]
    factor = max(size, 64) // min(size, 64)
    if size < 64:
        small, large = large, small
    pooled = large.reshape(8, 3, small.shape[-1], factor, small.shape[-1], factor)
    difference = np.abs(pooled.mean(axis=(3, 5)) - small)
    assert difference.mean() < 6


def test_shares_of_labels(crowd):
    share = sample(20_000, seed=3).attributes.mean(axis=0)
    for name in NAMES:
        expected = PREVALENCE[name]
        assert share[index_of(name)] == pytest.approx(expected, abs=0.012), name


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
def test_exclusive_attributes_never_meet(correlation):
    labels = sample(5000, seed=4, correlation=correlation).attributes.astype(int)
    together = labels.T @ labels
    assert (together[rivals().numpy()] == 0).all()


def test_the_correlation_dial():
    def of_moustache_and_gender(correlation):
        faces = sample(20_000, seed=7, correlation=correlation)
        return np.corrcoef(faces.label("Mustache"), faces.label("Male"))[0, 1]

    values = [of_moustache_and_gender(c) for c in (0.0, 0.5, 1.0)]
    assert abs(values[0]) < 0.02 and values[0] < values[1] < values[2] and values[2] > 0.3


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_pairs_are_as_correlated_as_asked_and_as_frequent_as_ever(correlation):
    faces = sample(20_000, seed=7, correlation=correlation, relations="pairs")
    for name, leader in PAIRS.items():
        pair = faces.label(name), faces.label(leader)
        assert np.corrcoef(*pair)[0, 1] == pytest.approx(-correlation, abs=0.02)
        assert 1 - pair[0].mean() == pytest.approx(PREVALENCE[leader], abs=0.012)
    same = sample(20_000, seed=7)
    assert np.array_equal(faces.values, same.values)
    others = [index_of(n) for n in NAMES if n not in PAIRS]
    assert np.array_equal(faces.attributes[:, others], same.attributes[:, others])


@pytest.mark.parametrize("name", NAMES)
def test_a_flip_changes_its_own_labels_and_enough_pixels(crowd, drawn, name):
    flipped = counterfactual(crowd, name)
    assert np.array_equal(flipped.values, crowd.values)
    changed = flipped.attributes != crowd.attributes
    assert changed[:, index_of(name)].all()
    others = changed.copy()
    others[:, index_of(name)] = False
    allowed = rivals()[index_of(name)].numpy()
    assert not others[:, ~allowed].any()
    difference = np.abs(render(flipped, 64)[0].astype(int) - drawn[0]).max(axis=1) > 8
    assert difference.mean(axis=(1, 2)).min() >= 0.003


@pytest.mark.parametrize("name", [n for n in NAMES if not n.endswith("Hair") and n != "Bangs"])
def test_a_second_flip_undoes_the_first_where_nothing_is_cleared(crowd, name):
    free = crowd[crowd.label("Bangs") == 0]
    back = counterfactual(counterfactual(free, name), name)
    assert np.array_equal(back.attributes, free.attributes)


def test_masks_follow_the_labels(crowd, drawn):
    _, masks = drawn
    glasses = (masks == SEGMENTS.index("eyeglasses")).any(axis=(1, 2))
    assert np.array_equal(glasses, crowd.label("Eyeglasses") == 1)
    mouth = (masks == SEGMENTS.index("mouth")).any(axis=(1, 2))
    assert (mouth <= (crowd.label("Mouth_Slightly_Open") == 1)).all()
    assert mouth[crowd.label("Mouth_Slightly_Open") == 1].mean() > 0.95


def test_segments_have_the_shares_of_real_faces(drawn):
    """Within a factor of two; eyebrows and earrings at up to 1.5 times theirs and a little over."""
    share = np.bincount(drawn[1].ravel(), minlength=12) / drawn[1].size * 100
    real = {"skin": 24.9, "hair": 33.4, "others": 31.7, "nose": 2.1, "lips": 1.1, "eyebrows": 0.8}
    for name, expected in real.items():
        assert expected / 2 <= share[SEGMENTS.index(name)] <= 2 * expected, name


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.lists(st.floats(0, 1), min_size=3, max_size=3), st.data())
def test_any_face_can_be_drawn(seed, values, data):
    names = data.draw(st.lists(st.sampled_from(list(PARAMETERS)), min_size=3, max_size=3))
    faces = sample(2, seed).adjusted(**dict(zip(names, values, strict=True)))
    images, masks = render(faces, 32)
    assert masks.max() < 12 and images.std() > 5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f.adjusted(yawn=0.5), "Did you mean 'yaw'"),
        (lambda f: f.adjusted(yaw=1.5), r"yaw=1.5 must lie in \[0, 1\]"),
        (lambda f: counterfactual(f, "Mustach"), "Did you mean 'Mustache'"),
        (lambda f: render(f, 8), "size=8"),
        (lambda f: render(f, 32.5), "size=32.5"),
        (lambda f: sample(-1, 0), "count=-1"),
        (lambda f: sample(1, 0, correlation=2), "correlation=2"),
        (lambda f: sample(1, 0, relations="pair"), "Did you mean 'pairs'"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(sample(1, seed=0))


def test_faces_are_indexed_like_arrays():
    faces = sample(5, seed=0)
    assert isinstance(faces[2], Faces) and len(faces[2]) == 1 and len(faces[1:4]) == 3
    assert np.array_equal(faces[np.array([4, 0])].yaw, faces.yaw[[4, 0]])
    with pytest.raises(AttributeError, match="yawn"):
        _ = faces.yawn
