"""What is printed of a lesson."""

import pytest

from app.teaching.papers import handout, notes
from app.teaching.predictions import Answer
from app.teaching.questions import Question, of_part
from glossary import reader
from glossary.schema import Lesson


def measured(question: Question) -> Answer:
    """In place of runs: the first choice or map, or a number."""
    return Answer(value=1234.5, right=0, curve=tuple(1234.5 for _ in question.prediction.at))


@pytest.mark.parametrize("lesson", reader.lessons().values(), ids=lambda lesson: lesson.slug)
def test_a_handout_asks_everything_and_tells_no_answer(lesson: Lesson) -> None:
    page = handout(lesson)
    assert page.count("<section>") == len(lesson.parts)
    for number in range(1, len(lesson.parts) + 1):
        reveals = of_part(lesson.slug, number).prediction.reveals
        assert not reveals or reveals.split(".")[0] not in page.unescape()


@pytest.mark.parametrize("lesson", reader.lessons().values(), ids=lambda lesson: lesson.slug)
def test_the_notes_tell_the_answer_and_what_b_breaks(lesson: Lesson) -> None:
    page = notes(lesson, measured)
    assert page.count("B breaks") == len(lesson.parts)
    numeric = [of_part(lesson.slug, n).prediction.kind for n in range(1, len(lesson.parts) + 1)].count("number")
    assert page.count("measured.") >= numeric
