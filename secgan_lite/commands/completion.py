"""Completion in a shell: a script of all commands, which the shell reads when it starts."""

from argparse import ArgumentParser


def script(parser: ArgumentParser, shell: str) -> str:
    """What makes a shell complete the words of a parser, which is changed."""
    import shtab

    _tell_values(parser, shtab.FILE)
    return shtab.complete(parser, shell=shell)


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
