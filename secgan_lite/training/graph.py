"""An iteration in one launch: a GPU records its kernels once, as a CUDA graph, and replays them.

An iteration is thousands of small kernels. Started one by one they keep a large GPU waiting for
Python. A replay runs no Python, and computes at the addresses of its record. So what differs from
one iteration to the next is copied to places that stay, and what Python decides is a kind of its
own, with its own record.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from functools import cached_property

import torch
from torch import Tensor
from torch.optim import Optimizer

from secgan_lite.secgan import Batch, Terms
from secgan_lite.training.progress import say

Mixes = dict[str, Tensor]
# Iterations of a kind before its record: meanwhile libraries load, and Adam makes its averages.
WARM_UP = 3


class Launcher:
    """Runs the iterations of a trainer, each in one launch where that is possible.

    Args:
        device: where they compute.
        optimisers: those that they move.
        obstacle: what stands in the way on a GPU, "" for nothing.

    Attributes:
        obstacle: why there are no CUDA graphs, "" where there are.
    """

    def __init__(
        self, device: torch.device, optimisers: Iterable[Optimizer], obstacle: str = ""
    ) -> None:
        self._device, self._optimisers = device, [*optimisers]
        self.obstacle = obstacle if device.type == "cuda" else f"device {device.type!r} has none"
        if obstacle and device.type == "cuda":
            self._do_without(obstacle)
        self.forget()

    def _do_without(self, obstacle: str) -> None:
        self.obstacle = obstacle
        say(f"Without CUDA graphs, and slower: {obstacle}.")

    def forget(self) -> None:
        """Drop all records: the state that they compute with is replaced."""
        self._places: dict[str, Tensor] = {}
        self._seen: Counter[object] = Counter()
        self._records: dict[object, tuple[torch.cuda.CUDAGraph, Terms]] = {}

    def rate(self, value: float) -> float | Tensor:
        """A learning rate for optimisers: the number, or the place from which records read it."""
        if self.obstacle:
            return value
        place = self._places.setdefault("rate", torch.empty((), device=self._device))
        return place.fill_(value)  # within a kernel's arguments: nothing is copied from the CPU

    def __call__(
        self, kind: object, learn: Callable[[Batch, Mixes], Terms], batch: Batch, mixes: Mixes
    ) -> Terms:
        """What ``learn(batch, mixes)`` does and returns, if possible by a replay.

        Args:
            kind: all that Python decides in ``learn``.
            learn: computes with its arguments, and with state that stays where it is.
        """
        if self.obstacle:
            return learn(batch, mixes)
        given = {field.name: getattr(batch, field.name) for field in fields(batch)}
        kept = {name: self._place(name, t) for name, t in given.items() if t is not None}
        seen, mixed = replace(batch, **kept), {n: self._place(n, mix) for n, mix in mixes.items()}
        if kind not in self._records:
            self._seen[kind] += 1
            if self._seen[kind] <= WARM_UP:
                return self._aside(lambda: learn(seen, mixed))
            try:
                self._records[kind] = self._record(lambda: learn(seen, mixed))
            except RuntimeError as error:  # nothing was computed
                # CUDA says that a record broke; what broke it was raised before, and is the reason.
                reason = str(error.__context__ or error).partition("\n")[0]
                self.forget()  # of what was recorded the memory is free again
                self._do_without(f"an iteration can't be recorded ({reason})")
                return learn(batch, mixes)
        graph, terms = self._records[kind]
        graph.replay()
        return terms

    def _place(self, name: str, tensor: Tensor) -> Tensor:
        """The numbers of a tensor, where those of its name always are."""
        if name not in self._places:
            self._places[name] = torch.empty_like(tensor, device=self._device)
        return self._places[name].copy_(tensor, non_blocking=True)

    def _aside(self, iteration: Callable[[], Terms]) -> Terms:
        """An iteration on the stream of the records, as they need it before."""
        here = torch.cuda.current_stream()
        self._stream.wait_stream(here)
        with torch.cuda.stream(self._stream):
            terms = iteration()
        here.wait_stream(self._stream)
        return terms

    def _record(self, iteration: Callable[[], Terms]) -> tuple[torch.cuda.CUDAGraph, Terms]:
        """An iteration as a graph, and where its terms are after a replay; it computes nothing.

        All records share one memory: none reads what another has left there.
        """
        gc.collect()  # a record is no time to give back the memory and the graphs of other trainers
        graph = torch.cuda.CUDAGraph()
        pool = next((known.pool() for known, _ in self._records.values()), None)
        for optimiser in self._optimisers:
            optimiser.zero_grad()  # so that gradients lie in the memory of the record
            optimiser.param_groups[0]["capturable"] = True
        try:
            with torch.cuda.graph(graph, pool=pool, stream=self._stream):
                return graph, iteration()
        finally:
            for optimiser in self._optimisers:
                optimiser.param_groups[0]["capturable"] = False  # as it is in files

    @cached_property
    def _stream(self) -> torch.cuda.Stream:
        return torch.cuda.Stream(self._device)
