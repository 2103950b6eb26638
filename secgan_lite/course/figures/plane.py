"""A conditional GAN in the plane: its points, its film, a transport, edits, and its relatives."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from torch import Tensor

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, RED, Picture
from secgan_lite.course.plane import Game, Player, Transport

# (right, up): colour and mark, so that no label is told by its colour alone.
_LOOKS = {
    (0, 0): (BLUE, "o", "left, down"),
    (1, 0): (ORANGE, "^", "right, down"),
    (0, 1): (GREEN, "s", "left, up"),
    (1, 1): (RED, "D", "right, up"),
}
_LIMIT = 3.2


def _scatter(axis: Axes, x: Tensor, y: Tensor, size: float = 10, **more: object) -> None:
    """Points in the colours and marks of their labels."""
    for label, (colour, mark, name) in _LOOKS.items():
        here = (y == torch.tensor(label)).all(dim=1)
        axis.scatter(*x[here].T.numpy(), s=size, color=colour, marker=mark, label=name, **more)


def _plane(axis: Axes, title: str = "", real: Tensor | None = None) -> None:
    axis.set(xlim=(-_LIMIT, _LIMIT), ylim=(-_LIMIT, _LIMIT), aspect="equal")
    axis.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    axis.set_title(title, fontsize=9)
    axis.axhline(0, color="#dddddd", lw=0.8, zorder=0)
    axis.axvline(0, color="#dddddd", lw=0.8, zorder=0)
    axis.tick_params(labelsize=7)
    if real is not None:
        axis.scatter(*real.T.numpy(), s=5, color="#c4c4c4", zorder=1)


def _panels(count: int, side: float = 2.6) -> tuple[plt.Figure, np.ndarray]:
    figure, axes = plt.subplots(
        1, count, figsize=(side * count, side + 0.35), squeeze=False, layout="constrained",
        sharex=True, sharey=True,
    )  # fmt: skip
    return figure, axes[0]


def clusters(x: Tensor, y: Tensor) -> Picture:
    """Real points (N, 2) with their labels (N, 2), and the name of each cluster."""
    figure, (axis,) = _panels(1, 4.0)
    _plane(axis)
    _scatter(axis, x, y, 14)
    axis.set(xlabel="right  →", ylabel="up  →")
    figure.legend(loc="outside right center", fontsize=9, frameon=False)
    return figure, (
        "Four clusters of real points in the plane, one in each quarter, named by two labels, "
        "right and up. Each cluster consists of three spots that form a triangle."
    )


def film(game: Game, real: Tensor, frames: Sequence[int] = (0, 5, 8, 11, 14, 23)) -> Picture:
    """Frames of a game: real points in grey, G's in the colours of their labels, and D's slopes.

    Args:
        real: points (N, 2).
        frames: which of the game's frames; those not taken yet are left out.
    """
    frames = [k for k in frames if k < len(game.frames)]
    figure, axes = _panels(len(frames), 2.6 if len(frames) > 1 else 4.2)
    for axis, k in zip(axes, frames, strict=True):
        _plane(axis, f"round {game.rounds[k]}", real)
        _scatter(axis, game.frames[k], game.y, 9, zorder=3)
        some = slice(0, 40)
        arrows = {"angles": "xy", "scale_units": "xy", "scale": 2, "width": 0.005, "zorder": 2}
        axis.quiver(*game.frames[k][some].T.numpy(), *game.pulls[k][some].T.numpy(),
                    color="#333333", **arrows)  # fmt: skip
    return figure, (
        f"G's points at round {', '.join(str(game.rounds[k]) for k in frames)}, over the real "
        "points in grey. Colours and marks tell the label that was asked for; arrows from 40 of "
        "the points show D's slope there."
    )


def outcomes(panels: Mapping[str, tuple[Tensor, Tensor]], real: Tensor) -> Picture:
    """Where generators ended: (points, labels) by title, over the real points in grey."""
    figure, axes = _panels(len(panels), 2.9)
    for axis, (title, (x, y)) in zip(axes, panels.items(), strict=True):
        _plane(axis, title, real)
        _scatter(axis, x, y, 9, zorder=3)
    titles = "; ".join(title.replace("\n", ", ") for title in panels)
    return figure, f"Final points of generators over the real points in grey: {titles}."


def fading(curves: Mapping[str, Sequence[float]]) -> Picture:
    """Size of the gradient that reaches fake points, against D's steps, on a logarithmic axis."""
    figure, axis = plt.subplots(figsize=(6.4, 3.1), layout="constrained")
    styles = ((RED, "-"), (ORANGE, "--"), (BLUE, "-."))
    for (title, curve), (colour, line) in zip(curves.items(), styles, strict=False):
        axis.semilogy(curve, color=colour, ls=line, label=title)
    axis.set(xlabel="steps that D has taken", ylabel="mean gradient at a fake point")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=9)
    ends = ", ".join(f"{title} {curve[-1]:.2g}" for title, curve in curves.items())
    return figure, f"Mean gradient at the fake points while D learns. At the end: {ends}."


def transports(
    real: Tensor, fake: Tensor, plan: Transport, critics: Mapping[str, Player], y: Tensor
) -> Picture:
    """The cheapest pairs of two clouds, and beside them critics by contour lines.

    Args:
        critics: by title; each is asked at the first label of y.
    """
    figure, axes = _panels(1 + len(critics), 3.4)
    pairs = torch.stack([fake, real[plan.partner]], dim=1).numpy()
    for pair in pairs:
        axes[0].plot(*pair.T, color=GREY, lw=0.5, alpha=0.6, zorder=1)
    line = torch.linspace(-_LIMIT, _LIMIT, 70)
    grid = torch.cartesian_prod(line, line)
    told = []
    for axis, (title, critic) in zip(axes[1:], critics.items(), strict=True):
        with torch.no_grad():
            scores = critic(grid, y[:1].expand(len(grid), -1)).view(70, 70).T.numpy()
        apart = max(1, round((scores.max() - scores.min()) / 14))
        levels = np.arange(np.floor(scores.min()), scores.max() + apart, apart)
        drawn = axis.contour(line, line, scores, levels, cmap="cividis", linewidths=0.9)
        axis.clabel(drawn, drawn.levels[::3], fontsize=6)
        told.append(f"{title}: lines {apart:,} apart")
    heads = [f"cheapest pairs: {plan.cost:.2f} on average", *told]
    for axis, head in zip(axes, heads, strict=True):
        _plane(axis, head)
        axis.scatter(*real.T.numpy(), s=9, color=BLUE, zorder=3, label="real")
        axis.scatter(*fake.T.numpy(), s=12, color=ORANGE, marker="^", zorder=3, label="fake")
    axes[0].legend(fontsize=8, loc="upper left")
    return figure, "A cloud of fake points and one of real points. " + "; ".join(heads) + "."


def edits(panels: Mapping[str, tuple[Tensor, Tensor, Tensor]], real: Tensor) -> Picture:
    """Where editors move points: a line from each input to its edit, marked by its spot.

    Args:
        panels: by title, (inputs, edits, spot of each input), (N, 2), (N, 2) and (N,).
        real: points to show in grey.
    """
    figure, axes = _panels(len(panels), 2.9)
    for axis, (title, (x, edited, spot)) in zip(axes, panels.items(), strict=True):
        _plane(axis, title, real)
        for k, (colour, mark) in enumerate(((BLUE, "o"), (ORANGE, "^"), (GREEN, "s"))):
            here = spot == k
            for start, end in zip(x[here].numpy(), edited[here].numpy(), strict=True):
                axis.plot(*np.stack([start, end]).T, color=colour, lw=0.6, alpha=0.6, zorder=2)
            axis.scatter(*edited[here].T.numpy(), s=14, color=colour, marker=mark, zorder=3)
    titles = "; ".join(title.replace("\n", ", ") for title in panels)
    return figure, (
        "Lines from points at the lower left to their edits at the lower right, in the colour and "
        f"mark of the spot where they began: {titles}."
    )


def symptoms(curves: Mapping[str, Sequence[float]], of: str = "G's loss") -> Picture:
    """A loss in each round, smoothed, for several networks."""
    figure, axis = plt.subplots(figsize=(6.4, 2.7), layout="constrained")
    looks = ((BLUE, "-"), (RED, "--"))
    for (title, losses), (colour, line) in zip(curves.items(), looks, strict=True):
        smooth = np.convolve(losses, np.ones(15) / 15, mode="valid")
        axis.plot(smooth, color=colour, ls=line, label=title)
    axis.set(xlabel="round", ylabel=of)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=9)
    return figure, f"{of} in each round, smoothed over 15: {', '.join(curves)}."


# name, year, what enters G, what comes out, who teaches.
_FAMILY = (
    ("conditional GAN", "2014", "noise, label", "image", "D, told the label"),
    ("pix2pix", "2016", "image A", "image B", "D, and the true B (pairs)"),
    ("CycleGAN", "2017", "image A", "image B", "D, and the way back"),
    ("StarGAN", "2017", "image, target", "edit", "D with classifier,\nand the way back"),
    ("AttGAN", "2017", "image, target", "edit", "D with classifier,\nand the source label"),
    ("STGAN", "2019", "image, difference", "edit", "D with classifier,\nand difference 0"),
    ("SeCGAN", "2021", "image, difference", "edit", "the same,\nand a second GAN for masks"),
)


def family() -> Picture:
    """The line from conditional GANs to SeCGAN: what enters each generator, and who teaches it."""
    figure, axis = plt.subplots(figsize=(10.5, 5.1))
    axis.set(xlim=(0, 10.5), ylim=(-0.1, len(_FAMILY) + 0.25))
    axis.axis("off")
    for x, head in ((1.0, "method"), (3.3, "enters G"), (6.1, "comes out"), (8.6, "teachers of G")):
        axis.text(x, len(_FAMILY) + 0.05, head, ha="center", fontsize=9, color=GREY)
    for i, (name, year, enters, leaves, teacher) in enumerate(_FAMILY):
        y = len(_FAMILY) - 0.65 - i
        axis.text(1.0, y, f"{name}\n{year}", ha="center", va="center", fontsize=10, weight="bold")
        boxes = ((3.3, 1.9, enters, BLUE), (6.1, 0.9, leaves, ORANGE), (8.6, 2.7, teacher, GREEN))
        for x, width, text, colour in boxes:
            look = {"boxstyle": "round,pad=0.03", "fc": "white", "ec": colour, "lw": 1.4}
            axis.add_patch(FancyBboxPatch((x - width / 2, y - 0.33), width, 0.66, **look))
            axis.text(x, y, text, ha="center", va="center", fontsize=8.5)
        axis.add_patch(plt.Circle((4.9, y), 0.22, fc="#eeeeee", ec=GREY))
        axis.text(4.9, y, "G", ha="center", va="center", fontsize=9)
        for a, b in ((4.3, 4.66), (5.14, 5.6), (7.2, 6.62)):
            style = "--" if a > b else "-"
            arrow = {"arrowstyle": "->", "color": GREY, "ls": style}
            axis.annotate("", (b, y), (a, y), arrowprops=arrow)
    rows = "; ".join(f"{n}: {e} in, {o} out, taught by {t}" for n, _, e, o, t in _FAMILY)
    return figure, rows.replace("\n", " ") + "."
