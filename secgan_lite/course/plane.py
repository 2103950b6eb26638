"""A conditional GAN in the plane: data, players, the steps of the game, editors, measures.

A point has two labels, right and up, each 0 or 1: four clusters. In each cluster it lies near one
of three spots, the same three everywhere. So the true edit of a label exists: a shift. Lesson 00b.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from secgan_lite.course.transport import wasserstein
from secgan_lite.support.randomness import initialisation, stream

SPACING = 3.0  # between the centres of neighbouring clusters
SPOTS = torch.tensor([[-0.55, -0.4], [0.55, -0.4], [0.0, 0.55]])  # around a cluster's centre
NOISE = 0.08  # standard deviation around a spot
NEAR = 0.3  # a point counts for a spot that is nearer than this
LABELS = {"left, down": (0, 0), "right, down": (1, 0), "left, up": (0, 1), "right, up": (1, 1)}
ALL_SPOTS = {name: SPACING * (torch.tensor(y) - 0.5) + SPOTS for name, y in LABELS.items()}
EDGE = 3.2  # pictures show the plane from -EDGE to EDGE in both directions
_GRID = torch.cartesian_prod(*2 * [torch.linspace(-EDGE, EDGE, 32)])
LAMBDA_GP, LAMBDA_REC = 1.0, 1.0
Inject = Callable[[Tensor, Tensor], Tensor]
Play = Callable[..., Tensor]


def labels(count: int, draws: torch.Generator) -> Tensor:
    """Random labels (N, 2) in {0, 1}: right, up."""
    return torch.randint(2, (count, 2), generator=draws).float()


def points(y: Tensor, draws: torch.Generator) -> Tensor:
    """A real point (N, 2) for each label (N, 2)."""
    spot = torch.randint(3, (len(y),), generator=draws)
    return SPACING * (y - 0.5) + SPOTS[spot] + NOISE * torch.randn(len(y), 2, generator=draws)


def true_edit(x: Tensor, y_diff: Tensor) -> Tensor:
    """The same points with other labels: the shift that a learner is never shown."""
    return x + SPACING * y_diff


def inject(values: Tensor, y: Tensor) -> Tensor:
    """Label injection: points or noise (N, 2) and labels (N, 2) side by side, (N, 4)."""
    return torch.cat([values, y], dim=1)


class Player(nn.Module):
    """A small network of (values, labels): G with two outputs, D with one."""

    def __init__(self, outputs: int, width: int = 64, inject: Inject = inject) -> None:
        super().__init__()
        sizes = [(4, width), (width, width), (width, outputs)]
        layers = [layer for size in sizes for layer in (nn.Linear(*size), nn.ReLU())]
        self.inject, self.body = inject, nn.Sequential(*layers[:-1])

    def forward(self, values: Tensor, y: Tensor) -> Tensor:
        return self.body(self.inject(values, y))


def slopes(D: Player, x: Tensor, y: Tensor) -> Tensor:
    """∇D at each point, (N, 2); what depends on it can teach D."""
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(D(x, y).sum(), x, create_graph=True)[0]


def penalty(D: Player, x: Tensor, fake: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
    """E[(‖∇D‖ − 1)²] at α·real + (1 − α)·fake; alpha (N, 1). As in WGAN-GP."""
    gradient = slopes(D, torch.lerp(fake, x, alpha), y)
    return ((gradient.square().sum(dim=1) + 1e-12).sqrt() - 1).square().mean()


def critic_step(
    G: Callable[[Tensor, Tensor], Tensor],
    D: Player,
    optimiser: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
    z: Tensor,
    alpha: Tensor,
    weight: float = LAMBDA_GP,
) -> Tensor:
    """One step of D: E[D(G(z, y), y)] − E[D(x, y)] + weight · penalty goes down; returns it."""
    with torch.no_grad():
        fake = G(z, y)
    loss = D(fake, y).mean() - D(x, y).mean()
    if weight:  # the penalty is what takes longest
        loss = loss + weight * penalty(D, x, fake, y, alpha)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


def play(
    G: Player,
    D: Player,
    for_g: torch.optim.Optimizer,
    for_d: torch.optim.Optimizer,
    batches: list[tuple[Tensor, Tensor, Tensor, Tensor]],
    z: Tensor,
    y: Tensor,
    critic_step: Play = critic_step,
) -> Tensor:
    """One round: a step of D for each batch (x, y, z, alpha), then one of G; returns G's loss."""
    for batch in batches:
        critic_step(G, D, for_d, *batch)
    loss = -D(G(z, y), y).mean()
    for_g.zero_grad()
    loss.backward()
    for_g.step()
    return loss.detach()


def optimiser(network: nn.Module, momentum: float = 0.0) -> torch.optim.Adam:
    """Adam for one player; ``momentum`` is its β₁."""
    return torch.optim.Adam(network.parameters(), 5e-3, betas=(momentum, 0.9))


@dataclass(frozen=True)
class Game:
    """A game that was played, and its film.

    Attributes:
        G, D: as they are at the end.
        y: labels (N, 2) of the points that were filmed.
        rounds: when each frame was taken.
        frames: G's points, (frames, N, 2).
        pulls: ∇D at these points, (frames, N, 2).
        scores: D on a grid over the plane, for each of ``LABELS``, (frames, 4, 32, 32); the third
            axis goes right, the last one up, both from −EDGE to EDGE.
        losses: G's loss in each round.
    """

    G: Player
    D: Player
    y: Tensor
    rounds: list[int]
    frames: Tensor
    pulls: Tensor
    scores: Tensor
    losses: list[float]


def landscapes(D: Player) -> Tensor:
    """D's scores all over the plane, for each of ``LABELS``: (4, 32, 32), right and then up."""
    with torch.no_grad():
        heard = [torch.tensor(y).float().expand(len(_GRID), 2) for y in LABELS.values()]
        return torch.stack([D(_GRID, y).view(32, 32) for y in heard])


def train(
    play: Play = play,
    inject: Inject = inject,
    *,
    seed: int = 0,
    rounds: int = 1000,
    momentum: float = 0.0,
    critic_steps: int = 1,
    batch_size: int = 128,
    watch: Callable[["Game"], None] | None = None,
) -> Game:
    """Play a game from the beginning, filming it 24 times; the last frame is ``outcome``'s.

    Args:
        play: one round, with the arguments of this module's.
        inject: how both players get the label.
        watch: called with the film so far, three times.
    """
    with initialisation(seed, "players"):
        G, D = Player(2, inject=inject), Player(1, inject=inject)
    for_g, for_d = optimiser(G, momentum), optimiser(D, momentum)
    draws = stream(seed, "game")
    y_film, z_film, _ = _questions(seed)
    when = {round(rounds * (i / 23) ** 2) for i in range(24)}  # most happens early
    taken, frames, pulls, scores, losses = [], [], [], [], []
    for t in range(rounds + 1):
        if t in when:
            taken.append(t)
            with torch.no_grad():
                frames.append(G(z_film, y_film))
            pulls.append(slopes(D, frames[-1], y_film).detach())
            scores.append(landscapes(D))
            seen = (torch.stack(part) for part in (frames, pulls, scores))
            game = Game(G, D, y_film, taken, *seen, losses)
            if watch and len(taken) % 8 == 0:
                watch(game)
        if t == rounds:
            return game
        batches = []
        for _ in range(critic_steps):
            y = labels(batch_size, draws)
            z = torch.randn(batch_size, 2, generator=draws)
            batches.append((points(y, draws), y, z, torch.rand(batch_size, 1, generator=draws)))
        y, z = labels(batch_size, draws), torch.randn(batch_size, 2, generator=draws)
        losses.append(float(play(G, D, for_g, for_d, batches, z, y)))


def edit_loss(G: Player, D: Player, x: Tensor, y: Tensor, y_diff: Tensor) -> Tensor:
    """What an editor descends: its edits should score high with the wanted label, and G(x, 0) = x.

    Args:
        x, y: real points and their labels, (N, 2).
        y_diff: the wanted change of the labels, (N, 2) in {−1, 0, 1}.
    """
    realism = -D(G(x, y_diff), y + y_diff).mean()
    return realism + LAMBDA_REC * (G(x, torch.zeros_like(y_diff)) - x).abs().mean()


def train_editor(
    loss: Callable[..., Tensor] = edit_loss,
    critic_step: Play = critic_step,
    inject: Inject = inject,
    labels: Callable[[int, torch.Generator], Tensor] = labels,
    *,
    seed: int = 0,
    rounds: int = 500,
    batch_size: int = 128,
) -> tuple[Player, list[float]]:
    """An editor G(x, y_diff) learnt from labels alone, and its loss in each round.

    Args:
        loss: what G descends, with the arguments of ``edit_loss``.
        inject: how both players get the label.
        labels: (count, draws) → the labels of so many real points, (N, 2) in {0, 1}.
    """
    with initialisation(seed, "players"):
        G, D = Player(2, inject=inject), Player(1, inject=inject)
    for_g, for_d = optimiser(G), optimiser(D)
    draws, losses = stream(seed, "edits"), []
    for _ in range(rounds):
        y, wanted = labels(batch_size, draws), labels(batch_size, draws)
        x, y_diff = points(y, draws), wanted - y
        alpha = torch.rand(batch_size, 1, generator=draws)

        def edited(x: Tensor, _: Tensor, y_diff: Tensor = y_diff) -> Tensor:
            return G(x, y_diff)

        critic_step(edited, D, for_d, points(wanted, draws), wanted, x, alpha)
        value = loss(G, D, x, y, y_diff)
        for_g.zero_grad()
        value.backward()
        for_g.step()
        losses.append(value.item())
    return G, losses


def nearest_spot(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Of each point, the nearest of its label's three spots and the distance to it, both (N,)."""
    distance, spot = torch.cdist(x - SPACING * (y - 0.5), SPOTS).min(dim=1)
    return spot, distance


def label_share(x: Tensor, y: Tensor) -> float:
    """Share of points in the quarter of the plane that their label asks for."""
    return ((x > 0).float() == y).all(dim=1).float().mean().item()


def spots_reached(x: Tensor) -> int:
    """How many of the 12 spots have at least a quarter of their fair share of the points.

    It asks where points lie, not for which label they were made: that is ``label_share``.
    """
    distance, spot = torch.cdist(x, torch.cat([*ALL_SPOTS.values()])).min(dim=1)
    counts = torch.bincount(spot[distance < NEAR], minlength=12)
    return int((counts >= len(x) / 48).sum())


@dataclass(frozen=True)
class Outcome:
    """What a generator makes of many labels, and three measures that no player has a part in.

    Attributes:
        x, y: its points and the labels that it was asked for, (N, 2) each.
        share: of its points in the quarter of their label.
        spots: how many of the 12 it reaches.
        distance: exact W₁ between 200 of its points and 200 real ones with the same labels.
    """

    x: Tensor
    y: Tensor
    share: float
    spots: int
    distance: float


def _questions(seed: int) -> tuple[Tensor, Tensor, torch.Generator]:
    """1200 labels and noise to judge a generator by, and the random numbers that come next."""
    draws = stream(seed, "judge")
    return labels(1200, draws), torch.randn(1200, 2, generator=draws), draws


def outcome(G: Player, seed: int = 0) -> Outcome:
    """Ask a generator for 1200 points, and measure them."""
    y, z, draws = _questions(seed)
    with torch.no_grad():
        x = G(z, y)
    distance = wasserstein(points(y[:200], draws), x[:200]).cost
    return Outcome(x, y, label_share(x, y), spots_reached(x), distance)
