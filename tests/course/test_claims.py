"""Claims: quiet where they hold, an error in a build, a plain word to a reader who tries more."""

import re
from contextlib import nullcontext

import numpy as np
import pytest
import torch
from nbclient.exceptions import CellExecutionError

from secgan_lite import datasets
from secgan_lite.attributes import NAMES
from secgan_lite.course import builder, claim, figures
from secgan_lite.course.builder import lessons
from secgan_lite.course.claims import MUST_HOLD, ClaimFailed, folded
from secgan_lite.course.tables import bracketed
from secgan_lite.editing import (
    compared_first,
    compared_size,
    default_editor,
    editor_name,
    load_bundled,
)
from secgan_lite.evaluation import evaluate, load_results
from secgan_lite.judges import load_classifier


def test_a_claim_that_holds_is_one_quiet_line(capsys):
    claim("more", True)
    claim("hair comes first", np.bool_(True), n=1200)
    claim("closer", torch.tensor(1.0) < 2, n=30, interval=(-0.1234, 2.0))
    assert capsys.readouterr().out == (
        "holds: more\nholds: hair comes first (n = 1,200)\n"
        "holds: closer (n = 30, 95 % interval -0.123 to 2)\n"
    )


def test_a_build_is_stopped_with_words_n_and_interval(monkeypatch):
    monkeypatch.setenv(MUST_HOLD, "1")
    with pytest.raises(ClaimFailed, match=r"does not hold: closer \(n = 30, 95 % interval 1 to 2"):
        claim("closer", 2 < 1, n=30, interval=(1, 2))


def test_folded_claims_are_counted_and_stay_closed_until_a_click(monkeypatch):
    shown = []
    monkeypatch.setattr("secgan_lite.course.claims.display", lambda data, raw: shown.append(data))
    monkeypatch.setenv(MUST_HOLD, "0")
    with folded():
        claim("a < b", True)
        claim("closer", False)
    page, text = shown[0]["text/html"], shown[0]["text/plain"].splitlines()
    summary = page.split("</summary>")[0]
    assert "1 of 2 sentences hold" in summary and "closer" not in summary
    assert "holds: a &lt; b<br>" in page and page.startswith("<details>")
    assert text[1] == "holds: a < b" and "does not hold: closer" in text[2]
    monkeypatch.setenv(MUST_HOLD, "1")
    with pytest.raises(ClaimFailed, match="closer"), folded():
        claim("closer", False)


@pytest.mark.parametrize("value", [None, "0"])
def test_a_reader_is_told_and_goes_on(monkeypatch, capsys, value):
    monkeypatch.delenv(MUST_HOLD)
    if value:
        monkeypatch.setenv(MUST_HOLD, value)
    claim("closer", False, n=30)
    said = "With these values this sentence of the lesson does not hold: closer (n = 30).\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("holds", "given", "error", "message"),
    [
        ("yes", {}, TypeError, "holds='yes'; wanted: one truth value"),
        (0.3, {}, TypeError, "holds=0.3"),
        (torch.ones(2, dtype=torch.bool), {}, TypeError, "one truth value"),
        (True, {"interval": (2, 1)}, ValueError, "its low end, then its high end"),
    ],
)
def test_what_is_no_claim_is_refused(holds, given, error, message):
    with pytest.raises(error, match=message):
        claim("closer", holds, **given)
    with pytest.raises(ValueError, match="words is empty"):
        claim(" ", True)


def test_a_false_claim_stops_a_build_and_not_a_student(course):
    source = course / "py" / "90_tiny.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("number: int = 1", "number: int = 2"), encoding="utf-8")
    before = (course / "90_tiny.ipynb").read_bytes()
    with pytest.raises(CellExecutionError, match=r"does not hold: less than one half \(n = 4\)"):
        builder.build()
    assert (course / "90_tiny.ipynb").read_bytes() == before


def cells_on_recorded_scores(name):
    """Cells of a lesson that compute with the recorded scores of its editor, and claim."""
    cells = builder.convert(lessons()[name]).cells
    scores = re.compile(r"load_results\(|by_name\[|shares\[\w+\]\[\"low\"\]")
    return [c.source for c in cells if scores.search(c.source)]


def test_another_editor_in_place_of_ours_breaks_at_least_five_sentences(closed_figures):
    """The baseline's scores, in place of SeCGAN's, under the claims of lessons 00 and 05.

    Those of its edits are computed here: the recorded ones are older than one of them.
    """

    class OfEditor:
        name = editor_name(compared_size(), compared_first(compared_size()), "secgan")
        method = "secgan"

    methods = ("baseline", "concat", "secgan")
    names = {m: OfEditor.name.replace("secgan", m) for m in methods}

    def broken(swap):
        failed = []

        def record(words, holds, **_):
            if not holds:
                failed.append(words)

        for name in ("00_start_here", "05_evaluate"):
            cells = cells_on_recorded_scores(name)
            assert cells
            known = {"run_dir": "", "drawn": True, "editor": OfEditor, "config": OfEditor}
            known |= {"named": names, "there": names.values(), "methods": methods}
            known |= {"claim": record, "load_results": swap, "names": NAMES}
            known |= {"figures": figures, "bracketed": bracketed}
            known |= {"default_editor": default_editor, "folded": nullcontext}
            known |= dict.fromkeys(("show", "table"), lambda *_, **__: None)
            for source in cells:
                exec(re.sub(r"^from .*import load_results$", "", source, flags=re.M), known)
        return failed

    assert broken(load_results) == []
    baseline = load_bundled(compared_size(), compared_first(compared_size()), "baseline")
    faces = datasets.load("synthetic", "test", compared_size(), count=60)
    scores = evaluate(baseline.edit, faces, load_classifier("auto", compared_size()))
    assert len(broken(lambda _: load_results(names["baseline"]) | scores)) >= 5
