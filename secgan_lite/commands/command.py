"""What all commands have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """Options, and what is done with them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def given(self) -> dict:
        """The options that were said, without those that were left to their defaults."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def run(self) -> int:
        """Do it; the exit status."""
        raise NotImplementedError


@contextmanager
def of_extra(name: str, line: str) -> Iterator[None]:
    """Inside, packages of an extra of the project are imported.

    Raises:
        ValueError: one is missing; the message has the line that brings it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ValueError(
            f'{error.name} is not installed: {line}, or pip install -e ".[{name}]".'
        ) from error
