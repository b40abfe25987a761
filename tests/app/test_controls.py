"""Bad input gets one line that names the field and what it takes, and the rest of the request is kept."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from app.controls import changed, parse, specs
from app.experiments.base import MORE, Controls, Sentence


class Example(Controls):
    text: Sentence = "a b"
    heads: Literal[1, 2, 4] = 2
    rate: float = Field(0.5, ge=0, le=1, multiple_of=0.25)
    layer: int = Field(1, ge=0, le=3, title="Layer shown", json_schema_extra=MORE)
    causal: bool = True


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("heads", "3", "takes one of 1, 2, 4; you gave '3'"),
        ("rate", "nan", "takes a number from 0 to 1 in steps of 0.25; you gave 'nan'"),
        ("rate", "inf", "takes a number from 0 to 1"),
        ("layer", "4", "takes a whole number from 0 to 3; you gave '4'"),
        ("layer", "1.5", "takes a whole number from 0 to 3"),
        ("seed", 10**12, "takes a whole number from 0 to 2147483647; you gave '1000000000000'"),
        ("text", "", "takes text of 1 to 2000 characters"),
        ("text", "x" * 2001, "takes text of 1 to 2000 characters"),
        ("causal", "maybe", "takes true or false"),
        ("colour", "red", "no such control"),
    ],
)
def test_a_refused_value_is_named_and_replaced(name: str, value: Any, takes: str) -> None:
    parsed = parse(Example, {name: value, "heads": "4"} if name != "heads" else {name: value}, {"rate": 0.25})
    assert len(parsed.problems) == 1
    assert parsed.problems[0].startswith(f"{name}: {takes}")
    assert parsed.controls.rate == 0.25
    assert parsed.controls.heads == (2 if name == "heads" else 4)


@pytest.mark.parametrize("text", ["😀", "שלום עולם", "<script>alert(1)</script>", "\u202eabc", "日本語"])
def test_any_text_is_taken_as_it_is(text: str) -> None:
    parsed = parse(Example, {"text": text}, {})
    assert parsed.problems == ()
    assert parsed.controls.text == text


@given(
    st.builds(Example, text=st.text(min_size=1, max_size=50), heads=st.sampled_from([1, 2, 4]), layer=st.integers(0, 3))
)
def test_the_address_gives_back_the_same_controls(controls: Example) -> None:
    base = {"heads": 4}
    assert parse(Example, changed(controls, base), base).controls == controls


def test_controls_in_sight_come_first_and_the_rest_is_under_more() -> None:
    drawn = specs(Example(), ["rate", "layer"])
    assert [(d["name"], d["more"]) for d in drawn[:3]] == [("rate", False), ("layer", False), ("seed", True)]
    unnamed = {d["name"]: d["more"] for d in specs(Example(), [])}
    assert unnamed == {"seed": True, "text": False, "heads": False, "rate": False, "layer": True, "causal": False}


def test_a_description_holds_what_a_front_end_needs() -> None:
    rate = next(d for d in specs(Example(), []) if d["name"] == "rate")
    assert (rate["kind"], rate["low"], rate["high"], rate["step"], rate["value"]) == ("number", 0, 1, 0.25, 0.5)
