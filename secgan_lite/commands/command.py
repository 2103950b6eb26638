"""What all commands have in common."""

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
