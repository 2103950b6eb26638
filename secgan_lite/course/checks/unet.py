"""Lesson 01, exercise A2: the way of an image through a U-Net."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.parsing.unet import UNet

_TWICE = (
    "The table uses each layer once, and in training a second call would move its BatchNorm "
    "statistics twice. Keep the map that it gave in a variable"
)


class _Layers(UNet):
    """The layers of a U-Net whose way is still to be written, in a mode that stays.

    Attributes:
        got: the map that each layer got, by its name, in the order of the calls.
    """

    settled = False

    def __init__(self, width: int) -> None:
        super().__init__(width=width)
        self.got: dict[str, Tensor] = {}
        single = {"net.entry": self.entry, "net.exit": self.exit}
        lists = {"net.down": self.down, "net.narrow": self.narrow, "net.up": self.up}
        several = {f"{k}[{i}]": layer for k, v in lists.items() for i, layer in enumerate(v)}
        for name, layer in (single | several).items():
            layer.register_forward_pre_hook(partial(self._called, name))

    def _called(self, name: str, layer: Callable, given: tuple) -> None:
        if name in self.got:
            raise RuntimeError(f"`{name}` is called a second time. {_TWICE}")
        if given and isinstance(given[0], Tensor):
            self.got[name] = given[0].detach().clone()

    def train(self, mode: bool = True) -> "_Layers":
        if self.settled and mode != self.training:
            raise RuntimeError(f"the network is set to {'training' if mode else 'evaluation'} mode")
        return super().train(mode)

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError("the network's own forward is called")


def _image_case(
    draws: torch.Generator, faces: int = 0, side: int = 8, training: bool = False
) -> Case:
    """A small U-Net with random weights, and images for it.

    Args:
        training: its mode. In training mode the scale of a map says nothing, because the next layer
            normalises it: most cases are in evaluation mode.
    """
    net = _Layers(width=3).train(training)
    net.settled = True
    with torch.no_grad():
        for weights in net.parameters():
            weights.copy_(0.5 * torch.randn(weights.shape, generator=draws))
    faces = faces or int(torch.randint(2, 5, (), generator=draws))
    x = torch.randn(faces, 3, side, side, generator=draws).requires_grad_(True)
    deepest = net.down[-1][-1][0].weight
    leaves = {"the image": x, "the first layer": net.entry[0].weight, "the deepest layer": deepest}
    return Case((net, x), leaves, {"faces": faces}, steps=lambda: net.got)


def u_net(net: UNet, x: Tensor) -> Tensor:
    """The way through the package's layers: images (B, 3, h, h) -> logits (B, 12, h, h)."""
    return UNet.forward(net, x)


def _at_one_level(join: Callable, level: int) -> Callable[[UNet, Tensor], Tensor]:
    """The way up with another way to join two maps at one level: 0 is full size, 1 half of it."""

    def answer(net: UNet, x: Tensor) -> Tensor:
        levels = iter((1, 0))
        return _u_net(net, x, join=lambda *maps: (join if next(levels) == level else _add)(*maps))

    return answer


def _add(up: Callable, x: Tensor, skip: Tensor) -> Tensor:
    return up(x + skip)


def _u_net(
    net: UNet,
    x: Tensor,
    *,
    halve: Callable[[Tensor], Tensor] = lambda x: F.max_pool2d(x, 2),
    down: Callable[[Callable, Callable, Tensor], Tensor] = lambda stage, halve, x: stage(halve(x)),
    double: Callable[[Tensor], Tensor] = lambda x: F.interpolate(x, scale_factor=2),
    skip: Callable[[Tensor, int], Tensor] = lambda x, level: x,
    join: Callable[[Callable, Tensor, Tensor], Tensor] = _add,
    last: Callable[[UNet, Tensor], Tensor] = lambda net, x: net.exit(x),
    early: bool = False,
) -> Tensor:
    """The forward pass of a U-Net, with a step of it replaced.

    Args:
        early: go to the last layer from each level.
    """
    kept, x = [], net.entry(x)
    for stage in net.down:
        kept.append(skip(x, len(kept)))
        x = down(stage, halve, x)
    for narrow, up in zip(net.narrow, net.up, strict=True):
        x = join(up, double(narrow(x)), kept.pop())
        if early:
            x = last(net, x)
    return last(net, x)


# Ways to join two maps that somebody may take at one level alone, and what to say then.
_JOINS: dict[str, tuple[Callable, str]] = {
    "skip added late": (
        lambda up, x, skip: up(x) + skip,
        "the skip is added behind `up`. Add it before: `up` is to see both",
    ),
    "skip multiplied": (
        lambda up, x, skip: up(x * skip),
        "the two maps are multiplied. Add them",
    ),
    "skip subtracted": (
        lambda up, x, skip: up(x - skip),
        "the skip is subtracted. Add it",
    ),
    "mean of both": (
        lambda up, x, skip: up((x + skip) / 2),
        "the mean of the two maps is taken. Add them",
    ),
    "skip doubled": (
        lambda up, x, skip: up(x + 2 * skip),
        "the skip is added twice. Add it once",
    ),
    "skip halved": (
        lambda up, x, skip: up(x + skip / 2),
        "half of the skip is added. Add the whole map",
    ),
    "skip through the halving": (
        lambda up, x, skip: up(x + F.interpolate(F.max_pool2d(skip, 2), scale_factor=2)),
        "the skip was kept behind the halving and doubled again. Keep the map before you halve it",
    ),
    "skip on both sides": (
        lambda up, x, skip: up(x + skip) + skip,
        "the skip is added before `up` and once more behind it. Add it before alone",
    ),
    "skip alone": (
        lambda up, x, skip: up(skip),
        "`up` gets the skip and nothing from below. Add both",
    ),
    "no up": (
        lambda up, x, skip: x + skip,
        "the layer of `up` is not used: it comes after the addition",
    ),
}
_LEVELS = ("full size", "half the size")


def _not_narrowed(net: UNet, x: Tensor, which: int, join: Callable) -> Tensor:
    """One layer of ``narrow`` is left out."""
    kept, x = [], net.entry(x)
    for stage in net.down:
        kept.append(x)
        x = stage(F.max_pool2d(x, 2))
    for i, (narrow, up) in enumerate(zip(net.narrow, net.up, strict=True)):
        x = join(up, F.interpolate(x if i == which else narrow(x), scale_factor=2), kept.pop())
    return net.exit(x)


def _first_kept_first(net: UNet, x: Tensor, join: Callable = _add) -> Tensor:
    """The maps come back in the order in which they were kept."""
    kept, x = [], net.entry(x)
    for stage in net.down:
        kept.append(x)
        x = stage(F.max_pool2d(x, 2))
    for narrow, up in zip(net.narrow, net.up, strict=True):
        x = join(up, F.interpolate(narrow(x), scale_factor=2), kept.pop(0))
    return net.exit(x)


def _doubled_once_alone(net: UNet, x: Tensor, join: Callable = _add) -> Tensor:
    """The second doubling is left out."""
    double = iter((lambda x: F.interpolate(x, scale_factor=2), lambda x: x))
    return _u_net(net, x, double=lambda x: next(double)(x), join=join)


def _kept_before_the_stage(net: UNet, x: Tensor, join: Callable = _add) -> Tensor:
    """The halved maps are kept, and not what the stages make of them."""
    half = F.max_pool2d(net.entry(x), 2)
    x = net.down[1](F.max_pool2d(net.down[0](half), 2))
    return join(net.up[0], F.interpolate(net.narrow[0](x), scale_factor=2), half)


def _up_early(net: UNet, x: Tensor) -> Tensor:
    """The last layer of a level comes before the doubling; so the channels fit."""
    kept, x = [], net.entry(x)
    for stage in net.down:
        kept.append(x)
        x = stage(F.max_pool2d(x, 2))
    for narrow, up in zip(net.narrow, net.up, strict=True):
        x = F.interpolate(up(narrow(x)), scale_factor=2) + kept.pop()
    return net.exit(x)


def _flat(net: UNet, x: Tensor) -> Tensor:
    """One stage down, halved, and up again."""
    full = net.entry(x)
    half = net.down[0](F.max_pool2d(full, 2))
    x = net.up[0](F.interpolate(F.max_pool2d(half, 2), scale_factor=2) + half)
    return net.exit(net.up[1](F.interpolate(net.narrow[1](x), scale_factor=2) + full))


def _bottom(net: UNet, x: Tensor) -> Tensor:
    """The smallest map."""
    x = net.entry(x)
    for stage in net.down:
        x = stage(F.max_pool2d(x, 2))
    return x


# What PyTorch says of the sizes fits two causes each.
_HALF_AS_HIGH = (
    "One of the two maps is half as high as the other. Either the skip was kept behind the halving "
    "(keep each map before you halve it), or the map from below is not doubled "
    "(`F.interpolate(x, scale_factor=2)`)"
)
_FULL_MEETS_HALF = (
    "Of the two maps one has full size and one has half of it. Either the skips come in the wrong "
    "order (the map that was kept last is needed first), or the map from below is not doubled once "
    "(`F.interpolate(x, scale_factor=2)`)"
)
_BEFORE_THE_STAGE = (
    "The skip has half as many channels as the map from below. Was it kept after the halving, but "
    "before `net.down[0]`? Keep what the layer gives"
)

U_NET = Exercise(
    u_net,
    _image_case,
    {
        "no skips": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(x)),
            "the way up gets only what came through the bottom, where a pixel stands for 4 × 4 of "
            "the image. Add the map that was kept on the way down",
        ),
        "no skip at full size": Mistake(
            partial(_u_net, skip=lambda x, level: x if level else 0 * x),
            "the skip at half the size is there, the one at full size is missing. That one has the "
            "sharp outlines: keep what `entry` gives, too",
        ),
        "no skip at half the size": Mistake(
            partial(_u_net, skip=lambda x, level: 0 * x if level else x),
            "the skip at full size is there, the one at half the size is missing. Every level of "
            "the way down has its partner on the way up",
        ),
        "skip added late": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(x) + skip),
            "the skip is added behind `up`. Add it before, so that `up` sees both and can combine "
            "them",
        ),
        "skip multiplied": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(x * skip)),
            "the two maps are multiplied: wherever one of them is 0, the other is lost. Add them",
        ),
        "skip subtracted": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(x - skip)),
            "the skip is subtracted. It would train as well, but here it is added",
        ),
        "mean of both": Mistake(
            partial(_u_net, join=lambda up, x, skip: up((x + skip) / 2)),
            "the mean of the two maps is taken. Here they are added",
        ),
        "skip doubled": Mistake(
            partial(_u_net, skip=lambda x, level: 2 * x),
            "each skip is added twice. Here it is added once",
        ),
        "skip through the halving": Mistake(
            partial(
                _u_net, skip=lambda x, level: F.interpolate(F.max_pool2d(x, 2), scale_factor=2)
            ),
            "each skip was kept behind the halving and doubled again: its outlines are lost. Keep "
            "each map before you halve it",
        ),
        "skip halved": Mistake(
            partial(_u_net, skip=lambda x, level: x / 2),
            "half of each skip is added. Here the whole map is added",
        ),
        "larger of both": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(torch.maximum(x, skip))),
            "the larger of the two values is taken, and the other forgotten. Add them",
        ),
        "skip alone": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(skip)),
            "`up` gets the skip and nothing from below, so the deep stages do nothing. Add both",
        ),
        "skip on both sides": Mistake(
            lambda net, x: _u_net(net, x, join=lambda up, x, skip: up(x + skip) + skip),
            "each skip is added before `up` and once more behind it. Add it before alone",
        ),
        "ReLU too many": Mistake(
            lambda net, x: _u_net(net, x, join=lambda up, x, skip: up((x + skip).relu())),
            "a ReLU comes between the addition and `up`. The table has none there: `up` ends with "
            "its own",
        ),
        "ReLU behind narrow": Mistake(
            lambda net, x: _u_net(net, x, join=lambda up, x, skip: up(x.relu() + skip)),
            "a ReLU comes behind `narrow`, so only what is above 0 is added. The table has none "
            "there",
        ),
        "up before the doubling": Mistake(
            _up_early,
            "`up` comes before the doubling, on the small map, and sees no skip. Double, add, then "
            "`up`",
        ),
        "bicubic": Mistake(
            lambda net, x: _u_net(
                net, x, double=partial(F.interpolate, scale_factor=2, mode="bicubic")
            ),
            "doubling fits a curve through the pixels. Here each pixel is repeated: "
            "`F.interpolate` with its default mode, nearest",
        ),
        "overlapping blocks": Mistake(
            lambda net, x: _u_net(net, x, halve=lambda x: F.max_pool2d(x, 3, 2, 1)),
            "halving takes the largest of 3 × 3 values, so blocks overlap. Here it is 2 × 2: "
            "`F.max_pool2d(x, 2)`",
        ),
        "image in [0, 1]": Mistake(
            lambda net, x: _u_net(net, (x + 1) / 2),
            "the image is moved to the range from 0 to 1 first. `entry` takes it as it is",
        ),
        "no up": Mistake(
            partial(_u_net, join=lambda up, x, skip: x + skip),
            "the layers `up` are never used: after the addition comes `net.up`",
        ),
        "bottom left out": Mistake(
            _flat,
            "`net.down[1]` and `net.narrow[0]` are never used, so nothing comes from the smallest "
            "map",
        ),
        "no exit": Mistake(
            partial(_u_net, last=lambda net, x: x),
            "`net.exit` is never used: these are the maps of the last stage, and not yet the "
            "logits of 12 segments",
        ),
        "halved late": Mistake(
            partial(_u_net, down=lambda stage, halve, x: halve(stage(x))),
            "the stages of `down` come before the halving. Halve first, then the stage: it "
            "computes on the small map",
        ),
        "skips detached": Mistake(
            partial(_u_net, skip=lambda x, level: x.detach()),
            "the values are right, but the skips are detached: `entry` and the first stage learn "
            "only through the bottom",
        ),
        "skip detached at full size": Mistake(
            partial(_u_net, skip=lambda x, level: x if level else x.detach()),
            "the values are right, but the skip at full size is detached: `entry` does not learn "
            "from it",
        ),
        "skip detached at half the size": Mistake(
            partial(_u_net, skip=lambda x, level: x.detach() if level else x),
            "the values are right, but the skip at half the size is detached: the first stage of "
            "`down` learns only through the bottom",
        ),
        "mean": Mistake(
            partial(_u_net, halve=partial(F.avg_pool2d, kernel_size=2)),
            "each 2 × 2 block becomes its mean. Here its largest value is wanted: `max_pool2d`",
        ),
        "every second pixel": Mistake(
            partial(_u_net, halve=lambda x: x[..., ::2, ::2]),
            "halving keeps every second pixel and forgets three of four. Take the largest value "
            "of each 2 × 2 block: `max_pool2d`",
        ),
        "bilinear": Mistake(
            partial(_u_net, double=partial(F.interpolate, scale_factor=2, mode="bilinear")),
            "doubling interpolates between pixels. Here each pixel is repeated: `F.interpolate` "
            "with its default mode, nearest",
        ),
        "bilinear, corners aligned": Mistake(
            partial(
                _u_net,
                double=partial(F.interpolate, scale_factor=2, mode="bilinear", align_corners=True),
            ),
            "doubling interpolates between pixels. Here each pixel is repeated: `F.interpolate` "
            "with its default mode, nearest",
        ),
        "log-probabilities": Mistake(
            partial(_u_net, last=lambda net, x: net.exit(x).log_softmax(dim=1)),
            "these are log-probabilities. The network returns logits; the loss takes the softmax",
        ),
        "sigmoid": Mistake(
            lambda net, x: _u_net(net, x, last=lambda net, x: net.exit(x).sigmoid()),
            "a sigmoid comes behind `exit`. The network returns logits; the loss takes the softmax",
        ),
        "softmax along a row": Mistake(
            lambda net, x: _u_net(net, x, last=lambda net, x: net.exit(x).softmax(dim=-1)),
            "a softmax runs along a row of pixels behind `exit`. The network returns logits; the "
            "loss takes the softmax",
        ),
        "probabilities": Mistake(
            partial(_u_net, last=lambda net, x: net.exit(x).softmax(dim=1)),
            "these are probabilities. The network returns logits; the loss takes the softmax",
        ),
    }
    | {
        f"{kind} at {_LEVELS[level]}": Mistake(
            _at_one_level(join, level), f"one level is right; at {_LEVELS[level]} {says}"
        )
        for kind, (join, says) in _JOINS.items()
        for level in range(2)
        if (kind, level) != ("skip alone", 0)  # nothing from below: at half the size nothing counts
    },
    corners=(partial(_image_case, training=True),),
    small={"one face of 4 × 4 pixels": partial(_image_case, faces=1, side=4)},
    stops={
        "called itself": Mistake(
            lambda net, x: net(x),
            "This is the way that you are to write. Use the layers: `net.entry`, `net.down`, "
            "`net.narrow`, `net.up`, `net.exit`",
        ),
        "joined": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(torch.cat([x, skip], dim=1))),
            "The two maps are joined along the channels. Here they are added",
        ),
        "skips in the wrong order": Mistake(
            _first_kept_first,
            _FULL_MEETS_HALF,
        ),
        "kept too late": Mistake(
            partial(_u_net, skip=lambda x, level: F.max_pool2d(x, 2)),
            _HALF_AS_HIGH,
        ),
        "not narrowed": Mistake(
            lambda net, x: _not_narrowed(net, x, 0, _add),
            "The skip has half as many channels: `net.narrow` comes before the addition",
        ),
        # With the skip first in the sum PyTorch names the sizes the other way round.
        "the wrong order, skip first": Mistake(
            partial(_first_kept_first, join=lambda up, x, skip: up(skip + x)),
            _FULL_MEETS_HALF,
        ),
        "not narrowed, skip first": Mistake(
            lambda net, x: _not_narrowed(net, x, 0, lambda up, x, skip: up(skip + x)),
            "The skip has half as many channels: `net.narrow` comes before the addition",
        ),
        "not narrowed at full size": Mistake(
            lambda net, x: _not_narrowed(net, x, 1, _add),
            "The skip at full size has half as many channels: `net.narrow[1]` comes before the "
            "addition",
        ),
        "not narrowed at full size, skip first": Mistake(
            lambda net, x: _not_narrowed(net, x, 1, lambda up, x, skip: up(skip + x)),
            "The skip at full size has half as many channels: `net.narrow[1]` comes before the "
            "addition",
        ),
        "kept before the stage": Mistake(
            _kept_before_the_stage,
            _BEFORE_THE_STAGE,
        ),
        "kept before the stage, skip first": Mistake(
            partial(_kept_before_the_stage, join=lambda up, x, skip: up(skip + x)),
            _BEFORE_THE_STAGE,
        ),
        "doubled once alone": Mistake(
            _doubled_once_alone,
            _FULL_MEETS_HALF,
        ),
        "doubled once alone, skip first": Mistake(
            partial(_doubled_once_alone, join=lambda up, x, skip: up(skip + x)),
            _FULL_MEETS_HALF,
        ),
        "exit inside the loop": Mistake(
            partial(_u_net, join=lambda up, x, skip: up(x + skip), early=True),
            "`net.exit` comes once, behind the last `up`: is it inside the loop?",
        ),
        "size written down": Mistake(
            partial(_u_net, double=partial(F.interpolate, size=16)),
            "The images of the check are 8 × 8 pixels. Don't write sizes as numbers: "
            "`F.interpolate(x, scale_factor=2)` fits each size",
        ),
        "narrow in the wrong order": Mistake(
            lambda net, x: net.narrow[1](_bottom(net, x)),
            "`net.narrow[0]` is for the smallest map, `net.narrow[1]` for the next one",
        ),
        "up in the wrong order": Mistake(
            lambda net, x: net.up[1](F.interpolate(net.narrow[0](_bottom(net, x)), scale_factor=2)),
            "`net.up[0]` comes first, behind `net.narrow[0]`; `net.up[1]` is for full size",
        ),
        "never halved": Mistake(
            partial(_u_net, halve=lambda x: x),
            "The maps of the way down all have full size: halve, `F.max_pool2d(x, 2)`, before each "
            "stage of `net.down`",
        ),
        "never doubled": Mistake(
            partial(_u_net, double=lambda x: x),
            _HALF_AS_HIGH,
        ),
        "list called": Mistake(
            lambda net, x: net.down(x),
            "`net.down`, `net.narrow` and `net.up` are lists of layers: call the layers in them, "
            "such as `net.down[0]`",
        ),
        "counted from one": Mistake(
            lambda net, x: net.down[2](x),
            "The lists of layers hold two each, with the numbers 0 and 1",
        ),
        "evaluation mode": Mistake(
            lambda net, x: _u_net(net.eval(), x),
            "It would then train in evaluation mode. The mode is the caller's choice",
        ),
        "training mode": Mistake(
            lambda net, x: _u_net(net.train(), x),
            "It would then be tested in training mode. The mode is the caller's choice",
        ),
    },
)

EXERCISES = {"01-unet": U_NET}
