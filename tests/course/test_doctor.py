"""The doctor: says what is there, what is missing, and what to do."""

import sys

import pytest
import torch

from secgan_lite.course import doctor
from secgan_lite.course.__main__ import main


def finding(what):
    return next(f for f in doctor.doctor() if f.what == what)


def test_a_healthy_machine():
    whats = [f.what for f in doctor.doctor()]
    assert whats[:6] == ["Python", "packages", "device", "memory", "front end", "weights"]
    assert finding("packages").ok and finding("weights").ok
    assert str(finding("Python")).startswith("ok   Python: 3.")


def test_an_old_and_a_missing_package_are_named(monkeypatch):
    wanted = ["torch>=99.0", "no-such-thing", "numpy", "other>=1; sys_platform == 'none'"]
    wanted += ["of-lessons; extra == 'course'", "of-clusters; extra == 'cluster'"]
    monkeypatch.setattr(doctor, "requires", lambda _: wanted)
    found = finding("packages")
    assert not found.ok and "wanted is >=99.0" in found.found
    assert "no-such-thing is missing" in found.found and "uv sync" in str(found)
    assert "of-lessons is missing" in found.found and "clusters" not in found.found
    assert "numpy" not in found.found and "other" not in found.found


def test_a_course_that_is_not_installed_and_one_without_weights(monkeypatch):
    def absent(name):
        raise doctor.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "requires", absent)
    monkeypatch.setattr(doctor, "version", absent)
    assert finding("packages").ok and "from its folder" in finding("packages").found
    assert finding("front end").ok and "no JupyterLab" in finding("front end").found
    monkeypatch.setattr(doctor, "manifest", dict)
    assert not finding("weights").ok and "no bundled networks" in finding("weights").found


def test_little_memory(monkeypatch):
    monkeypatch.setattr(doctor, "free_memory", lambda: 2.0**29)
    assert not finding("memory").ok and "close something" in str(finding("memory"))


def test_damaged_weights(monkeypatch):
    def fail(name):
        raise ValueError("differs from its manifest entry")

    monkeypatch.setattr(doctor, "bundled", fail)
    assert not finding("weights").ok


def test_minutes_follow_the_machine(monkeypatch):
    monkeypatch.setattr(doctor, "timings", lambda: {"09_x": {"seconds": 30, "yardstick": 0.5}})
    monkeypatch.setattr(doctor, "yardstick", lambda: 1.0)
    assert finding("lesson 09_x").found == "about 60 s"


def test_the_yardstick_is_positive_and_short():
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    assert 0 < doctor.yardstick(1) < 30 and torch.get_num_threads() == 2
    torch.set_num_threads(threads)


def test_commands(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["course", "doctor"])
    assert main() == 0 and "ok   Python" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["course", "benchmark", "--device", "gpu"])
    with pytest.raises(SystemExit):
        main()
    assert "gpu" in capsys.readouterr().err
