"""Every command that a text names is understood; what it runs changes nothing that git keeps."""

import argparse
import ast
import hashlib
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import papermill
import pytest

from secgan_lite.support.files import REPOSITORY

PACKAGE = REPOSITORY / "secgan_lite"
MODULES = {
    ".".join(path.relative_to(REPOSITORY).parts[:-1]) for path in PACKAGE.rglob("__main__.py")
}
STANDS_FOR = {"SEED": "0", "N": "2", "METHOD": "secgan"}
# What makes a command one of seconds. Benchmark and study take long, and have tests of their own.
TINY = {
    "secgan_lite.parsing": "--image-size 16 --count 256 --epochs 1",
    "secgan_lite.judges": "--image-size 16 --count 256 --epochs 1",
    "secgan_lite.training": "--image-size 32 --discriminator-depth 3 --width 4 --depth 1 "
    "--discriminator-width 4 --num-images 16 --batch-size 4 --iterations 2",
    "secgan_lite.datasets": "",
    "secgan_lite.course doctor": "",
}


def texts():
    """Whatever speaks to users or authors: guides, lessons, docstrings, cards and results."""
    for name in ("README.md", "notebooks/README.md", "data/README.md"):
        yield (REPOSITORY / name).read_text(encoding="utf-8")
    for path in (REPOSITORY / "notebooks" / "py").glob("*.py"):
        yield path.read_text(encoding="utf-8")
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield ast.get_docstring(node) or ""
    for path in (REPOSITORY / "data").glob("*/*.json"):
        yield "\n".join(strings(json.loads(path.read_text(encoding="utf-8"))))


def strings(value):
    """All texts within nested JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def named(pattern):
    """Words of all commands whose beginning matches, each once; those left out ("…") stay out."""
    found = re.findall(rf"({pattern}[^`\n]*)", "\n".join(texts()))
    words = ([w for w in shlex.split(line) if w != "…"] for line in found)
    return sorted({tuple(STANDS_FOR.get(word, word) for word in line) for line in words})


COMMANDS = named(r"(?<=-m )secgan_lite(?:\.\w+)+(?=[ `\n])")
NOTEBOOKS = named(r"(?<=papermill )notebooks/")


class Understood(Exception):
    """Raised in place of what a command would do."""


@pytest.fixture
def parsers(monkeypatch):
    """Command lines that were used, by a command that ends with ``Understood``."""
    used, parse = [], argparse.ArgumentParser.parse_args

    def note(line, *given):
        used.append(line)
        parse(line, *given)
        raise Understood

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", note)
    return used


def started(words, monkeypatch):
    monkeypatch.setattr(sys, "argv", list(words))
    with pytest.raises(Understood):
        runpy.run_module(words[0], run_name="__main__")


def test_texts_name_every_command_there_is():
    assert {command[0] for command in COMMANDS} == MODULES
    assert len(COMMANDS) > 25 and len(NOTEBOOKS) > 5


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_is_understood(command, parsers, monkeypatch):
    help_ = () if len(command) > 1 or command[0] == "secgan_lite.training" else ("--help",)
    if help_:
        with pytest.raises(SystemExit, match="0"):
            started((*command, *help_), monkeypatch)
    else:
        started(command, monkeypatch)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_help_explains_every_argument(module, parsers, monkeypatch):
    with pytest.raises(SystemExit, match="0"):
        started((module, "--help"), monkeypatch)
    waiting = parsers[:1]
    while waiting:
        for action in waiting.pop()._actions:
            if isinstance(action, argparse._SubParsersAction):
                assert {choice.dest for choice in action._choices_actions} == set(action.choices)
                assert all(choice.help for choice in action._choices_actions), module
                waiting += action.choices.values()
            else:
                assert action.help, (module, action.option_strings)


@pytest.mark.parametrize("command", NOTEBOOKS, ids=" ".join)
def test_a_notebook_has_the_parameters_that_a_command_gives(command):
    lesson, _, *rest = [word for word in command if word != "--help-notebook"] + [""]
    lesson = lesson.replace("/my/", "/")  # students work on copies there
    known = papermill.inspect_notebook(str(REPOSITORY / lesson))
    flags = [rest[i + 1] for i, word in enumerate(rest) if word in ("-p", "-r", "-y")]
    assert known and set(flags) <= set(known)


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="git knows what it ignores")
def test_git_ignores_what_commands_leave_where_their_texts_say():
    outputs = [command[1] for command in NOTEBOOKS if len(command) > 1]
    outputs.append("dist/secgan_lite.whl")  # of `uv build`
    for command in COMMANDS:
        outputs += [command[i + 1] for i, word in enumerate(command) if word == "--output"]
    for output in set(outputs) - {"FILE"}:
        ignored = subprocess.run(["git", "check-ignore", "-q", output], cwd=REPOSITORY)
        assert ignored.returncode == 0, output


DRIVER = """
import json, runpy, sys, traceback

for words in json.loads(sys.argv[1]):
    sys.argv = words
    try:
        code = runpy.run_module(words[0], run_name="__main__") and 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = "raised"
    print("ended", code, *words, flush=True)
"""


def test_no_command_of_a_user_changes_what_git_keeps(tmp_path):
    """In a copy of the repository: all that ends in seconds with tiny sizes."""
    copy = tmp_path / "copy"
    left_out = {"secgan_lite": "", "data": "celeba*", "notebooks": "my"}
    for name, own in left_out.items():
        ignored = shutil.ignore_patterns(".*", "__pycache__", "caches", "out*.ipynb", own)
        shutil.copytree(REPOSITORY / name, copy / name, ignore=ignored)
    before = hashes(copy)
    commands = quick()
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, json.dumps(commands)],
        cwd=copy, env={"PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1", "HOME": str(tmp_path)},
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    ends = re.findall(r"^ended (\S+) (.*)$", done.stdout, re.MULTILINE)
    assert len(ends) == len(commands) > 6, done.stdout + done.stderr
    for code, line in ends:
        absent = "celeba" in line  # there are no photographs here
        wanted = ("1", "2") if absent else ("0", "None")
        assert code in (*wanted, "1" if "doctor" in line else ""), (line, done.stderr[-3000:])
    after = hashes(copy)
    assert {name: after[name] for name in before} == before
    new = {Path(name).parts[0] for name in after.keys() - before.keys()}
    assert new == {"runs"}


def quick():
    """Commands with tiny sizes: of each module the first with an action, a network, a data set."""
    kinds = {}
    for command in COMMANDS:
        sizes = next((TINY[start] for start in TINY if " ".join(command).startswith(start)), None)
        telling = {"--network", "--dataset"} & set(command)
        chosen = sorted(command[command.index(word) + 1] for word in telling)
        if sizes is not None:
            kinds.setdefault((*command[:2], *chosen), [*command, *sizes.split()])
    return list(kinds.values())


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
