"""Sentences about results, tied to what they speak of: ``claim("hair colours come first", …)``.

The words stand literally in a sentence of the lesson near the cell (``prose`` audits it), so a
sentence can't outlive the result that it tells. A build and nbval demand that each claim holds.
A reader who tries other values, or edits a cell, is told which sentence has lost its ground, and
the lesson goes on.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from html import escape

import numpy as np
import torch
from IPython.display import display

from secgan_lite.course.tables import fold

MUST_HOLD = "SECGAN_LITE_CLAIMS_MUST_HOLD"  # set where lessons are built and tested as they are


class ClaimFailed(AssertionError):
    """A sentence of a lesson is not true of the result that it speaks of."""


def claim(
    words: str,
    holds: bool,
    *,
    n: int | None = None,
    interval: tuple[float, float] | None = None,
) -> None:
    """Print one quiet line if a sentence's words hold; else say so, or stop a build.

    Args:
        words: a piece of the sentence, letter by letter, that says what is asserted.
        holds: whether it is so; a bool, or one of numpy or torch without dimensions.
        n: how many observations (faces, edits, runs) it rests on.
        interval: low and high end of the 95 % interval that it rests on.

    Raises:
        ClaimFailed: it is false, and the environment has ``SECGAN_LITE_CLAIMS_MUST_HOLD``.
        ValueError: there are no words, or the interval's ends are exchanged.
        TypeError: ``holds`` is no truth value.

    >>> claim("hair colours come first", 0.2 < 0.3, n=300, interval=(-0.14, -0.06))
    holds: hair colours come first (n = 300, 95 % interval -0.14 to -0.06)
    """
    if not words.strip():
        raise ValueError("words is empty; wanted: a piece of the sentence that is asserted")
    if isinstance(holds, torch.Tensor) and holds.ndim == 0:
        holds = holds.item()
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(f"holds={holds!r}; wanted: one truth value, such as a > b of two numbers")
    if interval and not interval[0] <= interval[1]:
        raise ValueError(f"interval={interval}; wanted: its low end, then its high end")
    facts = [f"n = {n:,}"] if n is not None else []
    facts += ["95 % interval {:.3g} to {:.3g}".format(*interval)] if interval else []
    sentence = f"{words} ({', '.join(facts)})" if facts else words
    if holds:
        print(f"holds: {sentence}")
    elif os.environ.get(MUST_HOLD, "0") not in ("", "0"):
        raise ClaimFailed(f"does not hold: {sentence}. Correct the sentence, or what it tells of.")
    else:
        print(f"With these values this sentence of the lesson does not hold: {sentence}.")


@contextmanager
def folded() -> Iterator[None]:
    """Show the claims made inside as one line, "3 of 3 sentences hold", that a click opens.

    For sentences of an answer that readers should not see before they have guessed.
    """
    said = io.StringIO()
    with redirect_stdout(said):
        yield
    lines = said.getvalue().splitlines()
    holding = sum(line.startswith("holds: ") for line in lines)
    title = f"The run checks the answer: {holding} of {len(lines)} sentences hold"
    page = fold(title, "<br>".join(map(escape, lines)))
    display({"text/html": page, "text/plain": "\n".join([title, *lines])}, raw=True)
