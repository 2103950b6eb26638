"""Lessons as slides: few enough, whole, and without any other file."""

import re

import pytest
from bs4 import BeautifulSoup

from secgan_lite.course.builder import lessons
from secgan_lite.course.slides import deck, slides_of

LESSONS = [*lessons()]


@pytest.fixture(scope="module", params=LESSONS)
def page(request):
    return BeautifulSoup(deck(request.param), "html.parser")


def test_a_lesson_has_eight_to_fifteen_slides_with_titles(page):
    slides = page.find_all("section")
    assert 8 <= len(slides) <= 15
    assert all(slide.h2.get_text(strip=True) for slide in slides)
    assert page.title.get_text() == slides[0].h2.get_text()


def test_a_deck_asks_no_other_file(page):
    assert not page.find_all(["link", "iframe"])
    assert all("src" not in script.attrs for script in page.find_all("script"))
    assert all(image["src"].startswith("data:") and image["alt"] for image in page.find_all("img"))
    assert all(link["href"].startswith("https://") for link in page.find_all("a"))


def test_formulas_are_set_and_hints_and_answers_left_out(page):
    for formula in page.find_all("math"):
        assert not re.search(r"\\|&", formula.get_text()), formula
    unread = {"math", "script", "style", "code", "pre"}
    words = "".join(text for text in page.find_all(string=True) if text.parent.name not in unread)
    assert not re.search(r"\$|\\[a-z]+|FORMULA|¶", words)
    assert "Hint 1" not in words and not page.find_all("details")


def test_a_slide_takes_its_title_its_cells_and_each_further_figure():
    slides = list(slides_of("04_train"))
    laboratory = [body for title, body in slides if "The laboratory" in title]
    assert [body.count("<figure") for body in laboratory] == [0, 1, 1, 1, 1]
    quiz_title, quiz = slides[-1]
    assert "Quiz" in quiz_title and "References" not in quiz


def test_a_folded_table_is_open_on_its_slide():
    text = "".join(body for _, body in slides_of("00_start_here"))
    assert "<caption>Share of the error, the nearest wishes" in text and "<summary>" not in text


def test_an_unknown_lesson_gets_the_nearest():
    with pytest.raises(ValueError, match="Did you mean '02_losses'"):
        deck("02_loses")
