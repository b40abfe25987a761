"""Lessons are data: those that are shipped read and lead somewhere; a wrong file is named with what is wrong."""

from pathlib import Path

import pytest

from app.binding import misled
from app.teaching.questions import find, of_part
from glossary import reader
from glossary.reader import LessonError, read_lesson
from glossary.schema import Lesson

PARTS = "\n".join(f'[[parts]]\nentry = "rope"\ntitle = "{n}"\nquestion = 1' for n in "abc")
GOOD = f'title = "T"\nasks = "Why?"\n{PARTS}'


@pytest.mark.parametrize("lesson", reader.lessons().values(), ids=lambda lesson: lesson.slug)
def test_a_shipped_lesson_leads_through_published_entries(lesson: Lesson) -> None:
    assert list(misled(lesson)) == []


def test_a_lesson_is_its_file(tmp_path: Path) -> None:
    path = tmp_path / "my-lesson.toml"
    path.write_text(GOOD)
    read = read_lesson(path)
    assert (read.slug, len(read.parts)) == ("my-lesson", 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            GOOD + "\nbreaks = 0",
            "wrong.toml: parts.2.breaks: Input should be greater",
        ),
        (GOOD.replace('title = "T"\n', ""), "wrong.toml: title: Field required"),
        ('title = "T"\nasks = "Why?"\nparts = []', "wrong.toml: parts: List should have at least 3 items"),
        ("title = ", "wrong.toml: Invalid value"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(LessonError, match="^" + said.replace(".", r"\.")):
        read_lesson(path)


def test_what_a_lesson_names_must_exist() -> None:
    known = reader.lessons()["how-rope-turns"]

    def changed(**fields: object) -> list[str]:
        part = known.parts[0].model_copy(update=fields)
        return list(misled(known.model_copy(update={"parts": [part]})))

    assert changed(entry="nowhere") == ["part 1: there is no entry 'nowhere'"]
    assert changed(breaks=9) == ["part 1: breaks 9: sinusoidal-positional-encoding has 3 claims"]
    assert changed(question=9)[0].startswith("part 1: question 9: sinusoidal-positional-encoding has 2")
    assert changed(set={"base": -1.0})[0].startswith("part 1: set: ('base',)")


def test_a_question_is_found_where_the_browser_says() -> None:
    lesson = reader.lessons()["how-rope-turns"]
    found = find({"lesson": lesson.slug, "part": 2})
    assert found == of_part(lesson.slug, 2)
    assert found.key == "how-rope-turns/2"
    assert find({"entry": "rope", "question": 1}).prediction == reader.entries()["rope"].live.predictions[0]
    for nothing in ({}, {"entry": "rope"}, {"entry": "rope", "question": 0}, {"lesson": lesson.slug, "part": 0}):
        assert find(nothing) is None
