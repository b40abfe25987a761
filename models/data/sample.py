"""A text whose truth is known: where each answer stands and which fact it states.

Generators write answers in square brackets, ``Ada lives in [Lund] .``, with the fact after a bar where it has a
name, ``Mia lives in [Oslo|home:Mia:often] .``. The brackets never reach a model.
"""

import re
from typing import NamedTuple

MARK = re.compile(r"\[([^]|]*)(?:\|([^]]*))?\]")


class Answer(NamedTuple):
    """One span that a reader of everything before it should predict."""

    start: int  # in characters of the text
    end: int
    text: str
    fact: str  # the fact's own name, or the name of the kind


class Sample(NamedTuple):
    text: str
    kind: str
    answers: tuple[Answer, ...]


def plain(marked: str) -> str:
    """The text without its marks."""
    return MARK.sub(r"\1", marked)


def parse(marked: str, kind: str) -> Sample:
    """Split a marked text into what is read and what is asked."""
    pieces: list[str] = []
    answers: list[Answer] = []
    length = end = 0
    for mark in MARK.finditer(marked):
        before, text = marked[end : mark.start()], mark[1]
        length += len(before)
        answers.append(Answer(length, length + len(text), text, mark[2] or kind))
        pieces += before, text
        length, end = length + len(text), mark.end()
    return Sample("".join(pieces) + marked[end:], kind, tuple(answers))
