"""The right answer comes from runs, never from a file."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from app.teaching.predictions import NoAnswer, answer, guessed, settings_of_maps
from app.teaching.questions import of_entry
from app.web.panels.prediction import form
from glossary import reader
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


def test_a_curve_is_the_metric_along_a_control() -> None:
    question = Prediction(asks="?", metric="size", along="more", at=[0, 1, 4], low=0, high=9)
    assert answer(question, measure).curve == (2.0, 3.0, 6.0)
    assert guessed(question, [1, 2, 3.5]) == (1.0, 2.0, 3.5)
    for wrong in ([1, 2], [1, 2, None], [1, 2, float("nan")], 3):
        assert guessed(question, wrong) is None


def test_the_right_map_has_no_place_of_its_own() -> None:
    def question(asks: str) -> Prediction:
        return Prediction(asks=asks, figure="map", set={"k": 0}, others=[{"k": 1}, {"k": 2}])

    places = {answer(question(f"{n}?"), measure).right for n in range(20)}
    assert places == {0, 1, 2}
    assert settings_of_maps(question("?")) == settings_of_maps(question("?"))
    assert (guessed(question("?"), 2), guessed(question("?"), 3)) == (2.0, None)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"low": 1.0, "high": 0.0},
        {"choices": CHOICES[:1]},
        {"choices": CHOICES, "low": 0.0, "high": 1.0},
        {"along": "x", "at": [1, 2, 3]},
        {"others": [{}, {}]},
    ],
)
def test_a_prediction_is_of_one_kind(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="two or more choices, or a slider"):
        Prediction(asks="?", metric="size", **fields)


def test_sliders_move_by_steps_that_a_person_would_say() -> None:
    asked = [question for entry in reader.entries().values() for question in of_entry(entry)]
    sliders = [question for question in asked if question.prediction.kind == "number"]
    assert sliders
    for question in sliders:
        step = re.search(r' step="([^"]+)"', form(question))
        assert step
        assert f"{float(step[1]):.0e}"[0] in "125", question.key
        assert (question.prediction.high - question.prediction.low) / float(step[1]) <= 100.1, question.key
