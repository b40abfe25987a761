"""Computes the right answer of a prediction. No answer is written in any file: a run at the asked setting gives it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from glossary.condition import Condition
from glossary.schema import Entry, Prediction

Measure = Callable[[Mapping[str, Any]], Mapping[str, float]]
"""Changes of the preset → the metrics of a run at that setting."""


@dataclass(frozen=True)
class Answer:
    """The measured number, and the index of the choice that it makes right (None for a slider)."""

    value: float
    right: int | None


class NoAnswer(ValueError):
    """The choices of a prediction do not single out one answer for the measured number."""


def answer(prediction: Prediction, measure: Measure) -> Answer:
    """The metric at the asked setting, or its ratio to the run at ``over``. Raises NoAnswer."""
    value = measure(prediction.set)[prediction.metric]
    if prediction.over is not None:
        value /= measure(prediction.over)[prediction.metric]
    if not prediction.choices:
        return Answer(value, None)
    right = [index for index, choice in enumerate(prediction.choices) if _meets(value, choice.when)]
    if len(right) != 1:
        raise NoAnswer(f"{prediction.asks!r}: {len(right)} choices are right for the measured {value:.6g}; one must be")
    return Answer(value, right[0])


def _meets(value: float, when: str) -> bool:
    condition = Condition.parse(when)
    return condition.holds({condition.metric: value})


def settings(entry: Entry, prediction: Prediction) -> list[dict[str, Any]]:
    """Every setting that the prediction needs, as a whole preset."""
    return [entry.live.preset | change for change in (prediction.set, prediction.over) if change is not None]
