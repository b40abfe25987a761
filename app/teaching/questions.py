"""Questions as they are asked: a prediction of an entry, or of a part of a lesson at that part's setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glossary import reader
from glossary.schema import Entry, Part, Prediction


@dataclass(frozen=True)
class Question:
    entry: Entry
    prediction: Prediction
    setting: Mapping[str, Any]
    """Changes of the entry's preset at which it is asked; those of the prediction come on top."""
    place: Mapping[str, Any]
    """Where it stands, as the browser sends it: entry and question, or lesson and part, counted from 1."""

    breaks: int = 1
    """The claim that B breaks first, counted from 1."""

    before: bool = False
    """Whether the run as it stands may be seen while guessing; of an entry's own question nobody has looked."""

    @property
    def key(self) -> str:
        return "/".join(map(str, self.place.values()))

    @property
    def asked(self) -> dict[str, Any]:
        """The change of the preset whose run answers it."""
        return {**self.setting, **self.prediction.set}


def of_entry(entry: Entry) -> list[Question]:
    return [
        Question(entry, prediction, {}, {"entry": entry.slug, "question": number})
        for number, prediction in enumerate(entry.live.predictions, 1)
    ]


def of_part(lesson: str, number: int) -> Question:
    """The question of a part, counted from 1; IndexError if its entry has no such prediction."""
    part = reader.lessons()[lesson].parts[number - 1]
    entry = reader.entries()[part.entry]
    return Question(entry, prediction_of(part), part.set, {"lesson": lesson, "part": number}, part.breaks, part.before)


def prediction_of(part: Part) -> Prediction:
    if isinstance(part.question, Prediction):
        return part.question
    known = reader.entries()[part.entry].live.predictions
    if not 1 <= part.question <= len(known):
        raise IndexError(f"question {part.question}: {part.entry} has {len(known)}")
    return known[part.question - 1]


def find(sent: Any) -> Question | None:
    """The question that a browser means, or None."""
    if not isinstance(sent, dict):
        return None
    lesson, part = reader.lessons().get(str(sent.get("lesson"))), sent.get("part")
    if lesson is not None:
        return of_part(lesson.slug, part) if type(part) is int and 0 < part <= len(lesson.parts) else None
    entry = reader.entries().get(str(sent.get("entry")))
    known = {question.place["question"]: question for question in of_entry(entry)} if entry else {}
    number = sent.get("question")
    return known.get(number) if type(number) is int else None


def find_by_key(key: str) -> Question | None:
    """The question whose ``key`` this is, or None."""
    slug, _, number = key.rpartition("/")
    if not number.isdigit():
        return None
    return find({"lesson": slug, "part": int(number)}) or find({"entry": slug, "question": int(number)})
