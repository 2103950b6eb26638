"""The glossary is made of the sentences that introduce terms; what comes too early is noted."""

import pytest

from secgan_lite.course import audit, builder, glossary


def test_a_term_stands_with_the_sentence_that_introduces_it(course):
    text = (course / "glossary.md").read_text(encoding="utf-8")
    assert "- **one**: So *one* is less than two. ([90](90_tiny.ipynb))\n" in text


def test_every_lesson_links_the_glossary(course):
    assert "[glossary](glossary.md)" in (course / "90_tiny.ipynb").read_text(encoding="utf-8")
    (course / "glossary.md").unlink()
    assert {
        "90_tiny.ipynb: 90_tiny-12: a link to glossary.md, which is not there",
        "glossary.md: out of date: python -m secgan_lite.course.authoring build",
    } == set(audit.audit())


def test_a_term_that_no_lesson_introduces(course, monkeypatch):
    monkeypatch.setattr(glossary, "TERMS", ("one", "critic"))
    assert "glossary: no lesson introduces **critic** in bold" in audit.audit()


@pytest.mark.parametrize(
    ("first", "note"),
    [
        ("One is odd.", "'one' is used before 90_tiny-12 introduces it"),
        ("It is odd.", "'It' opens a passage; say what: 'It is odd.'"),
        ("What is odd? It is. `one` is code.", None),
    ],
)
def test_what_comes_too_early_is_noted(course, first, note):
    assert list(glossary.notes()) == []
    source = builder.lessons()["90_tiny"]
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("# The share is 0.25", f"# {first} The share is 0.25"), "utf-8")
    assert list(glossary.notes()) == ([f"90_tiny-03: {note}"] if note else [])


def test_the_course_introduces_each_of_its_terms():
    assert list(glossary.glossary_faults()) == []
