"""All that differs between the branches, against the paper's own words for each (A.1)."""

import numpy as np
import pytest
import torch

from secgan_lite.modalities import RGB, RGB_BLENDED, SEMANTIC, by_name, from_bytes, to_bytes
from secgan_lite.segments import PALETTE


@pytest.fixture
def raw():
    return torch.randn(2, 12, 4, 4)


def test_an_image_is_a_tanh_compared_and_shown_as_it_is(raw):
    image = RGB.predict(raw[:, :3], None)
    assert torch.equal(image, raw[:, :3].tanh()) and torch.equal(RGB.show(image), image)
    x = torch.rand_like(image)
    assert torch.equal(RGB.reconstruction(image, x), (image - x).abs().mean())
    assert RGB.segmented(image, lambda seen: seen.sum()) == image.sum()  # P looks at it


def test_a_mask_is_compared_before_its_softmax_and_shown_behind_it(raw):
    assert SEMANTIC.predict(raw, None) is raw and SEMANTIC.segmented(raw, None) is raw
    probabilities = raw.exp() / raw.exp().sum(dim=1, keepdim=True)
    assert torch.allclose(SEMANTIC.show(raw), probabilities)
    s = raw.roll(1, dims=1).argmax(dim=1)
    found = -probabilities.log().gather(1, s[:, None]).mean()
    assert torch.allclose(SEMANTIC.reconstruction(raw, s), found)


def test_what_is_real_and_what_has_to_be_returned():
    x, s = torch.rand(2, 3, 4, 4), torch.randint(12, (2, 4, 4))
    assert RGB.real(x, s) is x and RGB.target(x, s) is x and SEMANTIC.target(x, s) is s
    hot = SEMANTIC.real(x, s)
    assert torch.equal(hot.argmax(dim=1), s) and torch.equal(hot.sum(dim=1), torch.ones(2, 4, 4))


def test_pictures_are_colours_between_0_and_1(raw):
    x = torch.tensor([-1.0, 0, 1]).view(1, 3, 1, 1)
    assert RGB.picture(x).flatten().tolist() == [0, 0.5, 1]
    found = SEMANTIC.picture(raw).movedim(1, -1).numpy()
    assert np.allclose(found, PALETTE[raw.argmax(dim=1).numpy()] / 255)


@pytest.mark.parametrize("modality", [RGB, RGB_BLENDED, SEMANTIC], ids=["rgb", "blended", "mask"])
def test_activation_is_prediction_shown(modality):
    raw, source = torch.randn(2, modality.outputs, 4, 4), torch.rand(2, modality.channels, 4, 4)
    shown = modality.show(modality.predict(raw, source))
    assert torch.equal(modality.activate(raw, source), shown)
    assert shown.shape == source.shape


def test_both_by_name():
    assert by_name(False) == {"rgb": RGB, "semantic": SEMANTIC}
    assert by_name(True) == {"rgb": RGB_BLENDED, "semantic": SEMANTIC}


def test_every_byte_survives_the_way_to_numbers_and_back():
    every = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    x = from_bytes(every)
    wanted = np.arange(256, dtype=np.float32) / np.float32(127.5) - np.float32(1)
    assert x.dtype == torch.float32 and np.array_equal(x.flatten().numpy(), wanted)
    assert torch.equal(to_bytes(x), every)


def test_numbers_become_the_nearest_byte_and_what_lies_outside_black_or_white():
    x = torch.tensor([-3.0, -1.0, -1 + 0.49 / 127.5, -1 + 0.51 / 127.5, 0.999, 1.0, 9.0])
    assert to_bytes(x).tolist() == [0, 0, 0, 1, 255, 255, 255]
