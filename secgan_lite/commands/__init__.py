"""``secgan-lite``: one command line for everything; ``python -m secgan_lite`` is the same.

Each command is a pydantic model: its fields are the options, its ``run`` does it. PyTorch is
imported by ``run`` alone, so help and errors come at once.
"""

import re
import sys
from argparse import ArgumentParser, HelpFormatter, Namespace
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal, NoReturn

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    CliPositionalArg,
    CliSettingsSource,
    CliSubCommand,
    SettingsConfigDict,
    SettingsError,
    get_subcommand,
)

from secgan_lite.commands.command import Command
from secgan_lite.commands.completion import script
from secgan_lite.commands.tree import Commands
from secgan_lite.options import described
from secgan_lite.support.errors import print_on_any_console, unknown_choice

PROGRAM = "secgan-lite"


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
        print(script(parsed().root_parser, self.shell))
        return 0


class CommandLine(Commands, BaseSettings):
    __doc__ = Commands.__doc__

    # Not among the others, because it is about all of them.
    completion: CliSubCommand[Completion] = Field(description="make a shell complete words")

    model_config = SettingsConfigDict(
        cli_prog_name=PROGRAM,
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
        cli_enforce_required=True,
        extra="forbid",
    )

    @classmethod
    def settings_customise_sources(cls, *_: object, **__: object) -> tuple:
        return ()  # no variable of the environment is an option


def parsed(words: Sequence[str] | None = None) -> CliSettingsSource:
    """The parser of all commands, with what it makes of the words if there are any."""
    return CliSettingsSource(
        CommandLine,
        cli_parse_args=words,
        root_parser=_Parser(prog=PROGRAM, description=Commands.__doc__),
        add_argument_method=_add_argument,
        formatter_class=HelpFormatter,
    )


def main(*first: str) -> int:
    """Run the command that ``first`` and the program's arguments say; its exit status.

    Wrong options, and what a command refuses, end it with status 2 and one line.
    """
    print_on_any_console()
    words = [*first, *_flags(sys.argv[1:])]
    try:
        command = CommandLine(_cli_settings_source=parsed(words))
        while not isinstance(command, Command):
            command = get_subcommand(command, is_required=False) or parsed([*words, "--help"])
        return command.run()
    except ValidationError as error:
        fault = "; ".join(described(each, _option(each["loc"])) for each in error.errors())
    except SettingsError as error:  # of --set, the only option with two parts
        name = str(error).rpartition(":")[0].rpartition(".")[2]
        fault = f"{name}: wanted is NAME=VALUE, such as Bangs=+1"
    except (ValueError, OSError) as error:
        fault = str(error)
    _Parser(prog=PROGRAM).error(fault)


def _option(place: Sequence[str | int]) -> str:
    """The name at a place among commands, options and their values."""
    return [part for part in place if isinstance(part, str)][-1]


def _flags(words: Sequence[str]) -> list[str]:
    """``--blend True`` and ``--blend False`` mean ``--blend`` and ``--no-blend``.

    Commands that were recorded with weights and results say it so.
    """
    plain = []
    for word in words:
        flag = plain[-1] if plain else ""
        if word in ("True", "False") and flag.startswith("--") and "=" not in flag:
            plain[-1] = flag if word == "True" else f"--no-{flag[2:]}"
        else:
            plain.append(word)
    return plain


class _Parser(ArgumentParser):
    """Errors in one line, with the nearest choice."""

    def parse_known_args(
        self, args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> tuple[Namespace, list[str]]:
        namespace, unknown = super().parse_known_args(args, namespace)
        wrong = next((word.partition("=")[0] for word in unknown if word.startswith("-")), "")
        if wrong:
            options = [name for name in self._option_string_actions if name.startswith("--")]
            nearest = get_close_matches(wrong, options, n=1, cutoff=0.4)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            self.error(f"{wrong} is not known.{hint} --help lists every option.")
        return namespace, unknown

    def error(self, message: str) -> NoReturn:
        found = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if found:
            choices = re.findall(r"[\w-]+", found[2])
            message = str(unknown_choice("command", found[1], choices))
        self.exit(2, f"{self.prog}: {message}\n")


_SHOWN = {"int": "N", "float": "X", "str": "TEXT"}


def _add_argument(parser: ArgumentParser, *names: str, **more: object) -> object:
    """An argument as the help shows it: a list takes several words, an absent default is none."""
    kind = str(more.get("metavar", ""))
    if kind.startswith(("tuple[", "list[")):
        choices = re.search(r"{.*}", kind)
        more |= {"action": "extend", "nargs": "+", "metavar": choices[0] if choices else "NAME"}
    elif kind.startswith("dict["):
        more["metavar"] = "NAME=VALUE"
    elif kind in _SHOWN:
        more["metavar"] = _SHOWN[kind]
    if "help" in more:
        more["help"] = re.sub(r" \(default: (None|\(\)|\[\])?\)$", "", more["help"])
    return ArgumentParser.add_argument(parser, *names, **more)
