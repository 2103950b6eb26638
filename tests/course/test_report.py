"""report.html: whole, alone, readable by everybody; the same by notebook and by command."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
import torch

from secgan_lite.course import figures
from secgan_lite.course.report import RunReport, write_report
from secgan_lite.course.report.page import _worse_than_a_copy
from secgan_lite.course.report.parts import Score, drawing, score_row, tile
from secgan_lite.training import RunFolder

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Tags, texts and images of a page whose tags are closed as they should be."""

    def __init__(self, text):
        super().__init__()
        self.open, self.images, self.text, self.headings = [], [], "", []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.images.append(dict(attributes))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        """An element of a drawing that holds nothing."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings.append(data)


@pytest.fixture(scope="module")
def report(finished_run, faces, parser, tmp_path_factory):
    import shutil

    folder = tmp_path_factory.mktemp("report") / "run"
    shutil.copytree(finished_run.path, folder)
    return write_report(RunFolder(folder), faces.subset(6), parser)


def test_the_page_is_whole_and_alone(report):
    text = (report.run.path / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert {"Flips beside the true edit", "Scores", "Curves", "How to go on", "The run"} <= set(
        page.headings
    )
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", text) and "@import" not in text
    assert len(page.images) == 2 * (1 + 2 * 13) and all(image["alt"] for image in page.images)
    assert len({image["alt"] for image in page.images}) == len(page.images)
    assert text.count("<svg role=") == text.count("aria-label=") == 4
    assert text.count("<figcaption>") == 2 + 4  # faces, curves


def test_it_holds_what_a_reader_asks_for(report):
    text = Page(report.page()).text
    results = json.loads((report.run.path / "results.json").read_text(encoding="utf-8"))
    tarr = results["tarr"]["mean"]
    assert f"{tarr['value']:.2f} ({tarr['low']:.2f} to {tarr['high']:.2f})" in text
    assert results["n"] == 6 and "n = 6 test faces" in text
    assert "papermill notebooks/04_train.ipynb out.ipynb -p backbone stargan" in text
    assert "-p width 4" in text and "-p iterations 6" in text and "-p resume True" in text
    assert report.command().endswith(f"-p output_dir {report.place}")
    assert report.command(iterations=12).count("-p iterations ") == 1
    assert 'datasets.load("synthetic"' in text and "portrait.jpg" not in text
    assert "load_editor(" in text and "05_evaluate.ipynb out.ipynb -p run_dir" in text
    assert report.place in text and "torch 2" in text and "ms an iteration" in text
    for sign in report.verdict.signs:
        assert sign.question in text and sign.found in text


def test_scores_that_are_there_stay(report, faces, parser):
    file = report.run.path / "results.json"
    before = file.read_bytes()
    again = write_report(report.run, faces.subset(6), parser)
    assert file.read_bytes() == before and again.page() == report.page()


def test_on_a_page_and_as_text(report):
    assert report.body(shown=1) in report._repr_html_()
    assert len(Page(report._repr_html_()).images) == 1 + 2 * 13
    assert repr(report).startswith(report.verdict.title) and "report.html is in" in repr(report)


def test_the_terminal_hears_the_verdict(report, faces, monkeypatch):
    told = []
    monkeypatch.setattr("secgan_lite.course.report.page.tell", told.append)
    write_report(report.run, faces.subset(6))
    assert told == [f"{report.verdict.title} Report: {report.run.path / 'report.html'}"]


def test_the_ends_are_those_of_the_judge(report, faces, judge):
    ends = RunReport(report.run, faces, judge)._ends_of_tarr()
    assert ends["copy"] < 0.1 and ends["truth"] > 0.95


def test_a_score_that_is_worse_than_a_copy_is_named(report):
    """Whatever six iterations make, they change what should stay."""
    text = Page(report.page()).text
    assert "Worse than copying the input: " in text and "Error outside the change" in text
    ends = {"copy": 0.9, "truth": 1.0}
    assert _worse_than_a_copy({"low": 0.85, "high": 0.87} | ends)
    assert not _worse_than_a_copy({"low": 0.85, "high": 0.91} | ends)
    assert _worse_than_a_copy({"low": 20, "high": 25, "copy": 0.1, "truth": 0.0})
    assert not _worse_than_a_copy({"low": 0.5, "high": 0.6, "copy": 1.0, "truth": 0.0})
    assert not _worse_than_a_copy({"low": 15, "high": 16, "copy": 0.0, "truth": 0.0})


def test_photographs_stand_beside_the_input_and_without_a_judge_there_are_no_scores(
    finished_run, faces
):
    from dataclasses import replace

    photos = replace(faces.subset(3), faces=None)
    text = Page(RunReport(finished_run, photos).page()).text
    assert "Flips beside the input" in text and "no judge is at hand" in text


def test_an_image_is_what_it_was():
    import base64
    import io

    from PIL import Image

    image = torch.linspace(-1, 1, 3 * 16 * 16).reshape(3, 16, 16)
    text = tile(image, 'a "face"')
    content = base64.b64decode(re.search('base64,([^"]*)', text)[1])
    pixels = torch.tensor(list(Image.open(io.BytesIO(content)).tobytes())).reshape(16, 16, 3)
    assert ((image + 1) * 127.5).round().equal(pixels.permute(2, 0, 1).float())
    assert 'alt="a &quot;face&quot;"' in text and "image/jpeg" in tile(torch.zeros(3, 128, 128), "")


def test_a_drawing_takes_the_colours_of_its_page(closed_figures):
    log = [{"iteration": t, "rgb/real_accuracy": 0.5, "judge": 0.4} for t in (1, 2)]
    picture = figures.curve_panels(log)["Are edits recognised?"]
    text = drawing(*picture)
    root = ET.fromstring(text)
    assert root.get("role") == "img" and root.get("aria-label") == picture[1]
    assert "currentColor" in text and "#000000" not in text
    assert "var(--blue, #0072B2)" in text and "var(--green, #009E73)" in text
    assert len(re.findall(r'id="\w+_\d+"', text)) == 0


def test_a_score_stands_between_its_ends():
    found = {"value": 30.0, "low": 29.0, "high": 31.0, "copy": 0.0, "truth": 50.0}
    text = score_row(Score("outside", "Title", "words"), found)
    value, low, truth = (
        float(re.search(pattern, text)[1])
        for pattern in ("'value' style='left:([\\d.]+)%", "<b style='left:([\\d.]+)%",
                        "end truth' style='left:([\\d.]+)%")
    )  # fmt: skip
    assert 0 < low < value < truth < 100 and truth / value == pytest.approx(50 / 30, abs=0.01)
    assert (
        "words; scale 0 to 55.0" in text
        and "30.0" in text
        and "(29.0 to 31.0)" in text
        and "copying 0.00, truth 50.0" in text
    )
