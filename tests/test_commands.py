"""Every command that a text names is understood; what it runs changes nothing that git keeps."""

import argparse
import ast
import hashlib
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import get_args

import numpy as np
import papermill
import pytest
from PIL import Image

from secgan_lite import backbones, load_editor
from secgan_lite.commands import Completion, core, main, parsed
from secgan_lite.commands.check import OBTAIN
from secgan_lite.commands.command import Command
from secgan_lite.commands.core import IN_PRESETS
from secgan_lite.commands.recipes import JUDGES, PARSERS
from secgan_lite.faces import render, sample
from secgan_lite.options import TrainOptions
from secgan_lite.support.files import REPOSITORY

PACKAGE = REPOSITORY / "secgan_lite"
# The words that a module's own command line stands for: ``-m secgan_lite.judges`` is ``judge``.
MODULES = {
    "secgan_lite": "",
    "secgan_lite.training": "train",
    "secgan_lite.parsing": "parser",
    "secgan_lite.judges": "judge",
    "secgan_lite.datasets": "data",
    "secgan_lite.course": "",
    "secgan_lite.course.study": "study",
    "secgan_lite.course.authoring": "author",
}
STANDS_FOR = {"SEED": "0", "N": "2", "METHOD": "secgan"}
# What makes a command one of seconds. Benchmark and study take long, and have tests of their own.
TINY = {
    "parser": "--image-size 16 --count 256 --epochs 1",
    "judge": "--image-size 16 --count 256 --epochs 1",
    "train": "--image-size 32 --discriminator-depth 3 --width 4 --depth 1 "
    "--discriminator-width 4 --num-images 16 --batch-size 4 --iterations 2",
    "data": "",
    "doctor": "",
    "edit": "",
}


def texts():
    """Whatever speaks to users or authors: guides, lessons, docstrings, cards and results."""
    for name in ("README.md", "CONTRIBUTING.md", "notebooks/README.md", "data/README.md"):
        yield (REPOSITORY / name).read_text(encoding="utf-8")
    for path in (REPOSITORY / "notebooks" / "lecturer").glob("*.md"):
        yield path.read_text(encoding="utf-8")
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
    found = re.findall(rf"({pattern}[^`|)\n]*)", "\n".join(texts()))
    words = ([w for w in shlex.split(line) if w != "…"] for line in found)
    return sorted({tuple(STANDS_FOR.get(word, word) for word in line) for line in words})


def parsers():
    """The parser of each command and group."""
    waiting = [parsed().root_parser]
    while waiting:
        yield (parser := waiting.pop())
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                waiting += action.choices.values()


# Commands that do something, as words, without those that group them.
WHOLE = sorted(tuple(p.prog.split()[1:]) for p in parsers() if not p._subparsers)


def is_whole(command):
    return command[:1] in WHOLE or command[:2] in WHOLE


def every_command():
    """What follows ``secgan-lite``, however it is written."""
    for module, *rest in named(r"(?<=-m )secgan_lite(?:\.\w+)*(?=[ `\n])"):
        yield (*MODULES[module].split(), *rest)
    first = "|".join(sorted({command[0] for command in WHOLE}))
    for _, *rest in named(rf"\bsecgan-lite (?=(?:{first})\b)"):
        yield tuple(rest)


COMMANDS = sorted(set(every_command()))
NOTEBOOKS = named(r"(?<=papermill )notebooks/")


class Understood(Exception):
    """Raised in place of what a command would do."""


def classes(above=Command):
    yield from (each for below in above.__subclasses__() for each in (below, *classes(below)))


@pytest.fixture
def started(monkeypatch):
    """Give words to the command line, which then runs nothing."""

    def understood(command):
        raise Understood

    for each in classes():
        if "run" in vars(each):
            monkeypatch.setattr(each, "run", understood)

    def start(words, program="secgan_lite"):
        monkeypatch.setattr(sys, "argv", [program, *words])
        runpy.run_module(program, run_name="__main__")

    return start


def test_texts_name_every_command_there_is():
    lacking = [w for w in WHOLE if not any(command[: len(w)] == w for command in COMMANDS)]
    assert lacking == []
    assert len(COMMANDS) > 25 and len(NOTEBOOKS) > 5


def test_every_module_with_a_command_line_is_one_of_its_commands(started, capsys):
    paths = PACKAGE.rglob("__main__.py")
    assert {".".join(path.relative_to(REPOSITORY).parts[:-1]) for path in paths} == set(MODULES)
    for module, words in MODULES.items():
        with pytest.raises(SystemExit, match="0"):
            started(["--help"], module)
        assert f"usage: secgan-lite {words}".strip() in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_is_understood(command, started):
    with pytest.raises(Understood if is_whole(command) else SystemExit):
        started(command)


def test_help_explains_every_argument():
    for parser in parsers():
        assert parser.description, parser.prog
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                assert {choice.dest for choice in action._choices_actions} == set(action.choices)
                assert all(choice.help for choice in action._choices_actions), parser.prog
            else:
                assert action.help, (parser.prog, action.option_strings)


def test_help_comes_without_pytorch():
    code = (
        "import sys; from secgan_lite.commands import parsed; parsed().root_parser.format_help(); "
        "print('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout == "False\n", done.stderr


COMPLETED = """
eval "$SCRIPT"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_shtab_secgan_lite
echo "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["tra"], "train"),
        (["author", "bu"], "build bundle"),
        (["train", "--met"], "--method"),
        (["train", "--blend", "--method", ""], "secgan baseline concat"),
        (["benchmark", "--presets", "lite", "p"], "paper"),
        (["edit", "data/over"], "data/overview.png"),
        (["evaluate", "--run-dir", "notebooks/p"], "notebooks/py"),
    ],
)
def test_bash_completes_commands_options_choices_and_files(words, completed, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["secgan-lite", "completion", "bash"])
    assert main() == 0
    command = ["bash", "--norc", "-c", COMPLETED, "bash", "secgan-lite", *words]
    env = os.environ | {"SCRIPT": capsys.readouterr().out}
    done = subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, encoding="utf-8")
    assert (done.stdout.split(), done.stderr) == (completed.split(), "")


@pytest.mark.parametrize("shell", get_args(Completion.model_fields["shell"].annotation))
def test_every_shell_gets_a_script_with_the_choices(shell, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["secgan-lite", "completion", shell])
    assert main() == 0
    script = capsys.readouterr().out
    assert all(word in script for word in ("secgan-lite", "lambda-sc", "algorithm-1"))


def test_what_presets_and_registries_say_is_what_the_help_says():
    """The help knows these without PyTorch."""
    kinds = [backbones.get(name) for name in backbones.available()]
    assert set(IN_PRESETS) == {
        key for kind in kinds for said in kind.presets.values() for key in said
    }
    assert all(kind.name in TrainOptions.model_fields["backbone"].description for kind in kinds)
    for command, recipes in ((core.TrainParser, PARSERS), (core.TrainJudge, JUDGES)):
        assert get_args(command.model_fields["network"].annotation) == tuple(recipes)
    dataset = core.DataCheck.model_fields["dataset"].annotation
    assert set(get_args(dataset)) == set(OBTAIN)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("trian", "command='trian' is not known. Did you mean 'train'?"),
        ("train --image-sise 32", "--image-sise is not known. Did you mean --image-size?"),
        ("train --preset lit", "preset='lit' is not known. Did you mean 'lite'?"),
        ("benchmark --presets lite papper", "presets='papper' is not known. Did you mean 'paper'?"),
        ("train --image-size 3", "image_size: .* greater than or equal to 16 .given: '3'"),
        ("train --image-size big", "image_size: .* integer.* .given: 'big'"),
        ("train --flip maybe", "unrecognized arguments: maybe"),
        ("edit", "FACE"),
        ("edit a.png --set Bangs -o b.png", "set: wanted is NAME=VALUE"),
        ("data check celeb --data-dir x", "Did you mean 'celeba'?"),
        ("data check celeba", "--data-dir"),
    ],
)
def test_an_error_is_one_line_that_names_the_nearest_choice(line, message, started, capsys):
    with pytest.raises(SystemExit, match="2"):
        started(line.split())
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and re.search(message, said), said


def test_flags_and_what_is_left_to_the_preset(monkeypatch):
    given = []
    monkeypatch.setattr("secgan_lite.commands.training.run", lambda options: given.append(options))
    for line in ("--blend True --flip False", "--blend --no-flip --seed -1"):
        monkeypatch.setattr(sys, "argv", ["secgan-lite", "train", *line.split()])
        main()
    assert given == [{"blend": True, "flip": False}] * 2


def test_lab_opens_the_first_lesson_and_a_container_s_root_may_too(monkeypatch):
    started = []
    monkeypatch.setattr("subprocess.call", lambda words: started.append(words) or 0)
    for options in ([], ["--no-browser", "--allow-root"]):
        monkeypatch.setattr(sys, "argv", ["secgan-lite", "lab", *options])
        assert main() == 0
    plain, other = started
    assert plain[1:3] == ["-m", "jupyterlab"] and re.search("00_start_here.ipynb$", plain[-1])
    assert other == [*plain, "--no-browser", "--allow-root"]


def test_an_edit_of_a_drawn_face_and_of_an_image(tmp_path, monkeypatch, capsys):
    def edit(face, name, *more):
        words = [
            "edit",
            face,
            "--set",
            "Bangs=+1",
            "--set",
            "Male=-0.5",
            "-o",
            str(tmp_path / name),
        ]
        monkeypatch.setattr(sys, "argv", ["secgan-lite", *words, *more])
        return main()

    faces, _ = render(sample(1, 7), 64)
    Image.fromarray(faces[0].transpose(1, 2, 0)).save(tmp_path / "seven.png")
    assert edit("7", "a.png") == edit(str(tmp_path / "seven.png"), "b.png") == 0
    a, b = (np.asarray(Image.open(tmp_path / name)) for name in ("a.png", "b.png"))
    assert a.shape == (64, 64, 3) and np.array_equal(a, b)
    expected = load_editor().edit(tmp_path / "seven.png", {"Bangs": 1, "Male": -0.5}).image
    assert np.array_equal(a, np.asarray(expected))
    with pytest.raises(SystemExit, match="2"):
        edit("8", "a.png")
    with pytest.raises(SystemExit, match="2"):
        edit("8", "c.png", "--editor", "editor-64-stgan-secgn")
    assert re.search(
        "is there, and is kept.*\n.*Did you mean 'editor-64-stgan-secgan'", capsys.readouterr().err
    )
    assert np.array_equal(a, np.asarray(Image.open(tmp_path / "a.png")))


def test_a_score_of_a_bundled_editor(tmp_path, monkeypatch, capsys):
    words = ["evaluate", "--num-images", "4", "--image-size", "32", "--backbone", "stargan"]
    monkeypatch.setattr(sys, "argv", ["secgan-lite", *words, "--output-dir", str(tmp_path)])
    assert main() == 0
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    value = results["tarr"]["mean"]["value"]
    assert f"tarr: {value:.3g} (95 %:" in capsys.readouterr().out


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
        outputs += [command[i + 1] for i, word in enumerate(command) if word in ("--output", "-o")]
    for output in set(outputs) - {"FILE"}:
        ignored = subprocess.run(["git", "check-ignore", "-q", output], cwd=REPOSITORY)
        assert ignored.returncode == 0, output


DRIVER = """
import json, runpy, sys, traceback

for words in json.loads(sys.argv[1]):
    sys.argv = ["secgan-lite", *words]
    try:
        code = runpy.run_module("secgan_lite", run_name="__main__") and 0
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
    assert new == {"runs", "out.png"}


def quick():
    """Commands with tiny sizes: of each module the first with an action, a network, a data set."""
    kinds = {}
    for command in COMMANDS:
        sizes = next((TINY[start] for start in TINY if " ".join(command).startswith(start)), None)
        telling = {"--network", "--dataset"} & set(command)
        chosen = sorted(command[command.index(word) + 1] for word in telling)
        words = takewhile(lambda word: not word.startswith("-"), command)
        if sizes is not None and is_whole(command):
            kinds.setdefault((*words, *chosen), [*command, *sizes.split()])
    return list(kinds.values())


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize(
    ("command", "package", "extra"),
    [("apps", "voila.app", "app"), ("site", "sphinx.application", "site")],
)
def test_a_missing_package_is_named_with_the_line_that_brings_it(
    command, package, extra, monkeypatch, capsys, tmp_path
):
    for name in [n for n in sys.modules if n.startswith("secgan_lite.course.site")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(sys, "argv", ["secgan-lite", command])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        main()
    error = capsys.readouterr().err
    assert package.split(".")[0] in error and f'pip install -e ".[{extra}]"' in error
    assert not any(tmp_path.iterdir())
