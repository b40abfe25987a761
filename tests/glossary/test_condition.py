import math

import pytest

from glossary.condition import Condition


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("x < 1", 0.5, True),
        ("x < 1", 1.0, False),
        ("x <= 1", 1.0, True),
        ("x == 0", 0.0, True),
        ("x >= -2.5", -2.5, True),
        ("x > 1e-5", 1e-4, True),
        ("0.12 < x < 0.15", 0.138, True),
        ("0.12 < x < 0.15", 0.12, False),
        ("0.12 <= x <= 0.15", 0.12, True),
        ("x < 1", math.nan, False),
        ("x > 1", math.inf, True),
    ],
)
def test_a_condition_reads_as_it_is_written(text: str, value: float, holds: bool) -> None:
    assert Condition.parse(text).holds({"x": value}) is holds


@pytest.mark.parametrize(
    "text", ["", "x", "x < y", "x != 1", "1 < 2", "x < 1 or y < 2", "X < 1", "1 > x > 0", "__import__('os') < 1"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not of the form"):
        Condition.parse(text)


def test_a_metric_that_was_not_measured_is_an_error() -> None:
    with pytest.raises(KeyError):
        Condition.parse("x < 1").holds({"y": 0})


def test_the_bound_in_words() -> None:
    assert Condition.parse("x < 1e-5").words == "below 1e-05"
    assert Condition.parse("0.9 <= x <= 1").words == "between 0.9 and 1"
