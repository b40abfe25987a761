"""Class mode in the address: ``?class=1&lesson=rope&part=2&room=k3f9`` or ``?class=1&entry=rope&question=2``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.teaching.questions import Question, of_entry, of_part
from glossary import reader

NAMES = ("class", "lesson", "part", "question", "room")
"""Parameters that class mode adds to an address; no control may have such a name."""

ROOM = re.compile(r"[a-z0-9-]{0,24}")
"""The id that separates classes; everybody who opened the same link is in the same room."""


@dataclass(frozen=True)
class Sitting:
    """One question before a class, and those around it."""

    questions: tuple[Question, ...]
    number: int
    lesson: str | None
    room: str

    @property
    def question(self) -> Question:
        return self.questions[self.number - 1]

    def address(self, number: int) -> str:
        """Of the question of that number, in the same room."""
        room = {"room": self.room} if self.room else {}
        return "?" + urlencode({"class": 1, **self.questions[number - 1].place, **room})


def read(mode: Mapping[str, str], entry: str | None) -> tuple[Sitting | None, tuple[str, ...]]:
    """The question that an address names, and what was wrong with it; None without an entry or a lesson."""
    problems = []
    slug, room = mode.get("lesson"), mode.get("room", "")
    if slug is not None and slug not in reader.lessons():
        problems.append(f"lesson: there is no lesson “{slug[:40]}”; takes one of {', '.join(reader.lessons())}")
        slug = None
    if not ROOM.fullmatch(room):
        problems.append("room: takes up to 24 small letters and digits")
        room = ""
    if slug is not None:
        name, questions = "part", [of_part(slug, number) for number, _ in enumerate(reader.lessons()[slug].parts, 1)]
    elif entry is not None and entry in reader.entries():
        name, questions = "question", of_entry(reader.entries()[entry])
    else:
        return None, tuple(problems)
    number = mode.get(name, "1")
    if number not in map(str, range(1, len(questions) + 1)):
        problems.append(f"{name}: takes a whole number from 1 to {len(questions)}; you gave “{number[:40]}”")
        number = "1"
    return Sitting(tuple(questions), int(number), slug, room), tuple(problems)
