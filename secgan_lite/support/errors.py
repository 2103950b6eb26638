"""How the package complains: the argument, what was given, what is wanted, the nearest choice."""

import sys
from collections.abc import Iterable
from difflib import get_close_matches
from io import TextIOWrapper


class DataError(ValueError):
    """Files on disk are not what they should be; the message says which, where, and what to do."""


def unknown_choice(argument: str, given: object, choices: Iterable[str]) -> ValueError:
    """An error to raise when ``given`` is none of ``choices``; names the nearest one."""
    choices = [str(choice) for choice in choices]
    lowered = {choice.lower(): choice for choice in choices}
    nearest = get_close_matches(str(given).lower(), lowered, n=1, cutoff=0.4)
    hint = f" Did you mean {lowered[nearest[0]]!r}?" if nearest else ""
    return ValueError(f"{argument}={given!r} is not known.{hint} Choices: {', '.join(choices)}.")


def print_on_any_console() -> None:
    """From now on, print what the console's encoding lacks as an escape instead of stopping there.

    For command lines: Windows consoles know no λ, no minus sign and no block of a progress bar.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
