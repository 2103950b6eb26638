"""The questions of ``notebooks/lecturer/quiz.yaml``, and their export for learning platforms.

GIFT is the text format that Moodle reads: https://docs.moodle.org/en/GIFT_format
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import yaml

from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import REPOSITORY

BANK = REPOSITORY / "notebooks" / "lecturer" / "quiz.yaml"


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        section: the heading in the lesson where the answer is.
        options: in the order in which they are shown; each wrong one with the reason why it is
            wrong, the right one with "".
    """

    lesson: str
    section: str
    text: str
    options: dict[str, str]


def questions(lessons: Iterable[str] = ()) -> list[Question]:
    """All questions, or those of the named lessons.

    Raises:
        FileNotFoundError: no copy of the course is here.
        ValueError: a lesson that has no questions; the nearest is named.
    """
    bank = yaml.safe_load(BANK.read_text(encoding="utf-8"))
    chosen = list(lessons) or list(bank)
    for lesson in chosen:
        if lesson not in bank:
            raise unknown_choice("lesson", lesson, bank)
    return [
        Question(lesson, one["section"], one["question"], _options(one["options"]))
        for lesson in chosen
        for one in bank[lesson]
    ]


def _options(listed: list[str | dict[str, str]]) -> dict[str, str]:
    each = ({option: ""} if isinstance(option, str) else option for option in listed)
    return {text: reason for one in each for text, reason in one.items()}


def shuffled(bank: Iterable[Question], seed: int) -> list[Question]:
    """The same questions with their options in another order, the same for the same seed.

    Each question has its own order, whichever others are chosen with it.
    """
    mixed = []
    for question in bank:
        options = list(question.options.items())
        random.Random(f"{seed}/{question.text}").shuffle(options)
        mixed.append(replace(question, options=dict(options)))
    return mixed


def gift(bank: Iterable[Question]) -> str:
    """Questions as GIFT, with a category for each lesson and the reasons as feedback."""
    parts, category = [], ""
    for number, question in enumerate(bank, 1):
        if question.lesson != category:
            category = question.lesson
            parts.append(f"$CATEGORY: secgan-lite/{category}")
        options = (
            f"~{_plain(text)}#{_plain(reason)}" if reason else f"={_plain(text)}"
            for text, reason in question.options.items()
        )
        title = f"::{question.lesson} {number}::{_plain(question.text)} {{"
        parts.append("\n".join([title, *(f"  {option}" for option in options), "}"]))
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    return re.sub(r"([~=#{}:\\])", r"\\\1", text)
