"""A sentence about a result is tied to the numbers that carry it: ``claim``.

The words of a claim stand in the lesson's prose, in the section of the cell that asserts them; the
audit ties both. Lessons are built, and run by nbval, under *proof*: there a claim that is false
stops the lesson. A reader who changes a value must not be stopped: to them it says so.
"""

import os
from numbers import Integral

import numpy as np
import torch

PROOF = "SECGAN_LITE_PROOF"  # set where a false claim has to stop the lesson
HOLDS = "holds: "
FAILS = "does not hold with these values: "


class ClaimError(AssertionError):
    """The numbers of a cell deny what the text says of them."""


def claim(
    words: str,
    holds: bool,
    *,
    n: int | None = None,
    interval: tuple[float, float] | None = None,
) -> None:
    """Assert what a sentence of the lesson says about the numbers of this cell, in one line.

    Args:
        words: the words of the sentence that say it.
        holds: what makes it true, a comparison; with a tolerance where numbers may wobble.
        n: how many faces, runs or pairs it rests on, if it is about data.
        interval: the lower and the upper end of its 95 % interval, if it has one.

    Raises:
        ClaimError: it is false, and the lesson is built or verified (``SECGAN_LITE_PROOF``).
        TypeError: ``holds`` is no truth value.
        ValueError: no words, an ``n`` below 1 or an interval that ends before it begins.

    >>> claim("two is more than one", 2 > 1)
    holds: two is more than one
    >>> claim("most faces are recognised", 0.85 > 0.5, n=300, interval=(0.8361, 0.8672))
    holds: most faces are recognised (n = 300, 95 % interval 0.836 to 0.867)
    >>> claim("one is more than two", 1 > 2)
    does not hold with these values: one is more than two
    """
    said = words + _evidence(words, holds, n, interval)
    if not holds and os.environ.get(PROOF):
        raise ClaimError(f"The text says, and the numbers deny: {said}")
    print(f"{HOLDS if holds else FAILS}{said}")


def _evidence(words: str, holds: object, n: object, interval: object) -> str:
    """What a claim rests on, in brackets, once all of it makes sense."""
    if not words.strip():
        raise ValueError("words is empty: the words of the sentence that says it are wanted.")
    if not isinstance(holds, bool | np.bool_) and getattr(holds, "dtype", None) != torch.bool:
        raise TypeError(f"holds is {holds!r}: a comparison, true or false, is wanted.")
    rests_on = []
    if n is not None:
        if not isinstance(n, Integral) or n < 1:
            raise ValueError(f"n is {n!r}: how many the claim rests on, 1 or more, is wanted.")
        rests_on.append(f"n = {n:,}")
    if interval is not None:
        low, high = interval
        if not low <= high:
            raise ValueError(f"interval is {interval!r}: the lower end first is wanted.")
        rests_on.append(f"95 % interval {low:.3g} to {high:.3g}")
    return f" ({', '.join(rests_on)})" if rests_on else ""
