"""The project: its starter is complete, and its leaderboard is fair."""

import shutil
import sys

import pytest

from secgan_lite.commands import main
from secgan_lite.course.project import COPY, TRUTH, ranked, write_task
from secgan_lite.support.files import WEIGHTS
from secgan_lite.training import TrainConfig


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, finished_run):
    """A good editor as a file, a beginner's run folder, and what can't be compared."""
    folder = tmp_path_factory.mktemp("handed in")
    shutil.copyfile(WEIGHTS / "editor-32-stargan-secgan.safetensors", folder / "good.safetensors")
    shutil.copytree(finished_run.path, folder / "beginner")
    shutil.copyfile(WEIGHTS / "editor-64-stargan-secgan.safetensors", folder / "big.safetensors")
    (folder / "broken.safetensors").write_bytes(b"no weights")
    (folder / "notes.txt").write_text("not handed in", encoding="utf-8")
    return folder


def test_the_truth_is_first_and_copying_has_one(handed_in):
    lines, unfit = ranked(handed_in, seed=3, count=8)
    assert {line.name for line in lines} == {TRUTH, COPY, "good.safetensors", "beginner"}
    by_name = {line.name: line for line in lines}
    assert lines[0].name == TRUTH and lines[0].whole < 1e-6
    assert by_name[COPY].whole == by_name[COPY].inside == 1 and by_name[COPY].tarr < 0.5
    assert by_name["good.safetensors"].inside < 0.8 < by_name["beginner"].inside
    assert all(line.low <= line.whole <= line.high for line in lines)
    assert [line.whole for line in lines] == sorted(line.whole for line in lines)
    big, broken = unfit
    assert "big.safetensors: " in big and "64 px" in big and "broken.safetensors" in broken


def test_the_seed_draws_other_faces(handed_in):
    one, again, other = ([str(x) for x in ranked(handed_in, s, 4)[0]] for s in (1, 1, 2))
    assert one == again != other


def test_the_command_tells_what_was_not_scored(handed_in, tmp_path, monkeypatch, capsys):
    words = ["secgan-lite", "project", "rank", str(handed_in), "--seed", "3", "--faces", "4"]
    monkeypatch.setattr(sys, "argv", words)
    assert main() == 1
    said = capsys.readouterr().out
    assert said.count("not scored: ") == 2 and TRUTH in said and "notes" not in said
    monkeypatch.setattr(sys, "argv", [*words[:3], str(tmp_path), *words[4:]])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "holds no run's folder" in capsys.readouterr().err


def test_the_task_is_written_once_and_its_starter_is_a_configuration(tmp_path):
    readme, starter = write_task(tmp_path / "new")
    assert readme.name == "README.md" and "# A project" in readme.read_text(encoding="utf-8")
    with pytest.raises(FileExistsError, match="holds a README"):
        write_task(tmp_path / "new")
    code = starter.read_text(encoding="utf-8")
    call = code[code.index("TrainConfig.of(") : code.index("\nfaces, _, parser")]
    config = eval(call, {"TrainConfig": TrainConfig})
    # With blend and the preset's weight a short run copies its input.
    assert config.image_size == 32 and (not config.blend or config.lambda_rec < 20)
