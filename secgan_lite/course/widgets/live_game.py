"""A conditional GAN in the plane, trained while you watch and turn its knobs; lesson 00b.

match = Match(Rules(critic_steps=5))
match.advance(100)
match.moment()  # what there is to see
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course import plane
from secgan_lite.course.figures import Picture
from secgan_lite.course.figures.plane import LOOKS, outcomes
from secgan_lite.course.transport import wasserstein
from secgan_lite.course.widgets.controls import ASSETS, Page, Played, script
from secgan_lite.course.widgets.film import SHADES
from secgan_lite.support.randomness import initialisation, stream

# Points of each cloud drawn, with a slope and measured; of a step; of a curve, from which on every
# second one goes.
COUNTS = {"cloud": 160, "arrows": 64, "counted": 64, "batch": 128, "kept": 400}
_RANGES = {
    "rate_g": (0, 0.1), "rate_d": (0, 0.1), "momentum": (0, 0.9), "critic_steps": (1, 5),
    "penalty": (0, 10),
}  # fmt: skip
_LONGEST = 20_000  # rounds after which a game that nobody stops stands still
_LATER = 200  # rounds, in the picture that stands for the app
_ROUNDS = 6  # from one picture to the next
_PAUSE = 0.02  # seconds in which the kernel hears the page
_SLOW = 0.7  # seconds from one player's step to the other's
_ALL = torch.cat([*plane.ALL_SPOTS.values()])
# By name, what the real points of each label are near: of its corner alone, or of every corner.
CLOUDS = {
    "a cluster for each label": plane.ALL_SPOTS,
    "one spot for each label": {name: at.mean(0)[None] for name, at in plane.ALL_SPOTS.items()},
    "a row for each label": {
        name: torch.stack([torch.linspace(-2.5, 2.5, 6), torch.full((6,), height)], dim=1)
        for name, height in zip(plane.ALL_SPOTS, (-2.4, -0.8, 0.8, 2.4), strict=True)
    },
    "the same for every label": dict.fromkeys(plane.ALL_SPOTS, _ALL),
}


@dataclass(frozen=True)
class Rules:
    """How the game is played, and for what.

    Attributes:
        rate_g, rate_d: learning rates of Adam, 0 to 0.1.
        momentum: Adam's β₁ of both, 0 to 0.9.
        critic_steps: steps of D for each of G, 1 to 5.
        penalty: weight of the gradient penalty, 0 to 10.
        condition: whether the players hear the label.
        spots: by label, the places near which its real points lie, each (k, 2).
    """

    rate_g: float = 5e-3
    rate_d: float = 5e-3
    momentum: float = 0.0
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
        steps: how many steps D and G have taken together.
        curves: by measure, (step, value) along the game.
    """

    def __init__(self, rules: Rules | None = None, seed: int = 0) -> None:
        self.rules, self.round, self.steps = rules or Rules(), 0, 0
        with initialisation(seed, "players"):
            self.G, self.D = (plane.Player(n, inject=self._heard) for n in (2, 1))
        self._for_g, self._for_d = plane.optimiser(self.G), plane.optimiser(self.D)
        self._draws, watched = stream(seed, "game"), stream(seed, "watched")
        self._y = plane.labels(COUNTS["cloud"], watched)
        self._z = torch.randn(COUNTS["cloud"], 2, generator=watched)
        self._share = torch.rand(COUNTS["cloud"], generator=watched)
        self._noise = torch.randn(COUNTS["cloud"], 2, generator=watched)
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
        n, draws = COUNTS["batch"], self._draws
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

    def _tune(self, adam: torch.optim.Adam, rate: float) -> None:
        (group,) = adam.param_groups
        group |= {"lr": rate, "betas": (self.rules.momentum, group["betas"][1])}

    def step_of_d(self) -> None:
        """D learns from one batch; G stays."""
        self.steps += 1
        self._tune(self._for_d, self.rules.rate_d)
        plane.critic_step(self.G, self.D, self._for_d, *self._batch(), weight=self.rules.penalty)

    def step_of_g(self) -> None:
        """G takes one step up D's slope; D stays."""
        self._tune(self._for_g, self.rules.rate_g)
        y = plane.labels(COUNTS["batch"], self._draws)
        z = torch.randn(COUNTS["batch"], 2, generator=self._draws)
        plane.play(self.G, self.D, self._for_g, self._for_d, [], z, y)
        self.round += 1
        self.steps += 1

    def moment(self) -> dict:
        """Noise, both clouds, D's scores and slopes, and the clouds' distance as each tells it."""
        with torch.no_grad():
            made = self.G(self._z, self._y)
            real = self._points(self._y, self._share, self._noise)
            critic = (self.D(real, self._y).mean() - self.D(made, self._y).mean()).item()
        slopes = plane.slopes(
            self.D, made[: COUNTS["arrows"]], self._y[: COUNTS["arrows"]]
        ).detach()
        exact = wasserstein(real[: COUNTS["counted"]], made[: COUNTS["counted"]]).cost
        for name, value in (("exact", exact), ("critic", critic)):
            curve = self.curves[name]
            if curve and curve[-1][0] == self.steps:
                curve.pop()  # a rule has changed
            curve.append((self.steps, round(value, 3)))
            if len(curve) > COUNTS["kept"]:
                del curve[1:-1:2]
        labels = (self._y[:, 0] + 2 * self._y[:, 1]).int().tolist()
        return {
            "round": self.round,
            "steps": self.steps,
            "labels": labels,
            "noise": _rounded(self._z),
            "made": _rounded(made),
            "real": _rounded(real),
            "slopes": _rounded(slopes),
            "scores": _rounded(plane.landscapes(self.D), 1),
            "curves": self.curves,
        }


def _rounded(values: Tensor, decimals: int = 3) -> list:
    """Numbers for a page; those that have run away count as far away."""
    return torch.nan_to_num(values.double(), 0.0, 1e6, -1e6).round(decimals=decimals).tolist()


class LiveGame(Played, Page):
    """Play and pause, step with one player or both, turn the knobs, draw clusters of your own.

    Attributes:
        match: the game.
        shown: what the page draws.
    """

    _esm = script("live_game.js")
    _css = ASSETS / "live_game.css"
    _question = "Will the points of each label find the real ones?"

    def _picture(self) -> Picture:
        """The game as it is, and a game by the same rules where it has gone on."""
        game, later = self.match, Match(self.match.rules, self._seed)
        later.advance(game.round + _LATER)
        real = game._points(game._y, game._share, game._noise)
        panels = {f"round {each.round}": plane.outcome(each.G) for each in (game, later)}
        return outcomes(panels, real)

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._seed, self._slow = seed, False
        self._do_reset()

    def _do_step(self, of: str) -> None:
        """One step of a player, or a round of both."""
        steps = {"D": self.match.step_of_d, "G": self.match.step_of_g}
        steps |= {"both": partial(self.match.advance, 1)}
        steps[of]()
        self._moved = of
        self._show()

    def _do_pace(self, slow: bool) -> None:
        self._slow = slow
        self._show()

    def _do_reset(self) -> None:
        """A new game by the usual rules, so that each experiment begins at the same place."""
        self._stop()
        self.match = Match(seed=self._seed)
        self._moved, self._clouds = "", next(iter(CLOUDS))
        self._show()

    def _do_rule(self, name: str, value: float) -> None:
        self.match.rules = replace(self.match.rules, **{name: value})
        self._show()

    def _do_spots(self, label: str, spots: list[list[float]]) -> None:
        """Real points of a label lie near these places; none means those of the chosen clouds."""
        placed = torch.tensor(spots) if spots else CLOUDS[self._clouds][label]
        self.match.rules = replace(self.match.rules, spots=self.match.rules.spots | {label: placed})
        self._show()

    def _do_clouds(self, name: str) -> None:
        """Other real points, for all labels."""
        self._clouds = name
        self.match.rules = replace(self.match.rules, spots=CLOUDS[name])
        self._show()

    async def _go_on(self) -> None:
        """Round after round, until somebody stops it."""
        while self.match.round < _LONGEST:
            for moved, act in self._acts():
                act()
                self._moved = moved
                self._show()
                await asyncio.sleep(_SLOW if self._slow else _PAUSE)
        self._task = None
        self._show()

    def _acts(self) -> list[tuple[str, Callable[[], None]]]:
        """What happens before each of the next pictures, and who moves; slowly, one at a time."""
        if not self._slow:
            return [("both", partial(self.match.advance, _ROUNDS))]
        of_d = [("D", self.match.step_of_d)] * self.match.rules.critic_steps
        return [*of_d, ("G", self.match.step_of_g)]

    def _show(self) -> None:
        rules = self.match.rules
        self.shown = self.match.moment() | {
            "answer": self._answer,
            "playing": self._task is not None,
            "slow": self._slow,
            "moved": self._moved,
            "clouds": [*CLOUDS],
            "cloud": self._clouds,
            "edge": plane.EDGE,
            "shades": SHADES[::17].tolist(),
            "looks": [{"label": name, "colour": LOOKS[name][0]} for name in plane.LABELS],
            "rules": {name: getattr(rules, name) for name in (*_RANGES, "condition")},
        }
