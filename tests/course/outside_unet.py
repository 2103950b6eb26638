"""Wrong and right answers to lesson 01's U-Net that the exercise does not list, and verdicts.

As in ``outside``: each verdict in ``JUDGED`` was read and found true of its answer.
"""

import torch
from torch.nn.functional import avg_pool2d, conv_transpose2d, interpolate, max_pool2d


def halved(x):
    """The largest of each 2 × 2 values, without a pooling function."""
    return x.unflatten(-1, (-1, 2)).unflatten(-3, (-1, 2)).amax(dim=(-3, -1))


def doubled(x):
    return x.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)


def u_net(
    net,
    x,
    halve=halved,
    double=doubled,
    full=lambda x: x,
    half=lambda x: x,
    join=lambda x, skip: x + skip,
    bottom=lambda x: x,
    end=lambda x: x,
):
    """The five steps one by one, each of which can be replaced."""
    first = net.entry(x)
    second = net.down[0](halve(first))
    x = bottom(net.down[1](halve(second)))
    x = net.up[0](join(double(net.narrow[0](x)), half(second)))
    x = net.up[1](join(double(net.narrow[1](x)), full(first)))
    return end(net.exit(x))


def skips_before_narrow(net, x):
    """The maps are added, but those of the other side of a stage."""
    first = net.entry(x)
    second = net.down[0](halved(first))
    x = net.up[0](doubled(net.narrow[0](net.down[1](halved(second)))) + second)
    return net.exit(net.up[1](doubled(net.narrow[1](second)) + first))


def narrow_last(net, x):
    """Doubles first: a 1 × 1 kernel and repeating may change places."""
    first = net.entry(x)
    second = net.down[0](max_pool2d(first, 2))
    x = net.up[0](net.narrow[0](doubled(net.down[1](max_pool2d(second, 2)))) + second)
    return net.exit(net.up[1](net.narrow[1](doubled(x)) + first))


def recursive(net, x, level=0):
    """A level is a skip around everything below it."""
    x = net.entry(x) if level == 0 else x
    below = net.down[level](max_pool2d(x, 2))
    if level + 1 < len(net.down):
        below = recursive(net, below, level + 1)
    k = len(net.down) - 1 - level
    x = net.up[k](x + interpolate(net.narrow[k](below), scale_factor=2))
    return x if level else net.exit(x)


def by_kernel(x):
    """Doubling as a transposed convolution with ones."""
    ones = x.new_ones(x.shape[1], 1, 2, 2)
    return conv_transpose2d(x, ones, stride=2, groups=x.shape[1])


RIGHT_FORMS = {
    "01-unet": [
        u_net,
        narrow_last,
        recursive,
        lambda net, x: u_net(net, x, halve=lambda z: max_pool2d(z, 2, 2), double=by_kernel),
        lambda net, x: u_net(net, x, join=lambda z, skip: torch.stack([z, skip]).sum(0)),
    ]
}

WRONG = {
    "01-unet": {
        "smallest of a block": lambda net, x: u_net(net, x, halve=lambda z: -halved(-z)),
        "sum of a block": lambda net, x: u_net(net, x, halve=lambda z: 4 * avg_pool2d(z, 2)),
        "skip twice": lambda net, x: u_net(net, x, join=lambda z, skip: z + 2 * skip),
        "skip mirrored": lambda net, x: u_net(net, x, full=lambda z: z.flip(-1)),
        "skip shifted": lambda net, x: u_net(net, x, full=lambda z: z.roll(1, -1)),
        "skip from another face": lambda net, x: u_net(net, x, full=lambda z: z.roll(1, 0)),
        "image mirrored": lambda net, x: u_net(net, x.flip(-1)),
        "bottom left out": lambda net, x: u_net(net, x, bottom=lambda z: 0 * z),
        "bottom detached": lambda net, x: u_net(net, x, bottom=lambda z: z.detach()),
        "full size detached": lambda net, x: u_net(net, x, full=lambda z: z.detach()),
        "half the size detached": lambda net, x: u_net(net, x, half=lambda z: z.detach()),
        "bottom not deep": skips_before_narrow,
        "arg-max": lambda net, x: u_net(net, x, end=lambda z: z.argmax(1)),
        "negative": lambda net, x: u_net(net, x, end=lambda z: -z),
        "sigmoid": lambda net, x: u_net(net, x, end=torch.sigmoid),
        "cut to positive": lambda net, x: u_net(net, x, end=torch.relu),
        "skips in the wrong order": lambda net, x: net.exit(
            net.up[1](net.narrow[1](net.up[0](net.entry(x))))
        ),
        "image not normalised": lambda net, x: u_net(net, (x + 1) / 2),
        "under no_grad": torch.no_grad()(u_net),
    }
}

AFTERWARDS = {"01-unet": {}}
JUDGED = {
    "01-unet": {
        "wrong + example": [
            "smallest of a block",
            "sum of a block",
            "skip mirrored",
            "skip shifted",
            "image mirrored",
            "bottom left out",
            "bottom not deep",
        ],
        "sigmoid": ["sigmoid"],
        "image in [0, 1]": ["image not normalised"],
        "skip doubled": ["skip twice"],
        "wrong + size": ["skip from another face"],
        "skip detached at full size": ["full size detached"],
        "skip detached at half the size": ["half the size detached"],
        "gradient": ["bottom detached", "under no_grad"],
        "changed": ["arg-max", "negative", "cut to positive"],
        "raised": ["skips in the wrong order"],
    }
}
