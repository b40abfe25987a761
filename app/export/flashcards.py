"""A deck of cards for spaced review: questions in front, what the runs measured behind."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from app.number_format import number
from app.teaching.predictions import Answer, answer
from glossary.schema import Entry, Prediction

Measure = Callable[[Entry, Mapping[str, Any]], Mapping[str, float]]
"""What a run of the entry measures with these changes of its preset."""


def deck(entries: Iterable[Entry], measure: Measure) -> str:
    """Tab-separated lines, question, answer and tag, as card programs import them.

    A question about drawings has no place on a card and is left out.
    """
    lines = io.StringIO()
    write = csv.writer(lines, delimiter="\t", lineterminator="\n")
    for entry in entries:
        for question in entry.live.predictions:
            if question.kind != "map":
                found = answer(question, partial(measure, entry))
                write.writerow(
                    [f"{entry.title}: {question.asks}", back(question, found), f"modelarium::{entry.chapter}"]
                )
    return lines.getvalue()


def back(question: Prediction, found: Answer) -> str:
    """“it grows (measured: 1.36). Slower hands drift apart less.”"""
    if question.kind == "curve":
        pairs = zip(question.at, found.curve, strict=True)
        said = ", ".join(f"{number(value)} at {number(place)}" for place, value in pairs)
    else:
        said = number(found.value)
    unit = f" {question.unit}" if question.unit and question.kind != "choice" else ""
    if found.right is not None:
        return f"{question.choices[found.right].says} (measured: {said}). {question.reveals}".strip()
    return f"{said}{unit}. {question.reveals}".strip()
