"""Completion in a shell: a script of all commands, which the shell reads when it starts."""

from argparse import ArgumentParser
from typing import Literal

from pydantic import Field
from pydantic_settings import CliPositionalArg

from secgan_lite.commands.command import Command


class Completion(Command):
    """Print what makes a shell complete commands, options and their choices.

    bash, and zsh likewise: eval "$(secgan-lite completion bash)".
    fish: secgan-lite completion fish | source
    PowerShell: secgan-lite completion powershell | Out-String | Invoke-Expression
    """

    shell: CliPositionalArg[Literal["bash", "zsh", "fish", "powershell"]] = Field(
        description="bash, zsh, fish or powershell"
    )

    def run(self) -> int:
        import shtab

        from secgan_lite.commands import parsed

        parser = parsed().root_parser
        _tell_values(parser, shtab.FILE)
        print(shtab.complete(parser, shell=self.shell))
        return 0


def _tell_values(parser: ArgumentParser, file: dict[str, str]) -> None:
    """Which choices an option has, by its metavar, and that a text may be a file's name."""
    for action in parser._actions:
        shown = action.metavar or ""
        if action.choices:  # the commands of a group
            for command in action.choices.values():
                _tell_values(command, file)
        elif shown.startswith("{"):
            action.choices = shown.strip("{}").split(",")
        elif shown in ("TEXT", "FACE"):
            action.complete = file
