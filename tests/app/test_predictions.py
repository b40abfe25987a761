"""The right answer comes from runs, never from a file."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.predictions import NoAnswer, answer
from glossary.schema import Prediction

CHOICES = [{"says": "falls", "when": "x < 1"}, {"says": "stays", "when": "x == 1"}, {"says": "grows", "when": "x > 1"}]


def measure(change: Mapping[str, Any]) -> Mapping[str, float]:
    return {"size": 2.0 + change.get("more", 0)}


def test_a_choice_is_right_by_the_measured_ratio() -> None:
    question = Prediction(asks="?", metric="size", set={"more": 2}, over={}, choices=CHOICES)
    assert (answer(question, measure).value, answer(question, measure).right) == (2.0, 2)


def test_a_slider_has_no_right_choice() -> None:
    found = answer(Prediction(asks="?", metric="size", low=0, high=5), measure)
    assert (found.value, found.right) == (2.0, None)


def test_choices_that_leave_the_answer_open_are_refused() -> None:
    gap = Prediction(asks="?", metric="size", choices=[{"says": "a", "when": "x < 1"}, {"says": "b", "when": "x > 9"}])
    with pytest.raises(NoAnswer, match="0 choices are right"):
        answer(gap, measure)


@pytest.mark.parametrize(
    "fields", [{}, {"low": 1.0, "high": 0.0}, {"choices": CHOICES[:1]}, {"choices": CHOICES, "low": 0.0, "high": 1.0}]
)
def test_a_prediction_is_either_choices_or_a_slider(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="two or more choices, or a slider"):
        Prediction(asks="?", metric="size", **fields)
