"""``Trainer``: the whole state of a run, and one iteration of Algorithm 1 (Eq. 17-20)."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from secgan_lite.attributes import index_of, permuted_targets
from secgan_lite.backbones import Generator
from secgan_lite.datasets import FaceData, Sampler
from secgan_lite.faces import render
from secgan_lite.parsing import Parser
from secgan_lite.parsing.scores import at_once
from secgan_lite.secgan import Batch, Model, Terms
from secgan_lite.support.devices import cores, keep_freed_memory, pick_device, sent
from secgan_lite.support.randomness import stream
from secgan_lite.training.config import TrainConfig, learning_rate
from secgan_lite.training.graph import Launcher, Mixes
from secgan_lite.training.levers import averaged, quicken, tf32
from secgan_lite.training.team import Team

_STREAMS = ("flips", "targets", "penalty/rgb", "penalty/semantic")


class TrainingDiverged(RuntimeError):
    """A loss is no longer a finite number; the last checkpoint is intact."""


class Trainer:
    """The state of a run: networks, optimisers, random streams, iteration; ``step`` advances it.

    Args:
        config: the run.
        data: training faces at ``config.image_size``.
        parser: P at that size; required unless the method is "baseline".
    """

    def __init__(self, config: TrainConfig, data: FaceData, parser: Parser | None = None) -> None:
        self.config = config
        self.team = Team(pick_device(config.device))
        self.device = self.team.device
        if self.device.type == "cpu":
            keep_freed_memory()
            torch.set_num_threads(min(torch.get_num_threads(), cores()))  # of a container
        self._mine = self.team.share(config.batch_size)
        # A copy of P moves to the device with the model: the caller's stays where it is.
        parser = deepcopy(parser) if config.method != "baseline" else None
        self.model = Model(
            config.method, config.backbone, config.size, config.weights, parser, config.seed
        ).to(self.device)
        self.team.synchronised(self.model.branches)
        quicken(self.model, config, self.device)
        self.data = data
        if parser:
            with tf32(config.precision == "tf32"):
                self.data = replace(data, masks=parse_all(data, parser, self.device))
        self.averages = {
            name: AveragedModel(
                b.generator, multi_avg_fn=get_ema_multi_avg_fn(config.ema), use_buffers=True
            )
            for name, b in self.model.branches.items()
            if config.ema
        }
        self.optimisers = {
            f"{name}/{part}": self._adam(getattr(branch, part))
            for name, branch in self.model.branches.items()
            for part in ("generator", "discriminator")
        }
        obstacle = "compile=True launches in its own way" if config.compile else ""
        obstacle = obstacle if self.team.size == 1 else "several processes train together"
        self.launch = Launcher(self.device, self.optimisers.values(), obstacle)
        self.data = self.data.on(self.device)
        self.streams = {name: stream(config.seed, name) for name in _STREAMS}
        self.sampler = Sampler(len(data), config.batch_size, stream(config.seed, "data"))
        self.iteration = 0
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    def _adam(self, network: nn.Module) -> Optimizer:
        return Adam(network.parameters(), self.config.learning_rate, betas=(0.5, 0.999), fused=True)

    def step(self) -> None:
        """One iteration t of Algorithm 1: lines 4-6, and every N-th time lines 7-10."""
        config = self.config
        self.iteration += 1
        rate = self.launch.rate(learning_rate(config, self.iteration))
        for optimiser in self.optimisers.values():
            optimiser.param_groups[0]["lr"] = rate
        batch = self.draw()
        critics, generators = whose_turn(config, self.iteration)
        penalised = critics and self.iteration % config.gp_every == 0
        coupled = generators and self.iteration > config.sc_start_iteration
        mixes = {name: self.alpha(name, len(batch.x)) for name in self.model.branches if penalised}

        def learn(batch: Batch, mixes: Mixes) -> Terms:
            told = Terms()
            # G has not changed when its own loss is computed, so lines 5 and 8 share a translation.
            with torch.set_grad_enabled(generators):
                translation = self.model.translate(batch)
            if critics:
                alpha = (lambda branch, count: mixes[branch]) if penalised else None
                loss, terms = self.model.critic_loss(batch, translation, alpha)
                self.update("discriminator", loss, terms)  # Eq. 17, 18
                told |= terms
            if generators:
                loss, terms = self.model.generator_loss(batch, translation, coupled)
                self.update("generator", loss, terms)  # Eq. 19, 20
                told |= terms
            return told

        # All that is random is drawn: the rest is the same computation each time, of a few kinds.
        with tf32(config.precision == "tf32"):
            kind = critics, generators, penalised, coupled
            self._add(self.launch(kind, learn, batch, mixes))
        if generators:
            for name, average in self.averages.items():
                averaged(average, self.model.branches[name].generator, config.ema)

    def draw(self) -> Batch:
        """The next mini-batch, with the labels of others as targets."""
        indices, flip, mine = next(self.sampler), None, self._mine
        if self.config.flip:
            flip = (torch.rand(len(indices), generator=self.streams["flips"]) < 0.5)[mine]
        targets = permuted_targets(indices, self.streams["targets"])  # whose labels each face gets
        x, y_src, s = self.data.batch(indices[mine], flip=flip, device=self.device)
        labels = self.data.labels[targets[mine].numpy()]
        batch = Batch(x, s, y_src, sent(torch.from_numpy(labels), self.device).float())
        if self.config.teacher == "truth":
            s_trg = self._true_masks(indices[mine], labels, flip)
            batch.s_trg = sent(s_trg, self.device).long()
        return batch

    def _true_masks(self, indices: Tensor, labels: np.ndarray, flip: Tensor | None) -> Tensor:
        """Segments of the same drawn faces with the labels of their targets."""
        faces, columns = self.data.drawn[indices.numpy()], map(index_of, self.data.attributes)
        attributes = faces.attributes.copy()
        attributes[:, [*columns]] = labels
        _, masks = render(replace(faces, attributes=attributes), self.config.image_size)
        segments = torch.from_numpy(masks)
        if flip is None:
            return segments
        return torch.where(flip[:, None, None], segments.flip(2), segments)

    def alpha(self, branch: str, count: int) -> Tensor:
        """Mixing weights (``count``,) in [0, 1] for a branch's gradient penalty."""
        whole = torch.rand(count * self.team.size, generator=self.streams[f"penalty/{branch}"])
        return sent(whole[self._mine], self.device)

    def update(self, part: str, loss: Tensor, terms: Terms) -> None:
        """One step of Adam down ``loss``, for the "discriminator" or "generator" of each branch."""
        optimisers = [self.optimisers[f"{name}/{part}"] for name in self.model.branches]
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()
        weights = [p for o in optimisers for p in o.param_groups[0]["params"] if p.grad is not None]
        self.team.average([*(weight.grad for weight in weights), *terms.values()])
        for optimiser in optimisers:
            optimiser.step()

    def _add(self, terms: Terms) -> None:
        # Sums stay on the device: reading one number would stop a GPU at every iteration.
        for name, value in terms.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
            self._counts[name] = self._counts.get(name, 0) + 1

    def collect(self) -> dict[str, float]:
        """Means of all terms since the last call.

        Raises:
            TrainingDiverged: a term is not finite.
        """
        means = {name: float(total) / self._counts[name] for name, total in self._sums.items()}
        self._sums, self._counts = {}, {}
        broken = [name for name, value in means.items() if not math.isfinite(value)]
        if broken:
            names = ", ".join(broken)
            raise TrainingDiverged(
                f"Not finite by iteration {self.iteration}: {names}. The last checkpoint is whole. "
                "Most often a smaller learning_rate helps; a gp term that grew first points at the "
                "critic, a rec or sc term at the generator."
            )
        return means

    @contextmanager
    def generators(self) -> Iterator[dict[str, Generator]]:
        """The generators to look at, by branch, in evaluation mode inside the block.

        They are their moving averages where ``ema`` is on.
        """
        shown: dict[str, Any] = {
            name: self.averages[name].module if self.averages else branch.generator
            for name, branch in self.model.branches.items()
        }
        try:
            for generator in shown.values():
                generator.eval()
            yield shown
        finally:
            for generator in shown.values():
                generator.train()

    def state_dict(self) -> dict:
        """Everything that the rest of the run depends on."""
        optimisers = {name: o.state_dict() for name, o in self.optimisers.items()}
        for saved in optimisers.values():  # a number, wherever Adam reads it
            saved["param_groups"][0]["lr"] = learning_rate(self.config, self.iteration)
        return {
            "branches": self.model.branches.state_dict(),
            "averages": {name: average.state_dict() for name, average in self.averages.items()},
            "optimisers": optimisers,
            "streams": {name: generator.get_state() for name, generator in self.streams.items()},
            "sampler": self.sampler.state_dict(),
            "iteration": self.iteration,
            "sums": {name: torch.as_tensor(total) for name, total in self._sums.items()},
            "counts": self._counts,
        }

    def load_state_dict(self, state: dict) -> None:
        """Continue from what ``state_dict`` returned."""
        self.launch.forget()
        self.model.branches.load_state_dict(state["branches"])
        for name, average in self.averages.items():
            average.load_state_dict(state["averages"][name])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(state["optimisers"][name])
        for name, generator in self.streams.items():
            generator.set_state(state["streams"][name])
        self.sampler.load_state_dict(state["sampler"])
        self.iteration = state["iteration"]
        self._sums = {name: total.to(self.device) for name, total in state["sums"].items()}
        self._counts = state["counts"]


def whose_turn(config: TrainConfig, iteration: int) -> tuple[bool, bool]:
    """Whether the critics and whether the generators learn from the batch of iteration t.

    In Algorithm 1 every N-th batch teaches both. In a "separate" cycle of N + 1 batches, that of
    AttGAN's code, N teach the critics and one teaches the generators alone.
    """
    if config.update_cycle == "algorithm-1":
        return True, iteration % config.critic_steps == 0
    generators = iteration % (config.critic_steps + 1) == 0
    return not generators, generators


def parse_all(
    data: FaceData, parser: Parser, device: torch.device, chunk: int | None = None
) -> np.ndarray:
    """Segments of P(x) for every image, uint8 (N, h, h): once, instead of in every step.

    Those of photographs stay in their cache, under the hash of P's weights.

    Args:
        chunk: images at a time; None = ``at_once``.
    """
    chunk = chunk or at_once(parser, data.images.shape[-1])

    @torch.inference_mode()
    def parse(rows: range) -> tuple[np.ndarray]:
        parts = [
            parser(data.batch(indices, device=device)[0]).argmax(dim=1).to(torch.uint8).cpu()
            for indices in torch.arange(rows.start, rows.stop).split(chunk)
        ]
        return (torch.cat(parts).numpy(),)

    if data.cache is None or not parser.hash:
        return parse(range(len(data)))[0]
    name, shape = f"segments-{parser.hash[:16]}", data.images.shape[2:]
    return data.cache.rows({name: shape}, parse, f"Parsing for {data.cache.folder.name}")[0]
