"""The checked exercise of lesson 03 on a label's way into a generator: constant planes."""

import numpy as np
import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct


def _entry_case(draws: torch.Generator, *small: int) -> Case:
    """Images and wishes of a batch."""
    order = torch.randperm(4, generator=draws).tolist()
    faces, labels, side = small or ((2, 4, 5, 6)[k] for k in order[:3])  # no two alike, and no 3
    shape = (faces, 3, side, side)
    x = distinct(shape, draws) if small else torch.randn(shape, generator=draws)
    y = torch.randint(-1, 2, (faces, labels), generator=draws).float()
    y[0, :2], y[-1, :2] = torch.tensor([1.0, -1.0]), torch.tensor([-1.0, -1.0])
    x, y = x.clone().requires_grad_(True), y.requires_grad_(True)
    return Case((x, y), {"the image": x, "the label": y}, {"faces": faces, "pixels": side**2})


def _planes(x: Tensor, y_diff: Tensor) -> Tensor:
    return y_diff[:, :, None, None].expand(-1, -1, *x.shape[2:])


def enter(x: Tensor, y_diff: Tensor) -> Tensor:
    """Image (B, 3, h, h) and label (B, n) as one input (B, 3 + n, h, h): StarGAN's way in."""
    return torch.cat([x, _planes(x, y_diff)], dim=1)


def _corner(x: Tensor, y_diff: Tensor) -> Tensor:
    first = torch.zeros_like(x[:, :1])
    first[:, :, 0, 0] = 1
    return torch.cat([x, first * _planes(x, y_diff)], dim=1)


def _tiled(x: Tensor, y_diff: Tensor) -> Tensor:
    rows = y_diff[:, :, None].repeat(1, *x.shape[2:])
    return torch.cat([x, rows.view(len(x), -1, *x.shape[2:])], dim=1)


ENTER = Exercise(
    enter,
    _entry_case,
    {
        "label first": Mistake(
            lambda x, y: torch.cat([_planes(x, y), x], dim=1),
            "the label's planes come before the image's. The first three channels are the image",
        ),
        "one plane": Mistake(
            lambda x, y: enter(x, y.sum(dim=1, keepdim=True)),
            "all attributes are added up into one plane, so the network cannot tell them apart. "
            "Each attribute needs a plane of its own",
        ),
        "corner": Mistake(
            _corner,
            "the label stands in one pixel of its plane. Each pixel of a plane has the same value",
        ),
        "multiplied": Mistake(
            lambda x, y: torch.cat([x, x.mean(dim=1, keepdim=True) * _planes(x, y)], dim=1),
            "the planes are multiplied by the image. A dark image would then whisper its wish",
        ),
        "sign lost": Mistake(
            lambda x, y: enter(x, y.abs()),
            "the planes have lost their sign: add and remove look the same",
        ),
        "another's label": Mistake(
            lambda x, y: enter(x, y.roll(1, 0)),
            "each face has got its neighbour's label. Rows of the batch belong together",
        ),
        "mean of the batch": Mistake(
            lambda x, y: enter(x, y.mean(dim=0, keepdim=True).expand_as(y)),
            "every face gets the mean of all labels. Each has a wish of its own",
        ),
        "order": Mistake(
            lambda x, y: enter(x, y.flip(1)),
            "the planes are in the opposite order of the attributes",
        ),
        "scrambled": Mistake(
            lambda x, y: torch.cat([x, y.repeat(1, x.shape[2:].numel()).view_as(_planes(x, y))], 1),
            "the planes are scrambled: `repeat` has put the attributes in turn, and `view` has cut "
            "them into planes at the wrong places. Give the label two axes of length 1 first",
        ),
        "tiled": Mistake(
            lambda x, y: torch.cat(
                [x, y[:, :, None].repeat(1, *x.shape[2:]).view_as(_planes(x, y))], 1
            ),
            "the planes are scrambled: `repeat` has put the attributes in turn, and `view` has cut "
            "them into planes at the wrong places. Give the label two axes of length 1 first",
        ),
        "one attribute": Mistake(
            lambda x, y: enter(x, y[:, :1].expand_as(y)),
            "each plane holds the first attribute. The plane of attribute k has the number k",
        ),
        "sum in all": Mistake(
            lambda x, y: enter(x, y.sum(dim=1, keepdim=True).expand_as(y)),
            "each plane holds the sum of all attributes, so the network cannot tell them apart",
        ),
        "image's range": Mistake(
            lambda x, y: enter((x + 1) / 2, y),
            "the image has been put between 0 and 1. It enters as it is, from −1 to 1",
        ),
        "grey levels": Mistake(
            lambda x, y: enter(x, 127.5 * y),
            "the planes hold grey levels. A wish enters as it is: −1, 0 or 1",
        ),
        "added to the image": Mistake(
            lambda x, y: torch.cat([x, x.mean(dim=1, keepdim=True) + _planes(x, y)], dim=1),
            "the image is added to the planes. Each pixel of a plane has the same value",
        ),
        "another range": Mistake(
            lambda x, y: enter(x, (y + 1) / 2),
            'the planes run from 0 to 1. A wish of 0, "leave it", must stay 0, and −1 must stay −1',
        ),
        "channels turned": Mistake(
            lambda x, y: enter(x.flip(1), y),
            "the image's channels are in the opposite order: red has become blue",
        ),
        "first wish for all": Mistake(
            lambda x, y: enter(x, y[:1].expand_as(y)),
            "every face gets the wish of the first one. Each has a wish of its own",
        ),
        "last wish for all": Mistake(
            lambda x, y: enter(x, y[-1:].expand_as(y)),
            "every face gets the wish of the last one. Each has a wish of its own",
        ),
        "mean in all": Mistake(
            lambda x, y: enter(x, y.mean(dim=1, keepdim=True).expand_as(y)),
            "each plane holds the mean of all attributes, so the network cannot tell them apart",
        ),
        "divided": Mistake(
            lambda x, y: enter(x, y / y.shape[1]),
            "the wish is divided by the number of attributes. It enters as it is: −1, 0 or 1",
        ),
        "moved by one": Mistake(
            lambda x, y: enter(x, y.roll(1, 1)),
            "the planes are moved by one: attribute 0 stands in the place of attribute 1, and the "
            "last one comes first",
        ),
        "label alone": Mistake(
            lambda x, y: _planes(x, y),
            "the image is missing: the generator would see its wish and no face",
        ),
    },
    small={
        "two faces of one pixel, with two attributes": lambda draws: _entry_case(draws, 2, 2, 1),
        "two faces of 2 × 2 pixels, with two attributes": lambda draws: _entry_case(draws, 2, 2, 2),
    },
    stops={
        "joined along the faces": Mistake(
            lambda x, y: torch.cat([x, _planes(x, y)]),
            "The two are joined along the faces, axis 0, which `torch.cat` takes unless told "
            "otherwise. Channels are axis 1",
        ),
        "planes of one pixel": Mistake(
            lambda x, y: torch.cat([x, y[:, :, None, None]], dim=1),
            "Each plane has one pixel: it still has to be stretched to the size of the image",
        ),
        "planes of 32 pixels": Mistake(
            lambda x, y: torch.cat([x, y[:, :, None, None].expand(-1, -1, 32, 32)], dim=1),
            "The planes have 32 × 32 pixels, whatever the image has. Its shape knows the size",
        ),
        "13 attributes": Mistake(
            lambda x, y: torch.cat([x, y.view(-1, 13, 1, 1).expand(-1, -1, *x.shape[2:])], dim=1),
            "13 attributes are demanded. The label's shape knows how many there are",
        ),
        "one axis too few": Mistake(
            lambda x, y: torch.cat([x, y[:, :, None]], dim=1),
            "The label has three axes, the image four: one more axis of length 1 is missing",
        ),
        "planes of 3 rows": Mistake(
            lambda x, y: torch.cat([x, y[:, :, None, None].expand(-1, -1, *x.shape[1:3])], dim=1),
            "The planes have 3 rows or columns. `x.shape[1]` counts channels; rows and columns are "
            "`x.shape[2:]`",
        ),
        "3 planes": Mistake(
            lambda x, y: torch.cat([x, y[:, :, None, None].expand_as(x)], dim=1),
            "`expand_as(x)` asks for as many planes as the image has channels. Only rows and "
            "columns are stretched: `-1` in `expand` keeps an axis as it is",
        ),
        "attributes for pixels": Mistake(
            lambda x, y: torch.cat([x, y[:, None, None].expand(-1, *x.shape[2:], -1)], dim=1),
            "The planes have as many rows or columns as there are attributes. Planes are "
            "(B, n, h, h): the attributes are axis 1",
        ),
        "attributes for faces": Mistake(
            lambda x, y: torch.cat([x, y.T[:, :, None, None].expand(-1, -1, *x.shape[2:])], dim=1),
            "The planes have the attributes along axis 0, where the faces belong: is the label "
            "transposed?",
        ),
        "joined along the columns": Mistake(
            lambda x, y: torch.cat([x, _planes(x, y)], dim=3),
            "The two are joined along the columns, axis 3. Channels are axis 1",
        ),
        "NumPy": Mistake(
            lambda x, y: np.concatenate([x, _planes(x, y)], axis=1),
            "NumPy passes no gradient, and `detach` would cut it off: join tensors by `torch.cat`",
        ),
        "no planes yet": Mistake(
            lambda x, y: torch.cat([x, y], dim=1),
            "The label has two axes, the image four: make planes of it first",
        ),
        "stacked": Mistake(
            lambda x, y: torch.stack([x, _planes(x, y)], dim=1),
            "`torch.stack` makes a new axis. The planes are more channels of the same input",
        ),
    },
)

EXERCISES = {"03-enter": ENTER}
