"""Beside each claim: its kind, its verdict, its switch, and a symptom only where that switch is thrown."""

from typing import Any

import pytest

from app.claims import check, decided
from app.web.panels.claims import claims
from glossary import reader
from glossary.schema import Claim, Entry


@pytest.fixture
def entry() -> Entry:
    base = reader.entries()["softmax"]
    claim = Claim(
        says="Small sums stay small.",
        kind="learned",
        holds="total < 2",
        applies="tokens > 1",
        fails_for={"shift": 9},
        switch="shift by 9",
        symptom="The bars part.",
        control={"shift": -9},
        control_switch="shift the other way",
    )
    return base.model_copy(update={"live": base.live.model_copy(update={"claims": [claim]})})


@pytest.mark.parametrize(("done", "left", "told"), [(False, [], "checking"), (True, ["failed"], "0 of 1 held")])
def test_while_a_model_trains_no_claim_has_failed_yet(entry: Entry, done: bool, left: list[str], told: str) -> None:
    checked = decided(entry, {"total": 5, "tokens": 4}, done)
    assert [one.verdict for one in checked] == left
    assert told in str(claims(entry, checked, {}))
    assert [one.verdict for one in decided(entry, {"total": 1, "tokens": 4}, done)] == ["held"]


def panel(entry: Entry, controls: dict[str, Any], **metrics: float) -> str:
    return str(claims(entry, check(entry, metrics), controls, {"tokens": "different tokens"}))


def test_a_symptom_is_told_only_where_its_own_switch_breaks_the_claim(entry: Entry) -> None:
    assert "Look: the bars part." in panel(entry, {"shift": 9}, total=5, tokens=4)
    assert "Look:" not in panel(entry, {"shift": 0}, total=5, tokens=4)
    assert "Look:" not in panel(entry, {"shift": 9}, total=1, tokens=4)


def test_a_claim_shows_its_kind_and_both_switches(entry: Entry) -> None:
    shown = panel(entry, {"shift": -9}, total=1, tokens=4)
    assert ">learned</span>" in shown
    assert 'data-claim="0"' in shown
    assert shown.count('role="switch"') == 2
    assert shown.index("shift by 9") < shown.index("shift the other way")
    assert shown.count('aria-checked="true"') == 1
    assert "1 of 1 held" in shown


def test_a_claim_without_its_condition_does_not_apply(entry: Entry) -> None:
    shown = panel(entry, {"shift": 0}, total=float("nan"), tokens=1)
    assert "<b>does not apply</b> · it needs different tokens above 1" in shown
    assert "0 of 0 held, 1 does not apply" in shown
    assert "failed" not in shown
