"""The bank of questions: complete, fair, and exported so that a platform can read it."""

import re
from collections import Counter
from functools import cache
from math import comb

import jupytext
import pytest

from secgan_lite.course.builder import lessons
from secgan_lite.course.quiz import gift, questions, shuffled

BANK = questions()


def test_every_lesson_has_six_questions_or_more():
    counts = Counter(question.lesson for question in BANK)
    assert set(lessons()) <= set(counts)
    assert min(counts.values()) >= 6


@cache
def headings(lesson):
    text = "\n".join(cell.source for cell in jupytext.read(lessons()[lesson]).cells)
    return set(re.findall(r"^#+ (.+)", text, re.MULTILINE))


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.text[:40])
def test_a_question_has_one_right_option_and_a_reason_for_each_other(question):
    reasons = list(question.options.values())
    assert len(reasons) == 4 and reasons.count("") == 1
    assert all(reason == "" or reason.endswith(".") for reason in reasons)
    assert question.section in headings(question.lesson)


def test_no_question_is_asked_twice():
    assert max(Counter(question.text for question in BANK).values()) == 1


def at_least(k, n, p):
    """Chance of k or more of n by luck."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def test_neither_place_nor_length_tells_the_right_option():
    places, longest = Counter(), 0
    for question in BANK:
        options = list(question.options)
        right = next(option for option, reason in question.options.items() if not reason)
        places[options.index(right)] += 1
        longest += all(len(right) > len(other) for other in options if other != right)
    assert len(places) == 4
    assert at_least(max(places.values()), len(BANK), 1 / 4) > 0.01
    assert at_least(longest, len(BANK), 1 / 4) > 0.05


def read(text):
    """A reader of GIFT of its own: the text, the right options and the wrong ones."""
    for block in re.findall(r"^::.*?^}", text, re.MULTILINE | re.DOTALL):
        title, *lines = block.splitlines()[:-1]
        plain = [re.sub(r"\\(.)", r"\1", line.strip()) for line in lines]
        bare = re.sub(r"\\(.)", r"\1", title.split("::", 2)[2])
        right = [line[1:] for line in plain if line[0] == "="]
        yield bare.removesuffix(" {"), right, [line[1:] for line in plain if line[0] == "~"]


def test_what_is_exported_can_be_read_back():
    chosen = questions(["02_losses", "00_start_here"])
    text = gift(chosen)
    assert text.count("$CATEGORY") == 2
    for question, (asked, right, wrong) in zip(chosen, read(text), strict=True):
        assert asked == question.text
        assert right == [option for option, reason in question.options.items() if not reason]
        expected = [f"{option}#{reason}" for option, reason in question.options.items() if reason]
        assert wrong == expected


def test_a_seed_orders_the_options_and_the_key_follows():
    one, same, two = shuffled(BANK, 1), shuffled(BANK, 1), shuffled(BANK, 2)
    orders = [[list(q.options) for q in bank] for bank in (one, same, two, BANK)]
    assert orders[0] == orders[1]
    differ = [sum(a != b for a, b in zip(orders[0], o, strict=True)) for o in orders[2:]]
    assert min(differ) > 0.8 * len(BANK)
    assert [q.options for q in one] == [q.options for q in BANK]  # the same reasons for the same
    assert shuffled(BANK[5:6], 1)[0] == one[5]
    keys = [[right for _, right, _ in read(gift(bank))] for bank in (one, BANK)]
    assert keys[0] == keys[1]
    places = Counter(list(q.options.values()).index("") for q in one)
    assert min(places.values()) > len(BANK) / 8


def test_an_unknown_lesson_gets_the_nearest():
    with pytest.raises(ValueError, match="Did you mean '02_losses'"):
        questions(["02_loses"])
