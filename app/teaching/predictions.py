"""Computes the right answer of a prediction. No answer is written in any file: a run at the asked setting gives it."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from glossary.condition import Condition
from glossary.schema import Prediction

Measure = Callable[[Mapping[str, Any]], Mapping[str, float]]
"""Changes of the preset → the metrics of a run at that setting."""

Guess = float | tuple[float, ...]
"""A number on the slider, the index of a choice or of a map, or the heights of a curve."""


@dataclass(frozen=True)
class Answer:
    """The measured number, the index of the choice or map that is right, the measured curve: as the question asks."""

    value: float = math.nan
    right: int | None = None
    curve: tuple[float, ...] = ()


class NoAnswer(ValueError):
    """The choices of a prediction do not single out one answer for the measured number."""


def answer(prediction: Prediction, measure: Measure) -> Answer:
    """What runs at the asked settings measure; over the run at ``over``, if there is one. Raises NoAnswer."""
    if prediction.kind == "map":
        return Answer(right=settings_of_maps(prediction).index(prediction.set))
    unit = measure(prediction.over)[prediction.metric] if prediction.over is not None else 1.0
    if prediction.kind == "curve":
        runs = (measure({**prediction.set, prediction.along: place}) for place in prediction.at)
        return Answer(curve=tuple(run[prediction.metric] / unit for run in runs))
    value = measure(prediction.set)[prediction.metric] / unit
    if prediction.kind == "number":
        return Answer(value)
    right = [index for index, choice in enumerate(prediction.choices) if _meets(value, choice.when)]
    if len(right) != 1:
        raise NoAnswer(f"{prediction.asks!r}: {len(right)} choices are right for the measured {value:.6g}; one must be")
    return Answer(value, right[0])


def settings_of_maps(prediction: Prediction) -> list[dict[str, Any]]:
    """The changes that draw the maps, in the order shown: the same for everybody, and no hint at the right one."""
    settings = [prediction.set, *prediction.others]
    return random.Random(prediction.asks).sample(settings, len(settings))


def guessed(prediction: Prediction, sent: Any) -> Guess | None:
    """What a browser sent as a guess, if the question takes it."""
    if prediction.kind == "curve":
        fits = isinstance(sent, list) and len(sent) == len(prediction.at) and all(map(_is_number, sent))
        return tuple(map(float, sent)) if fits else None
    if not _is_number(sent):
        return None
    answers = {"choice": len(prediction.choices), "map": len(prediction.others) + 1}
    if prediction.kind in answers and sent not in range(answers[prediction.kind]):
        return None
    return float(sent)


def _is_number(sent: Any) -> bool:
    return isinstance(sent, int | float) and not isinstance(sent, bool) and math.isfinite(sent)


def _meets(value: float, when: str) -> bool:
    condition = Condition.parse(when)
    return condition.holds({condition.metric: value})
