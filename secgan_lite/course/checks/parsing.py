"""The checked exercises of lesson 01.

Merging 19 parts, the U-Net's forward, an IoU, and mirrored faces to repair.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct
from secgan_lite.parsing.unet import UNet
from secgan_lite.support.errors import unknown_choice

_SEGMENTS = 12


def _logit_case(draws: torch.Generator, *small: int) -> Case:
    """Logits of 19 parts, and to which of the 12 segments each belongs, every time differently."""
    batch, more = (int(n) for n in torch.randint(1, 5, (2,), generator=draws))
    extra = torch.randint(_SEGMENTS, (19 - _SEGMENTS,), generator=draws)
    groups = torch.cat([torch.arange(_SEGMENTS), extra])[torch.randperm(19, generator=draws)]
    if small:
        faces, side = small
        logits = distinct((faces, 19, side, side), draws)
    else:
        logits = 2 * torch.randn(batch, 19, more + 1, more + 1, generator=draws)
    return Case((logits.requires_grad_(True), groups), {"the logits": logits})


def _grouped(x: Tensor, groups: Tensor, join: Callable[[Tensor], Tensor]) -> Tensor:
    return torch.stack([join(x[:, groups == k]) for k in range(_SEGMENTS)], dim=1)


def merge(logits: Tensor, groups: Tensor) -> Tensor:
    """log p of 12 segments: a segment's probability is the sum of its parts' (§3)."""
    return _grouped(logits.log_softmax(dim=1), groups, lambda part: part.logsumexp(dim=1))


def _merged(
    logits: Tensor,
    groups: Tensor,
    *,
    parts: Callable[[Tensor], Tensor] = lambda z: z.softmax(dim=1),
    join: Callable[[Tensor], Tensor] = lambda p: p.sum(dim=1),
    last: Callable[[Tensor], Tensor] = torch.log,
) -> Tensor:
    """The same by way of probabilities, with a step of it replaced."""
    return last(_grouped(parts(logits), groups, join))


def _decided(logits: Tensor, groups: Tensor) -> Tensor:
    """The segment of the likeliest part, one-hot."""
    return F.one_hot(groups[logits.argmax(dim=1)], _SEGMENTS).movedim(-1, 1).float()


MERGE = Exercise(
    merge,
    _logit_case,
    {
        "arg-max first": Mistake(
            _decided,
            "the likeliest part decides alone: its segment gets everything and the others get "
            "nothing. Two lips of 0.3 each are likelier together than skin of 0.4: merge first",
        ),
        "not normalised": Mistake(
            partial(_merged, parts=torch.exp),
            "the probabilities don't add up to 1: bring the logits to log-probabilities over all "
            "19 parts first",
        ),
        "maximum": Mistake(
            partial(_merged, join=lambda p: p.amax(dim=1)),
            "a segment gets the probability of its likeliest part. Two lips of 0.3 each are lips "
            "with 0.6: add them up",
        ),
        "sum of logarithms": Mistake(
            partial(_merged, join=lambda p: p.prod(dim=1)),
            "adding logarithms multiplies probabilities: that is 'upper lip and lower lip', and a "
            "pixel is one or the other. Add probabilities",
        ),
        "mean of logarithms": Mistake(
            partial(_merged, join=lambda p: p.log().mean(dim=1).exp()),
            "the logarithms are averaged. Add the probabilities of the parts, then take the "
            "logarithm",
        ),
        "mean of probabilities": Mistake(
            partial(_merged, join=lambda p: p.mean(dim=1)),
            "the probabilities are averaged, so a segment of two parts loses half of them. Add "
            "them up",
        ),
        "one part alone": Mistake(
            partial(_merged, join=lambda p: p[:, 0]),
            "a segment gets the probability of its first part alone",
        ),
        "last part alone": Mistake(
            partial(_merged, join=lambda p: p[:, -1]),
            "a segment gets the probability of its last part alone, as if each part overwrote the "
            "one before it. Add them up",
        ),
        "sigmoid": Mistake(
            partial(_merged, parts=torch.sigmoid),
            "a sigmoid looks at each part alone, so the 19 numbers don't add up to 1. The parts of "
            "a pixel compete: softmax",
        ),
        "no logarithm": Mistake(
            partial(_merged, last=lambda p: p),
            "these are probabilities, and not their logarithms",
        ),
        "logits added": Mistake(
            lambda z, g: _grouped(z, g, lambda part: part.sum(dim=1)).log_softmax(dim=1),
            "the logits are added before the softmax: probabilities add up, logits don't",
        ),
        "along a row": Mistake(
            partial(_merged, parts=lambda z: z.softmax(dim=-1)),
            "the softmax runs along a row of pixels. It belongs over the classes, dim=1",
        ),
        "over faces": Mistake(
            partial(_merged, parts=lambda z: z.softmax(dim=0)),
            "the softmax runs over the faces. It belongs over the classes, dim=1",
        ),
        "base two": Mistake(
            partial(_merged, last=torch.log2),
            "these are logarithms to the base 2. The natural logarithm is wanted",
        ),
        "first twelve parts": Mistake(
            lambda z, g: z.log_softmax(dim=1)[:, :_SEGMENTS],
            "the first twelve parts come back as if they were the segments. `groups` says which "
            "parts belong to which segment: add those up",
        ),
        "a millionth added": Mistake(
            partial(_merged, last=lambda p: (p + 1e-6).log()),
            "a millionth is added before the logarithm: it changes small probabilities. A sum of "
            "softmax values needs no such help here",
        ),
    },
    small={
        "one face of one pixel": lambda draws: _logit_case(draws, 1, 1),
        "one face of 2 × 2 pixels": lambda draws: _logit_case(draws, 1, 2),
        "two faces of 2 × 2 pixels": lambda draws: _logit_case(draws, 2, 2),
    },
)


class _Layers(UNet):
    """The layers of a U-Net whose way is still to be written."""

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
    with torch.no_grad():
        for weights in net.parameters():
            weights.copy_(0.5 * torch.randn(weights.shape, generator=draws))
    faces = faces or int(torch.randint(2, 5, (), generator=draws))
    x = torch.randn(faces, 3, side, side, generator=draws).requires_grad_(True)
    deepest = net.down[-1][-1][0].weight
    leaves = {"the image": x, "the first layer": net.entry[0].weight, "the deepest layer": deepest}
    return Case((net, x), leaves, {"faces": faces})


def u_net(net: UNet, x: Tensor) -> Tensor:
    """The way through the package's layers: images (B, 3, h, h) -> logits (B, 12, h, h)."""
    return UNet.forward(net, x)


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
    last: Callable[[Tensor], Tensor] = lambda x: x,
) -> Tensor:
    """The forward pass of a U-Net, with a step of it replaced."""
    kept, x = [], net.entry(x)
    for stage in net.down:
        kept.append(skip(x, len(kept)))
        x = down(stage, halve, x)
    for narrow, up in zip(net.narrow, net.up, strict=True):
        x = join(up, double(narrow(x)), kept.pop())
    return last(net.exit(x))


def _kept_small(net: UNet, x: Tensor) -> Tensor:
    """The maps are kept behind the halving."""
    kept, x = [], net.entry(x)
    for stage in net.down:
        kept.append(F.max_pool2d(x, 2))
        x = stage(kept[-1])
    for narrow, up in zip(net.narrow, net.up, strict=True):
        x = up(F.interpolate(narrow(x), scale_factor=2) + kept.pop())
    return net.exit(x)


def _first_kept_first(net: UNet, x: Tensor) -> Tensor:
    """The maps come back in the order in which they were kept."""
    kept, x = [], net.entry(x)
    for stage in net.down:
        kept.append(x)
        x = stage(F.max_pool2d(x, 2))
    for narrow, up in zip(net.narrow, net.up, strict=True):
        x = up(F.interpolate(narrow(x), scale_factor=2) + kept.pop(0))
    return net.exit(x)


def _flat(net: UNet, x: Tensor) -> Tensor:
    """One stage down, halved, and up again."""
    full = net.entry(x)
    half = net.down[0](F.max_pool2d(full, 2))
    x = net.up[0](F.interpolate(F.max_pool2d(half, 2), scale_factor=2) + half)
    return net.exit(net.up[1](F.interpolate(net.narrow[1](x), scale_factor=2) + full))


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
        "no up": Mistake(
            partial(_u_net, join=lambda up, x, skip: x + skip),
            "the layers `up` are never used: after the addition comes `net.up`",
        ),
        "bottom left out": Mistake(
            _flat,
            "`net.down[1]` and `net.narrow[0]` are never used, so nothing comes from the smallest "
            "map",
        ),
        "evaluation mode": Mistake(
            lambda net, x: _u_net(net.eval(), x),
            "`net.eval()` changes the network's mode for good: it would then train in evaluation "
            "mode. The mode is the caller's choice",
        ),
        "training mode": Mistake(
            lambda net, x: _u_net(net.train(), x),
            "`net.train()` changes the network's mode for good: it would then be tested in "
            "training mode. The mode is the caller's choice",
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
        "log-probabilities": Mistake(
            partial(_u_net, last=lambda x: x.log_softmax(dim=1)),
            "these are log-probabilities. The network returns logits; the loss takes the softmax",
        ),
        "probabilities": Mistake(
            partial(_u_net, last=lambda x: x.softmax(dim=1)),
            "these are probabilities. The network returns logits; the loss takes the softmax",
        ),
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
            "The skips come in the wrong order: the small map meets the map of full size. The map "
            "that was kept last is needed first",
        ),
        "kept too late": Mistake(
            _kept_small,
            "The skip is half as high as the doubled map: it was kept behind the halving. Keep "
            "each map before you halve it",
        ),
        "not narrowed": Mistake(
            partial(_u_net, double=lambda x: F.interpolate(x, scale_factor=2).repeat(1, 2, 1, 1)),
            "The skip has half as many channels: `net.narrow` comes before the addition",
        ),
    },
)


def _count_case(draws: torch.Generator) -> Case:
    """A confusion matrix (true, found).

    One segment never occurs, one is never found, one is found where it is not.
    """
    counts = torch.randint(1, 50, (_SEGMENTS, _SEGMENTS), generator=draws)
    counts += torch.diag(torch.randint(50, 500, (_SEGMENTS,), generator=draws))
    absent, missed, imagined = torch.randperm(_SEGMENTS, generator=draws)[:3].tolist()
    counts[absent], counts[:, absent], counts[:, missed], counts[imagined] = 0, 0, 0, 0
    return Case((counts,))


def _few_counts(draws: torch.Generator, occurring: int) -> Case:
    """Only the first segments occur."""
    counts = torch.zeros(_SEGMENTS, _SEGMENTS, dtype=torch.long)
    counts[:occurring, :occurring] = torch.randint(1, 9, (occurring, occurring), generator=draws)
    return Case((counts,))


def _imagined(draws: torch.Generator) -> Case:
    """One segment occurs, and another is found in its place."""
    (counts,) = _few_counts(draws, 2).arguments
    counts[1] = 0
    return Case((counts,))


def iou(counts: Tensor) -> Tensor:
    """Intersection over union of each segment; NaN where a segment is neither there nor found."""
    hits = counts.diagonal().double()
    return hits / (counts.sum(dim=0) + counts.sum(dim=1) - hits)


def _sums(counts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return counts.diagonal().double(), counts.sum(dim=1), counts.sum(dim=0)


def _ratio(formula):
    return lambda counts: formula(*_sums(counts))


IOU = Exercise(
    iou,
    _count_case,
    {
        "hits counted twice": Mistake(
            _ratio(lambda hits, true, found: hits / (true + found)),
            "the pixels found rightly are in both sums, so the union counts them twice",
        ),
        "Dice": Mistake(
            _ratio(lambda hits, true, found: 2 * hits / (true + found)),
            "this is the Dice coefficient, a relative that is never smaller. Divide the hits by "
            "the union",
        ),
        "recall": Mistake(
            _ratio(lambda hits, true, found: hits / true),
            "this is recall: it forgives every pixel that was found where it is not. A parser "
            "that calls everything hair would have a perfect hair",
        ),
        "precision": Mistake(
            _ratio(lambda hits, true, found: hits / found),
            "this is precision: it forgives every pixel that was missed",
        ),
        "share of all pixels": Mistake(
            lambda counts: counts.diagonal().double() / counts.sum(),
            "the hits are divided by all pixels: big segments would win whatever P does",
        ),
        "absent is zero": Mistake(
            lambda counts: iou(counts).nan_to_num(0.0),
            "a segment that neither occurs nor is found counts as a failure. Nothing was asked and "
            "nothing answered: leave it NaN",
        ),
        "absent is one": Mistake(
            lambda counts: iou(counts).nan_to_num(1.0),
            "a segment that neither occurs nor is found counts as a success. Nothing was asked and "
            "nothing answered: leave it NaN",
        ),
        "imagined is absent": Mistake(
            lambda counts: iou(counts).where(counts.sum(dim=1) > 0, torch.nan),
            "a segment that is found where it is not gets NaN. It was found, and all of it is "
            "wrong: that is 0. NaN is for one that is neither there nor found",
        ),
        "missed is absent": Mistake(
            lambda counts: iou(counts).where(counts.diagonal() > 0, torch.nan),
            "a segment that is there and was never found rightly gets NaN. That is 0: P was asked "
            "and failed. NaN is for a segment that is neither there nor found",
        ),
        "rows twice": Mistake(
            _ratio(lambda hits, true, found: hits / (2 * true - hits)),
            "both sums run along the rows, so what was found never enters the union. A column "
            "counts what was found: one sum needs dim=0",
        ),
        "columns twice": Mistake(
            _ratio(lambda hits, true, found: hits / (2 * found - hits)),
            "both sums run along the columns, so what is there never enters the union. A row "
            "counts what is there: one sum needs dim=1",
        ),
        "cut to whole numbers": Mistake(
            _ratio(lambda hits, true, found: hits // (true + found - hits)),
            "every share below 1 has become 0: `//` drops what is behind the point. Divide with "
            "`/`",
        ),
        "union without hits": Mistake(
            _ratio(lambda hits, true, found: hits / (true + found - 2 * hits)),
            "the hits are taken from the union twice, so they are missing in it",
        ),
        "right about absence": Mistake(
            lambda counts: _ratio(lambda hits, t, f: 1 - (t + f - 2 * hits) / counts.sum())(counts),
            "pixels count that are rightly *not* called by this name. For a small segment these "
            "are nearly all: IoU leaves them out",
        ),
        "accuracy": Mistake(
            lambda counts: counts.diagonal().double().sum() / counts.sum(),
            "this is one number, the pixel accuracy. One IoU for each segment is asked",
        ),
    },
    small={
        "one segment": partial(_few_counts, occurring=1),
        "two segments": partial(_few_counts, occurring=2),
        "a segment that is found and never there": _imagined,
    },
    stops={
        "whole numbers": Mistake(
            lambda counts: (
                counts.diagonal() // (counts.sum(dim=0) + counts.sum(dim=1) - counts.diagonal())
            ),
            "`//` divides whole numbers: it drops what is behind the point, and 0 // 0 is an "
            "error. Divide with `/`",
        ),
    },
)


def _face_case(draws: torch.Generator, faces: int = 0, side: int = 0) -> Case:
    """Images, masks and which faces to mirror: at least one, and not all."""
    faces = faces or int(torch.randint(3, 7, (), generator=draws))
    side = side or int(torch.randint(3, 7, (), generator=draws))
    x = distinct((faces, 3, side, side), draws)
    t = torch.randint(_SEGMENTS, (faces, side, side), generator=draws)
    mirrored = int(torch.randint(1, faces, (), generator=draws))
    return Case((x, t, torch.randperm(faces, generator=draws) < mirrored), sizes={"faces": faces})


def mirrored(x: Tensor, t: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """The chosen faces as in a mirror: images (B, 3, h, h) and their masks (B, h, h)."""
    return _mirrored(x, t, chosen)


def _mirrored(
    x: Tensor,
    t: Tensor,
    chosen: Tensor,
    *,
    image: Callable[[Tensor], Tensor] = lambda x: x.flip(-1),
    mask: Callable[[Tensor], Tensor] = lambda t: t.flip(-1),
    which: Callable[[Tensor], Tensor] = lambda chosen: chosen,
) -> tuple[Tensor, Tensor]:
    """The same, with a step of it replaced."""
    chosen = which(chosen)[:, None, None]
    return torch.where(chosen[:, None], image(x), x), torch.where(chosen, mask(t), t)


colleague = partial(_mirrored, mask=lambda t: t)
# What may have happened to a chosen face, and what the symptoms say to it.
SUSPECTS = {
    "noise": "Noise harms all parts of a face alike. Are her P's second choices scattered, or do "
    "they have a shape?",
    "colours": "Then hair would suffer from its colour, too. Does her P fail by colour, or by "
    "place?",
    "both": "The masks would still fit: the bundled P was trained with such faces.",
    "upside down": "Are her second choices alike above and below, or left and right?",
    "mirror": "",
}


def suspected(cause: str) -> str:
    """What the symptoms of exercise C say to a suspected cause; "" is none yet.

    Of one that is no suspect the nearest is named; capitals and blanks don't count.
    """
    given, cause = cause, cause.strip().lower()
    if not cause:
        return "no cause named yet"
    if cause not in SUSPECTS:
        return str(unknown_choice("cause", given, SUSPECTS))
    return f"not yet: {SUSPECTS[cause]}" if SUSPECTS[cause] else "yes: this explains all symptoms."


REPAIR = Exercise(
    mirrored,
    _face_case,
    {
        "masks stay": Mistake(
            colleague,
            "the masks of the chosen faces are not mirrored: each must change as its image does",
        ),
        "nothing": Mistake(
            partial(_mirrored, image=lambda x: x, mask=lambda t: t),
            "neither the images nor the masks are mirrored",
        ),
        "images stay": Mistake(
            partial(_mirrored, image=lambda x: x),
            "the images of the chosen faces are not mirrored: each must change as its mask does",
        ),
        "masks upside down": Mistake(
            partial(_mirrored, mask=lambda t: t.flip(1)),
            "the masks are upside down. A mask has no axis of colours: its axes are face, row, "
            "column, and a mirror exchanges left and right",
        ),
        "images upside down": Mistake(
            partial(_mirrored, image=lambda x: x.flip(2)),
            "the images are upside down. Their axes are face, colour, row, column, and a mirror "
            "exchanges left and right",
        ),
        "colours exchanged": Mistake(
            partial(_mirrored, image=lambda x: x.flip(1)),
            "red and blue of the images are exchanged: axis 1 of an image holds its colours. A "
            "mirror exchanges left and right",
        ),
        "rows and columns exchanged": Mistake(
            partial(_mirrored, image=lambda x: x.mT, mask=lambda t: t.mT),
            "rows and columns are exchanged. A mirror keeps each row and turns its order round",
        ),
        "faces exchanged": Mistake(
            partial(_mirrored, mask=lambda t: t.flip(0)),
            "the masks are those of other faces: axis 0 counts the faces. A mirror exchanges left "
            "and right",
        ),
        "turned by a half": Mistake(
            partial(_mirrored, image=lambda x: x.flip(-1, -2), mask=lambda t: t.flip(-1, -2)),
            "the faces are turned by 180 degrees. A mirror exchanges left and right alone",
        ),
        "reordered": Mistake(
            lambda x, t, chosen: tuple(torch.cat([v[chosen].flip(-1), v[~chosen]]) for v in (x, t)),
            "the mirrored faces stand before the others: each face must keep its place",
        ),
        "all": Mistake(
            partial(_mirrored, which=torch.ones_like),
            "all faces are mirrored, not the chosen ones alone",
        ),
        "the others": Mistake(
            partial(_mirrored, which=torch.logical_not),
            "the faces that were not chosen are mirrored",
        ),
    },
    results=("the images", "the masks"),
    small={"two faces of 2 × 2 pixels": partial(_face_case, faces=2, side=2)},
    stops={
        "masks chosen by column": Mistake(
            lambda x, t, chosen: (x, torch.where(chosen, t.flip(-1), t)),
            "`chosen` has one truth value for each face, and torch.where lays it along the last "
            "axis of the masks, the columns. Give it the other axes: chosen[:, None, None]",
        ),
        "images chosen by column": Mistake(
            lambda x, t, chosen: (torch.where(chosen, x.flip(-1), x), t),
            "`chosen` has one truth value for each face, and torch.where lays it along the last "
            "axis of the images, the columns. Give it the other axes: chosen[:, None, None, None]",
        ),
    },
)

EXERCISES = {"01-merge": MERGE, "01-unet": U_NET, "01-iou": IOU, "01-repair": REPAIR}
