"""The queue: what is most urgent first, what is done never again, a failed run passed over."""

import json

import pytest

from secgan_lite.course.authoring import queue
from secgan_lite.training import TrainConfig

ONE = {"backbone": "stgan", "method": "baseline"}
TWO = {"backbone": "stgan", "method": "baseline", "seed": 1, "priority": 2}
THREE = {"backbone": "attgan", "lambda_rec": 50, "priority": 2}


def name(entry):
    return TrainConfig.of(**{k: v for k, v in entry.items() if k != "priority"}).run_name


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Works off a list with runs that end at once; returns the order, and calls ``then`` each."""
    monkeypatch.setattr(queue.os, "nice", lambda _: None)

    def work(*entries, broken=(), then=lambda name, file: None):
        file, results, order = tmp_path / "list.json", tmp_path / "results.json", []
        file.write_text(json.dumps(entries), encoding="utf-8")

        def extend(configs, executor, root, results, faces):
            cells = queue.load_study(results) if results.exists() else []
            for config in configs:
                order.append(config.run_name)
                if config.run_name in broken:
                    raise RuntimeError(f"1 of 1 runs did not end.\n{config.run_name}: diverged")
                about = {"config": {}, "test_faces": faces, "scores": {}}
                cells.append({"name": config.run_name, **about})
                results.write_text(json.dumps({"cells": cells}), encoding="utf-8")
                then(config.run_name, file)
            return cells

        monkeypatch.setattr(queue, "extend", extend)
        queue.work_off(file, tmp_path, results, workers=1)
        return order

    return work


def test_the_most_urgent_first_and_nothing_twice(work):
    assert work(ONE, TWO, THREE) == [name(TWO), name(THREE), name(ONE)]
    assert work(ONE, TWO, THREE) == []


def test_a_list_may_be_refilled_while_it_is_worked_off(work):
    def refill(done, file):
        if done == name(ONE):
            file.write_text(json.dumps([ONE, TWO]), encoding="utf-8")

    assert work(ONE, THREE | {"priority": -1}, then=refill) == [name(ONE), name(TWO)]


def test_a_run_that_fails_is_named_and_tried_again_by_the_next_call(work, capsys):
    assert work(TWO, ONE, broken=[name(TWO)]) == [name(TWO), name(ONE)]
    assert f"{name(TWO)}: diverged" in capsys.readouterr().err
    assert work(TWO, ONE) == [name(TWO)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "list of runs"),
        ("3", "list of runs"),
        ("[3]", "list of runs"),
        ('[{}, {"bakbone": "stgan"}]', "entry 2: .*Did you mean 'backbone'"),
    ],
)
def test_a_list_that_is_none_is_explained(tmp_path, content, message):
    (tmp_path / "list.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        queue.listed(tmp_path / "list.json")
