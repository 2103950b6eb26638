"""Seeded random streams, one per purpose, so that methods with equal seeds see equal draws."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def derive(seed: int, purpose: str) -> int:
    """A seed for one purpose, for example ``derive(0, "targets")``: stable everywhere."""
    digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


def stream(seed: int, purpose: str) -> torch.Generator:
    """A CPU generator of its own for one purpose: drawing from it disturbs no other stream."""
    return torch.Generator().manual_seed(derive(seed, purpose))


@contextmanager
def initialisation(seed: int, network: str) -> Iterator[None]:
    """Initial weights drawn inside depend on (seed, network) alone; global state is kept."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(seed, f"initialisation/{network}"))
        yield
