"""What the page on softmax says beyond its claims: typed numbers, overflow, signs."""

import pytest

from app.controls import parse
from app.experiments.foundations.softmax.run import SoftmaxControls, numbers
from tests.entries.evidence import runs_of

OVERFLOWS = {"logits": "29.999, -29.999, 0", "shift": 69.0, "form": "naive"}


@pytest.mark.parametrize(
    ("typed", "values"),
    [("0,5; 1,5", [0.5, 1.5]), ("0,5", [0, 5]), ("0.5 1.5", [0.5, 1.5]), ("-1,5;2", [-1.5, 2])],
)
def test_decimal_commas_are_told_from_commas_between_numbers(typed: str, values: list[float]) -> None:
    assert numbers(typed) == values


def test_what_could_be_two_numbers_or_four_is_refused() -> None:
    (problem,) = parse(SoftmaxControls, {"logits": "0,5 1,5"}, {}).problems
    assert problem.startswith("logits: takes 2 to 12 numbers")


def test_a_form_that_overflowed_names_no_largest_probability() -> None:
    text = runs_of("softmax")(**OVERFLOWS).figures["probabilities"].text
    assert text == "The naive form has overflowed in float32: these are no probabilities."


def test_signs_are_true_ones_and_the_effect_told_is_the_strongest() -> None:
    shown = runs_of("softmax")()
    figures = shown.figures
    labels = figures["probabilities"].plot.layout.xaxis.ticktext or figures["probabilities"].plot.data[0].x
    assert "−2.4" in list(labels)
    other = shown.metrics["strongest_effect_on_another"]
    assert other == min(row for rows in figures["jacobian"].plot.data[0].z for row in rows)
    assert "moves another by up to −0." in figures["jacobian"].text
