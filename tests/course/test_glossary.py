"""The glossary: terms with their sentences, and none used in an earlier lesson."""

from nbformat.v4 import new_markdown_cell

from secgan_lite.course import builder, glossary

FIRST = [new_markdown_cell("Look at *it*. A **<dfn>critic</dfn>** gives a score. Then more.")]
SECOND = [new_markdown_cell("Both critics agree. The <dfn>blur</dfn> hides edges, see [it](x.md).")]
LESSONS = {"01_a": FIRST, "02_b": SECOND}


def test_terms_stand_in_order_with_their_sentence_and_lesson():
    assert glossary.glossary(LESSONS).split("\n\n")[2:] == [
        "The **blur** hides edges, see [it](x.md). ([02](02_b.ipynb))",
        "A **critic** gives a score. ([01](01_a.ipynb))\n",
    ]


def test_a_term_used_in_an_earlier_lesson_or_introduced_twice_is_reported():
    assert list(glossary.too_early(LESSONS)) == []
    early = {"00_z": [new_markdown_cell("All critics are [blur](02_b.ipynb).")], **LESSONS}
    (fault,) = glossary.too_early(early)
    assert fault == "00_z: uses 'critic', which 01_a introduces: All critics are ."
    (fault,) = glossary.too_early(LESSONS | {"03_c": FIRST})
    assert fault == "03_c: introduces 'critic', which 01_a has introduced"


def test_a_build_writes_it(course):
    text = (course / glossary.FILE).read_text(encoding="utf-8")
    assert text == glossary.glossary(builder.all_cells())
    assert "The **share** is 0.25" in text
