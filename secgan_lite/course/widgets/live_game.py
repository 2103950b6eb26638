"""A conditional GAN in the plane, trained while you watch and turn its knobs; lesson 00b.

match = Match(Rules(critic_steps=5))
match.advance(100)
match.moment()  # what there is to see
"""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course import plane
from secgan_lite.course.figures.plane import LOOKS
from secgan_lite.course.transport import wasserstein
from secgan_lite.course.widgets.controls import ASSETS, Page, script
from secgan_lite.support.randomness import initialisation, stream

_CLOUD, _ARROWS, _COUNTED = 160, 24, 64  # points drawn, with a slope, and measured, of each cloud
_BATCH = 128  # points of a step
_RANGES = {"rate_g": (0, 0.1), "rate_d": (0, 0.1), "critic_steps": (1, 5), "penalty": (0, 10)}
_KEPT = 400  # points of a curve; from then on every second one goes
_LONGEST = 20_000  # rounds after which a game that nobody stops stands still
# Rounds from one picture to the next, and the seconds between in which the kernel hears the page.
_PACES = {"fast": (6, 0.02), "slow": (1, 0.4)}


@dataclass(frozen=True)
class Rules:
    """How the game is played, and for what.

    Attributes:
        rate_g, rate_d: learning rates of Adam, 0 to 0.1.
        critic_steps: steps of D for each of G, 1 to 5.
        penalty: weight of the gradient penalty, 0 to 10.
        condition: whether the players hear the label.
        spots: by label, the places near which its real points lie, each (k, 2).
    """

    rate_g: float = 5e-3
    rate_d: float = 5e-3
    critic_steps: int = 1
    penalty: float = plane.LAMBDA_GP
    condition: bool = True
    spots: dict[str, Tensor] = field(default_factory=lambda: plane.ALL_SPOTS)

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            if not least <= (value := getattr(self, name)) <= most:
                raise ValueError(f"{name}={value!r}: wanted is a number from {least} to {most}.")


class Match:
    """A game that goes on under rules which may change.

    Attributes:
        rules: of the next round.
        round: how many steps G has taken.
        curves: by measure, (round, value) along the game.
    """

    def __init__(self, rules: Rules | None = None, seed: int = 0) -> None:
        self.rules, self.round = rules or Rules(), 0
        with initialisation(seed, "players"):
            self.G, self.D = (plane.Player(n, inject=self._heard) for n in (2, 1))
        self._for_g, self._for_d = plane.optimiser(self.G), plane.optimiser(self.D)
        self._draws, watched = stream(seed, "game"), stream(seed, "watched")
        self._y = plane.labels(_CLOUD, watched)
        self._z = torch.randn(_CLOUD, 2, generator=watched)
        self._share = torch.rand(_CLOUD, generator=watched)
        self._noise = torch.randn(_CLOUD, 2, generator=watched)
        self.curves: dict[str, list[tuple[int, float]]] = {"exact": [], "critic": []}

    def _heard(self, values: Tensor, y: Tensor) -> Tensor:
        return plane.inject(values, y if self.rules.condition else torch.zeros_like(y))

    def _points(self, y: Tensor, share: Tensor, noise: Tensor) -> Tensor:
        """Real points (N, 2) for labels (N, 2): which spot, by a share in [0, 1), and noise."""
        x = plane.NOISE * noise
        for name, corner in plane.LABELS.items():
            here = (y == y.new_tensor(corner)).all(dim=1)
            spots = self.rules.spots[name]
            x[here] += spots[(share[here] * len(spots)).long()]
        return x

    def _batch(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Real points, labels, noise for G and shares for the penalty, of one step of D."""
        n, draws = _BATCH, self._draws
        y = plane.labels(n, draws)
        share, noise = torch.rand(n, generator=draws), torch.randn(n, 2, generator=draws)
        z, alpha = torch.randn(n, 2, generator=draws), torch.rand(n, 1, generator=draws)
        return self._points(y, share, noise), y, z, alpha

    def advance(self, rounds: int) -> None:
        """Play some rounds: in each, D's steps and then one of G."""
        for _ in range(rounds):
            for _ in range(self.rules.critic_steps):
                self.step_of_d()
            self.step_of_g()

    def step_of_d(self) -> None:
        """D learns from one batch; G stays."""
        self._for_d.param_groups[0]["lr"] = self.rules.rate_d
        plane.critic_step(self.G, self.D, self._for_d, *self._batch(), weight=self.rules.penalty)

    def step_of_g(self) -> None:
        """G takes one step up D's slope; D stays."""
        self._for_g.param_groups[0]["lr"] = self.rules.rate_g
        y = plane.labels(_BATCH, self._draws)
        z = torch.randn(_BATCH, 2, generator=self._draws)
        plane.play(self.G, self.D, self._for_g, self._for_d, [], z, y)
        self.round += 1

    def moment(self) -> dict:
        """Both clouds, D's scores and slopes, and the distance of the clouds as each tells it."""
        with torch.no_grad():
            made = self.G(self._z, self._y)
            real = self._points(self._y, self._share, self._noise)
            critic = (self.D(real, self._y).mean() - self.D(made, self._y).mean()).item()
        slopes = plane.slopes(self.D, made[:_ARROWS], self._y[:_ARROWS]).detach()
        exact = wasserstein(real[:_COUNTED], made[:_COUNTED]).cost
        for name, value in (("exact", exact), ("critic", critic)):
            curve = self.curves[name]
            if curve and curve[-1][0] == self.round:
                curve.pop()  # D has moved alone, or a rule has changed
            curve.append((self.round, round(value, 3)))
            if len(curve) > _KEPT:
                del curve[1:-1:2]
        labels = (self._y[:, 0] + 2 * self._y[:, 1]).int().tolist()
        return {
            "round": self.round,
            "labels": labels,
            "made": _rounded(made),
            "real": _rounded(real),
            "slopes": _rounded(slopes),
            "scores": _rounded(plane.landscapes(self.D), 1),
            "curves": self.curves,
        }


def _rounded(values: Tensor, decimals: int = 3) -> list:
    """Numbers for a page; those that have run away count as far away."""
    return torch.nan_to_num(values.double(), 0.0, 1e6, -1e6).round(decimals=decimals).tolist()


class LiveGame(Page):
    """Play and pause, step with one player or both, turn the knobs, draw clusters of your own.

    Attributes:
        match: the game.
        shown: what the page draws.
    """

    _esm = script("live_game.js")
    _css = ASSETS / "live_game.css"

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._seed, self._task, self._pace = seed, None, "fast"
        self.match = Match(seed=seed)
        self._show()

    def _do_play(self, playing: bool) -> None:
        self._stop()
        if playing:
            self._task = asyncio.ensure_future(self._go_on())
        self._show()

    def _do_step(self, of: str) -> None:
        """One step of a player, or a round of both."""
        steps = {"D": self.match.step_of_d, "G": self.match.step_of_g}
        steps |= {"both": partial(self.match.advance, 1)}
        steps[of]()
        self._show()

    def _do_pace(self, pace: str) -> None:
        self._pace = pace
        self._show()

    def _do_reset(self) -> None:
        """A new game by the usual rules, so that each experiment begins at the same place."""
        self.match = Match(seed=self._seed)
        self._show()

    def _do_rule(self, name: str, value: float) -> None:
        self.match.rules = replace(self.match.rules, **{name: value})
        self._show()

    def _do_spots(self, label: str, spots: list[list[float]]) -> None:
        """Real points of a label lie near these places; none means the usual ones."""
        placed = torch.tensor(spots) if spots else plane.ALL_SPOTS[label]
        self.match.rules = replace(self.match.rules, spots=self.match.rules.spots | {label: placed})
        self._show()

    async def _go_on(self) -> None:
        """Round after round, until somebody stops it."""
        while self.match.round < _LONGEST:
            rounds, pause = _PACES[self._pace]
            self.match.advance(rounds)
            self._show()
            await asyncio.sleep(pause)
        self._task = None
        self._show()

    def _stop(self) -> None:
        if self._task:
            self._task.cancel()
        self._task = None

    def _show(self) -> None:
        rules = self.match.rules
        self.shown = self.match.moment() | {
            "answer": self._answer,
            "playing": self._task is not None,
            "slow": self._pace == "slow",
            "edge": plane.EDGE,
            "looks": [{"label": name, "colour": LOOKS[name][0]} for name in plane.LABELS],
            "rules": {name: getattr(rules, name) for name in (*_RANGES, "condition")},
        }
