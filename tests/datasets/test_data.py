"""Faces in memory and from a cache, and the order in which training sees them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from secgan_lite.attributes import NAMES
from secgan_lite.datasets import FaceData, Sampler, load
from secgan_lite.datasets.data import _copied
from secgan_lite.evaluation.edits import Truth
from secgan_lite.support.randomness import stream


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dataset": "celebra"}, "Did you mean 'celeba'"),
        ({"split": "tset"}, "Did you mean 'test'"),
        ({"dataset": "celeba", "scheme": "offical"}, "Did you mean 'official'"),
    ],
)
def test_wrong_choices_are_named(changes, message):
    given = {"dataset": "synthetic", "split": "train", "image_size": 32, "count": 2} | changes
    with pytest.raises(ValueError, match=message):
        load(**given)


def test_drawn_splits_share_no_face():
    train, test = (load("synthetic", split, 32, count=50) for split in ("train", "test"))
    a, b = train.images.reshape(50, -1), test.images.reshape(50, -1)
    assert not (a[:, None] == b[None]).all(axis=2).any()


def test_a_choice_of_attributes_reorders_the_labels():
    every = load("synthetic", "test", 16, count=30)
    some = load("synthetic", "test", 16, count=30, attributes=("Young", "Bald"))
    columns = [NAMES.index("Young"), NAMES.index("Bald")]
    assert some.attributes == ("Young", "Bald")
    assert np.array_equal(some.labels, every.labels[:, columns])


def test_batches_are_scaled_and_mirrored_with_their_masks(faces):
    indices, flip = torch.tensor([3, 9]), torch.tensor([True, False])
    x, y, s = faces.batch(indices, flip)
    assert x.min() >= -1 and x.max() <= 1 and y.shape == (2, 13)
    for row, (index, mirrored) in enumerate(zip([3, 9], [True, False], strict=True)):
        image, mask = faces.images[index].astype(np.float32), faces.masks[index]
        if mirrored:
            image, mask = image[..., ::-1], mask[..., ::-1]
        assert np.abs(x[row].numpy() - (image / 127.5 - 1)).max() < 1e-6
        assert np.array_equal(s[row].numpy(), mask)


def test_a_subset_keeps_all_parts_together(faces):
    part = faces.subset(5)
    assert len(part) == len(part.labels) == len(part.masks) == len(part.faces) == 5
    assert isinstance(part, FaceData) and part.attributes == NAMES


def test_photographs_have_no_true_edits(faces):
    assert faces.drawn is faces.faces
    with pytest.raises(ValueError, match="only drawn faces have true edits"):
        Truth.of(replace(faces, faces=None))


def test_the_sampler_goes_through_epochs_and_resumes():
    sampler = Sampler(10, 3, stream(0, "data"))
    epoch = torch.cat([next(sampler) for _ in range(3)])
    assert len(set(epoch.tolist())) == 9
    next(sampler)
    state = sampler.state_dict()
    ahead = [next(sampler).tolist() for _ in range(7)]
    other = Sampler(10, 3, stream(99, "data"))
    other.load_state_dict(state)
    assert [next(other).tolist() for _ in range(7)] == ahead
    with pytest.raises(ValueError, match="batch_size=11 is more than the 10 faces"):
        Sampler(10, 11, stream(0, "data"))


def test_faces_that_lie_on_the_device_give_the_same_batches(faces):
    """Bytes that fit stay there; faces taken from them are read from their own arrays."""
    there = faces.on(torch.device("cpu"), room=faces.images.nbytes + faces.masks.nbytes)
    assert set(there.near) == {"images", "masks"} and not there.subset(8).near
    assert faces.on(torch.device("cpu"), room=faces.images.nbytes) is faces
    assert faces.on(torch.device("cpu")) is faces
    indices, flip = torch.tensor([5, 0, 40]), torch.tensor([True, False, True])
    for part, other in zip(faces.batch(indices, flip), there.batch(indices, flip), strict=True):
        assert torch.equal(part, other) and part.dtype == other.dtype
    # In parts, as a file larger than the memory is.
    assert torch.equal(_copied(faces.images, "cpu", chunk=7), torch.from_numpy(faces.images))
