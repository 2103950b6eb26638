"""Sentences: how they are found in a lesson, and which of them need a claim."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from secgan_lite.course import prose

STREAM = new_output("stream", text="0.3\n")


def faults(code, below, **kinds):
    cells = [new_code_cell(code, outputs=[STREAM], **kinds), new_markdown_cell(below)]
    return list(prose.claim_faults(cells))


CLAIM = 'claim("hair comes first", 0.2 < 0.3)'


@pytest.mark.parametrize(
    "below",
    [
        "*What is easy?* Of all, **hair** comes\nfirst. More below.",  # emphasis, a line's end
        "A list:\n\n- Hair comes first.",
        "Something else.\n\n## Later\n\nHair comes first.",
    ],
)
def test_a_claim_stands_in_a_sentence(below):
    assert faults(CLAIM, below) == []


def test_a_claim_without_a_sentence_is_reported():
    (fault,) = faults(CLAIM, "Hair comes last of all.")[:1]
    assert "no sentence near by says 'hair comes first'" in fault


@pytest.mark.parametrize(
    "sentence",
    [
        "Hair comes first.",
        "The first is better.",
        "Six is hardly more.",
        "It never sees them.",
        "Both are almost equal.",
        "This one has fewer faults than that one.",
        "*Which?* Look at the row. Noses are worse.",
        "A list:\n\n- **Hair** is closest to the truth.",
    ],
)
def test_a_sentence_about_an_output_without_a_claim_is_reported(sentence):
    (fault,) = faults("print(0.3)", sentence)
    assert "no claim for" in fault
    assert faults("x = 3", sentence + "\n") and not list(
        prose.claim_faults([new_code_cell("x = 3"), new_markdown_cell(sentence)])
    )  # no output, nothing to read


@pytest.mark.parametrize(
    "sentence",
    [
        "Which one is better?",
        "In Table 1 SeCGAN is better.",
        "Eq. 11 is almost free (Mescheder et al., 2018).",
        "Doing nothing costs a third.",
        "## Method\n\nA Wasserstein critic is never a classifier.",
        "The row has three parts.\n\nA Wasserstein critic is never a classifier.",
        "| method | note |\n|---|---|\n| ours | better |",
    ],
)
def test_questions_sources_and_general_sentences_need_none(sentence):
    assert faults("print(0.3)", sentence) == []


def test_cells_of_parameters_and_exercises_are_no_results():
    for tag in ("parameters", "setup", "exercise"):
        assert faults("x = 1", "It is better.", metadata={"tags": [tag]}) == []


def test_what_a_reader_was_told_may_not_be_stored():
    said = "With these values this sentence of the lesson does not hold: closer.\n"
    cell = new_code_cell("", outputs=[new_output("stream", text=said)])
    assert list(prose.broken_claims([cell])) == [f"{cell.id}: does not hold: closer."]


def test_a_claim_that_never_ran_is_reported():
    code = f"if 2 < 1:\n    {CLAIM}"
    cell = new_code_cell(code, outputs=[STREAM])
    wanted = f"{cell.id}: no output shows that this holds: hair comes first"
    assert list(prose.broken_claims([cell])) == [wanted]
    cell.outputs.append(new_output("stream", text="holds: hair comes first (n = 3)\n"))
    assert list(prose.broken_claims([cell])) == []


def test_a_claim_that_computes_its_words_is_reported():
    (fault,) = faults('claim(f"{name} comes first", True)', "Hair it is.")
    assert "a claim computes its words" in fault


def test_sentences_are_running_text():
    text = "# Head\n\nOne, see Eq. 11 there. *Two?* Yes.\n\n- **Three.** Four\n  lines."
    text += "\n\n```\nx.\n```"
    wanted = ["One, see Eq. 11 there.", "*Two?*", "Yes.", "**Three.**", "Four lines."]
    assert prose.sentences(text) == wanted


def test_a_paragraph_does_not_begin_with_a_pronoun():
    cells = [new_markdown_cell("P is fixed. It is small.\n\nThey are twelve.\n\nThis loss is low.")]
    (fault,) = prose.subjectless(cells)
    assert "They are twelve." in fault
