"""A conditional GAN in the plane: its points, its film, a transport, and edits."""

from collections.abc import Mapping, Sequence
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, RED, SIZES, Picture, signed
from secgan_lite.course.plane import EDGE, LABELS, Game, Outcome, Player
from secgan_lite.course.transport import Transport

# Colour and mark of each label, so that none is told by its colour alone; of each spot likewise,
# with others, as a spot is no label.
LOOKS = dict(zip(LABELS, ((BLUE, "o"), (ORANGE, "^"), (GREEN, "s"), (RED, "D")), strict=True))
_SPOT_LOOKS = {
    "lower left spot": ("#8F3F71", "<"), "lower right spot": ("#2A8AA8", ">"),
    "upper spot": ("#333333", "*"),
}  # fmt: skip
_ARROW = "D's slope, half as long"
_DRAWN = 300  # of an outcome's points, so that no label hides the others


def _scatter(axis: Axes, x: Tensor, y: Tensor, size: float = 10, **more: object) -> None:
    """Points in the colours and marks of their labels."""
    for name, (colour, mark) in LOOKS.items():
        here = (y == torch.tensor(LABELS[name])).all(dim=1)
        look = {"color": colour, "marker": mark, "ec": "#333333", "lw": 0.3}
        axis.scatter(*x[here].T.numpy(), s=size, label=name, **look, **more)


def _plane(axis: Axes, title: str = "", real: Tensor | None = None) -> None:
    axis.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal")
    axis.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    axis.set_title(title, fontsize=10)
    axis.axhline(0, color="#dddddd", lw=0.8, zorder=0)
    axis.axvline(0, color="#dddddd", lw=0.8, zorder=0)
    axis.tick_params(labelsize=8)
    if real is not None:
        axis.scatter(*real.T.numpy(), s=5, color="#d6d6d6", zorder=1, label="real")


def _panels(count: int, columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """So many axes in rows, each of that size in inches; the outer ones say what they measure."""
    rows = -(-count // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(width * columns, (height + 0.3) * rows), squeeze=False,
        layout="constrained", sharex=True, sharey=True,
    )  # fmt: skip
    for axis in axes[-1]:
        axis.set_xlabel("right  →", fontsize=9)
    for axis in axes[:, 0]:
        axis.set_ylabel("up  →", fontsize=9)
    for axis in axes.flat[count:]:
        axis.axis("off")
    return figure, list(axes.flat[:count])


def _legend(figure: Figure, *axes: Axes) -> None:
    """One legend for all panels, below them; these axes hold all that it names."""
    found = {}  # one entry for each name
    for axis in axes:
        handles, names = axis.get_legend_handles_labels()
        found |= dict(zip(names, handles, strict=True))
    figure.legend(
        found.values(), found, loc="outside lower center", ncols=5, fontsize=9, frameon=False,
        handletextpad=0.3, markerscale=1.5,
    )  # fmt: skip


def clusters(x: Tensor, y: Tensor) -> Picture:
    """Real points (N, 2) with their labels (N, 2), and the name of each cluster."""
    figure, (axis,) = _panels(1, 1, 5.0, 4.0)
    _plane(axis)
    _scatter(axis, x, y, 14)
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
    figure, axes = _panels(len(frames), min(len(frames), 3), 3.1, 3.0)
    for axis, k in zip(axes, frames, strict=True):
        _plane(axis, f"round {game.rounds[k]}", real)
        _scatter(axis, game.frames[k][:200], game.y[:200], 12, zorder=3)
        some = slice(0, 40)
        arrows = {"angles": "xy", "scale_units": "xy", "scale": 2, "width": 0.005, "zorder": 2}
        axis.quiver(*game.frames[k][some].T.numpy(), *game.pulls[k][some].T.numpy(),
                    color="#333333", **arrows)  # fmt: skip
    axes[0].plot([], [], color="#333333", marker=">", markevery=[-1], label=_ARROW)
    _legend(figure, axes[0])
    return figure, (
        f"G's points at round {', '.join(str(game.rounds[k]) for k in frames)}, over the real "
        "points in grey. Colours and marks tell the label that was asked for. Arrows start at 40 "
        "of the points."
    )


def outcomes(panels: Mapping[str, Outcome], real: Tensor) -> Picture:
    """Where generators ended, by title, over the real points in grey."""
    figure, axes = _panels(len(panels), 2, 3.6, 3.5)
    told = []
    for axis, (name, found) in zip(axes, panels.items(), strict=True):
        told.append(f"{name}: {found.share:.0%} in the asked quarter, {found.spots} of 12 spots")
        _plane(axis, told[-1].replace(": ", "\n"), real)
        _scatter(axis, found.x[:_DRAWN], found.y[:_DRAWN], 9, zorder=3)
    _legend(figure, axes[0])
    return figure, (
        f"Final points of generators over the real points, {_DRAWN} at most, measured on all. "
        f"{'; '.join(told)}."
    )


def fading(curves: Mapping[str, Sequence[Tensor]], expected: float | None = None) -> Picture:
    """Size of the gradient that reaches made points, against D's steps, on a logarithmic axis.

    Args:
        curves: by title, one curve for each seed; they are drawn thin, and their mean thick.
        expected: a size to mark; then the last of the curves is drawn beside, from 0 on.
    """
    means = {title: torch.stack([*seeds]).mean(dim=0).tolist() for title, seeds in curves.items()}
    panels = 1 if expected is None else 2
    figure, axes = plt.subplots(
        1, panels, figsize=(3.4 + 3 * panels, 3.1), squeeze=False, layout="constrained",
        width_ratios=(3, 2)[:panels],
    )  # fmt: skip
    axis = axes[0, 0]
    styles = ({"color": RED, "ls": "-"}, {"color": ORANGE, "ls": "--"}, {"color": BLUE, "ls": "-."})
    styled = dict(zip(means, styles, strict=False))
    for title, style in styled.items():
        axis.semilogy(means[title], label=title, **style)
        axis.semilogy(torch.stack([*curves[title]]).T, color=style["color"], lw=0.7, alpha=0.4)
    axis.set_ylabel("mean gradient at a made point")
    last = list(means)[-1]
    for beside in axes[0, 1:]:
        beside.plot(means[last], label=last, **styled[last])
        beside.plot(torch.stack([*curves[last]]).T, color=styled[last]["color"], lw=0.7, alpha=0.4)
        beside.axhline(expected, color=GREY, ls=":", label=f"best slope: {expected:.2f}")
        beside.set(ylim=(0, 2 * expected), title=f"{last} alone, axis from 0")
        beside.title.set_fontsize(9)
    for each in axes[0]:
        each.set_xlabel("steps that D has taken")
        each.spines[["top", "right"]].set_visible(False)
        each.legend(frameon=False, fontsize=9)
    ends = ", ".join(f"{title} {curve[-1]:.2g}" for title, curve in means.items())
    count = len(next(iter(curves.values())))
    axis.set_title(f"thick: mean of {count} seeds, thin: each", fontsize=10)
    return figure, f"Mean gradient at the made points while D learns. At the end: {ends}."


def _scores(critic: Player, y: Tensor) -> tuple[Tensor, np.ndarray]:
    """Places on an axis, and a critic's scores over the plane for a label (1, 2), up and right."""
    line = torch.linspace(-EDGE, EDGE, 70)
    grid = torch.cartesian_prod(line, line)
    with torch.no_grad():
        return line, critic(grid, y.expand(len(grid), -1)).view(70, 70).T.numpy()


def _apart(critic: Player, *labels: Tensor) -> int:
    """How far lines of equal scores should be apart in the maps of these labels, (1, 2) each."""
    least = max(np.ptp(_scores(critic, y)[1]) for y in labels) / 14
    tens = 10 ** np.floor(np.log10(max(least, 1e-6)))
    return max(1, round(next(k * tens for k in (1, 2, 5, 10) if k * tens >= least)))


def _heights(axis: Axes, critic: Player, y: Tensor, apart: int, zero: float = 0.0) -> str:
    """A critic's scores above ``zero`` for a label (1, 2) as a map; how far its lines are apart."""
    line, scores = _scores(critic, y)
    scores = scores - zero
    levels = np.arange(np.floor(scores.min() / apart), scores.max() / apart + 1) * apart
    axis.contourf(line, line, scores, levels, cmap=SIZES, alpha=0.5)
    drawn = axis.contour(line, line, scores, levels, colors="#333333", linestyles="-", linewidths=1)
    texts = axis.clabel(drawn, drawn.levels[::2], fontsize=9, fmt=lambda s: signed(s, ",.0f"))
    for text in texts:  # a line would eat the minus, and the frame what is near it
        text.set_visible(max(map(abs, text.get_position())) < 0.85 * EDGE)
        text.set_bbox({"fc": "white", "ec": "none", "pad": 0.6, "alpha": 0.8})
    return f"{apart:,}"


def landscapes(
    games: Mapping[str, Game], real: Tensor, labels: Sequence[str] = ("right, up", "left, down")
) -> Picture:
    """What D thinks of each place at the end of games, and G's points: a row for each label.

    Args:
        real: points (N, 2).
        labels: keys of ``LABELS``; D hears one in each row. A game's maps have lines equally far
            apart.
    """
    heard = {label: torch.tensor([LABELS[label]]).float() for label in labels}
    spacing = {name: _apart(game.D, *heard.values()) for name, game in games.items()}
    figure, axes = _panels(len(labels) * len(games), len(games), 2.75, 2.6)
    told = []
    for axis, (label, (name, game)) in zip(axes, product(labels, games.items()), strict=True):
        y = heard[label]
        made = game.frames[-1][(game.y == y).all(dim=1)]
        with torch.no_grad():
            zero = game.D(made, y.expand(len(made), -1)).mean().item()
        apart = _heights(axis, game.D, y, spacing[name], zero)
        _plane(axis, f"{name}\nD hears: {label}; lines {apart} apart", real)
        told.append(f"{name}, {label}: lines {apart} apart")
        colour, mark = LOOKS[label]
        look = {"s": 14, "color": colour, "marker": mark, "ec": "white", "lw": 0.4, "zorder": 3}
        axis.scatter(*made[:100].T.numpy(), label=f"G's, asked for: {label}", **look)
    _legend(figure, axes[0], axes[-1])
    return figure, (
        "Maps of D's scores at the end of each game, 0 at the mean of G's points; a row for each "
        f"label that D hears. {'; '.join(told)}."
    )


def changed_rules(
    moments: Mapping[str, Mapping], changed: int, label: str = "right, up"
) -> Picture:
    """Live games whose rules were changed: a label's points, and below the two distances.

    Args:
        moments: by title, what ``Match.moment`` of the live game gives at the end.
        changed: the step of the change, steps of D and of G counted together.
    """
    figure, axes = plt.subplots(
        2, len(moments), figsize=(3.3 * len(moments), 5.4), squeeze=False, layout="constrained",
        height_ratios=(3, 2),
    )  # fmt: skip
    lines = (("exact", "exact W₁", BLUE, "-"), ("critic", "D's difference", RED, "--"))
    colour, mark = LOOKS[label]
    told = []
    for (above, below), (title, moment) in zip(axes.T, moments.items(), strict=True):
        here = torch.tensor(moment["labels"]) == [*LABELS].index(label)
        made, real = (torch.tensor(moment[key])[here] for key in ("made", "real"))
        _plane(above, title, real)
        look = {"s": 16, "color": colour, "marker": mark, "zorder": 3}
        above.scatter(*made.T.numpy(), label=f"G's, asked for: {label}", **look)
        for key, name, shade, line in lines:
            curve = moment["curves"][key]
            below.plot(*zip(*curve, strict=True), color=shade, ls=line, label=name)
            told.append(f"{title}: {name} ends at {curve[-1][1]:.1f}")
            if (
                max(abs(value) for _, value in curve) > 10
            ):  # beside it the other would lie on the axis
                below.set_yscale("symlog", linthresh=2)
                below.set_ylabel("from 2 on logarithmic", fontsize=9)
        below.axvline(changed, color=GREY, ls=":", label="the rule is changed")
        below.set_xlabel("steps of D and G together", fontsize=9)
        below.spines[["top", "right"]].set_visible(False)
    _legend(figure, axes[0, 0], axes[1, 0])
    return figure, (
        f"Three games whose rules change at step {changed}. Above the real points and G's for the "
        f"label {label}, at the end; below the chart of the live game. {'; '.join(told)}."
    )


def transports(
    real: Tensor, made: Tensor, plan: Transport, critics: Mapping[str, Player], y: Tensor
) -> Picture:
    """Some of the cheapest pairs of two clouds, and beside them critics by contour lines.

    Args:
        critics: by title; each is asked at the first label of y.
    """
    figure, axes = _panels(1 + len(critics), 1 + len(critics), 3.4, 3.4)
    pairs = torch.stack([made, real[plan.partner]], dim=1).numpy()[::15]
    look = {"arrowstyle": "-|>", "color": "#333333", "lw": 1, "mutation_scale": 13, "zorder": 4}
    for start, end in pairs:
        axes[0].annotate("", end, start, arrowprops=look)
    told = []
    for axis, (title, critic) in zip(axes[1:], critics.items(), strict=True):
        apart = _heights(axis, critic, y[:1], _apart(critic, y[:1]))
        told.append(f"{title}: lines {apart} apart")
    heads = [f"cheapest pairs: {plan.cost:.2f} on average", *told]
    for axis, head in zip(axes, heads, strict=True):
        _plane(axis, head)
        axis.scatter(*real.T.numpy(), s=9, color=BLUE, zorder=3, label="real")
        axis.scatter(*made.T.numpy(), s=12, color=ORANGE, marker="^", zorder=3, label="made")
    _legend(figure, axes[0])
    return figure, (
        f"A cloud of made points and one of real points. {'; '.join(heads)}. Arrows lead from "
        f"{len(pairs)} of the made points to their partners."
    )


def edits(panels: Mapping[str, tuple[Tensor, Tensor, Tensor, Tensor]]) -> Picture:
    """Where editors move points, beside where the true edits lie: the line between is the error.

    Args:
        panels: by title, (inputs, edits, true edits, spot of each input), (N, 2) thrice and (N,).
    """
    figure, axes = _panels(len(panels), 2, 4.6, 1.7)
    figure.set_figheight(figure.get_figheight() + 0.6)  # of the legend below
    for axis, (title, (x, edited, truth, spot)) in zip(axes, panels.items(), strict=True):
        _plane(axis, title)
        axis.plot(*torch.stack([edited, truth]).permute(2, 0, 1).numpy(), color=GREY, lw=0.8)
        for k, (colour, mark) in enumerate(_SPOT_LOOKS.values()):
            looks = (
                (x, {"s": 26, "fc": "none", "marker": mark}, "input"),
                (truth, {"s": 90, "fc": "none", "marker": "o", "lw": 0.8}, "true edit"),
                (edited, {"s": 26, "fc": colour, "marker": mark}, "edit"),
            )
            for points, look, name in looks:
                where = points[spot == k].T.numpy()
                axis.scatter(*where, ec=colour, zorder=3, label=name, **look)
        shown = torch.cat([x, truth])[:, 1]
        axis.set(ylim=(shown.min().item() - 0.5, shown.max().item() + 0.5), yticks=[-2, -1])
    kinds = {"input: empty mark": ("none", "s"), "edit: full mark": (GREY, "s"),
             "true edit: ring": ("none", "o")}  # fmt: skip
    handles = [
        plt.Line2D([], [], ls="", marker=mark, mfc=colour, mec=colour, label=name)
        for name, (colour, mark) in _SPOT_LOOKS.items()
    ] + [
        plt.Line2D([], [], ls="", marker=mark, mfc=fill, mec=GREY, label=name)
        for name, (fill, mark) in kinds.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    return figure, (
        "Inputs at the lower left as empty marks, each with the colour and mark of its spot; their "
        "true edits at the lower right as rings; the edits as full marks, with a line to the ring: "
        + "; ".join(
            f"{title}, the edits on average at ({e[:, 0].mean():.1f}, {e[:, 1].mean():.1f}), "
            f"{(e - t).norm(dim=1).mean():.1f} from their rings".replace("\n", ", ")
            for title, (_, e, t, _) in panels.items()
        )
        + "."
    )


def symptoms(
    curves: Mapping[str, Sequence[float]], of: str = "G's loss", each: str = "round"
) -> Picture:
    """A loss in each round, or whatever the lesson calls it, smoothed, for several networks."""
    figure, axis = plt.subplots(figsize=(6.4, 2.7), layout="constrained")
    looks = ((BLUE, "-"), (RED, "--"))
    told = []
    for (title, losses), (colour, line) in zip(curves.items(), looks, strict=True):
        smooth = np.convolve(losses, np.ones(15) / 15, mode="valid")
        axis.plot(smooth, color=colour, ls=line, label=title)
        told.append(f"{title} from {smooth[0]:.1f} to {smooth[-1]:.1f}, lowest {smooth.min():.1f}")
    axis.set(xlabel=each, ylabel=of)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=9)
    return figure, f"{of} in each {each}, smoothed over 15: {'; '.join(told)}."
