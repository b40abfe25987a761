"""The sweep over seeds says what is wrong and what is thin, and keeps quiet about what is sound."""

import pytest

from glossary import reader
from glossary.condition import Condition
from tests.entries.evidence import Finding, Runs, findings
from tests.seeds import drawn_seeds, line, main, margin, named

ABOVE = Condition.parse("recall > 0.5")


def found(*values: float, wanted: bool = True) -> list[Finding]:
    return [Finding("claim 1", ABOVE, wanted, value) for value in values]


def test_seeds_are_different_ones_and_the_same_each_time() -> None:
    assert drawn_seeds(60) == drawn_seeds(60)
    assert len(set(drawn_seeds(60))) == 60
    assert set(drawn_seeds(60)).isdisjoint(drawn_seeds(60, first=1))


def test_the_margin_counts_spreads_to_the_nearest_bound() -> None:
    assert margin(ABOVE, [0.8, 0.9, 1.0])[1] == pytest.approx(0.4 / 0.0816, rel=0.01)
    assert margin(Condition.parse("0.5 < recall < 1"), [0.8, 0.9, 1.0])[1] == pytest.approx(0.1 / 0.0816, rel=0.01)
    assert margin(ABOVE, [0.9, 0.9])[1] == float("inf")
    assert margin(ABOVE, [0.9, float("nan")])[1] == float("inf")


def test_a_wrong_seed_is_named_and_a_thin_margin_marked() -> None:
    assert line(found(0.9, 0.91, 0.92), [11, 12, 13])[0]
    good, told = line(found(0.9, 0.4, 0.92), [11, 12, 13])
    assert not good
    assert "WRONG at seed 12" in told
    good, told = line(found(0.55, 0.7, 0.51), [11, 12, 13])
    assert not good
    assert told.endswith("THIN")
    assert not line(found(0.9, 0.91, wanted=False), [11, 12])[0]


def test_an_entry_is_found_by_its_id_and_with_its_chapter() -> None:
    chapter = {one.slug for one in named(["position/"])}
    assert "rope" in chapter
    assert named(["rope", "position/"])[0].slug == "rope"
    with pytest.raises(KeyError):
        named(["no-such-entry"])


def test_claims_breaks_and_controls_are_held_against_runs_of_their_own() -> None:
    entry = reader.entries()["softmax"]
    told = [one.what for one in findings(entry, Runs(entry).metrics(3))]
    assert {"claim 1", "break 1"} <= set(told)
    assert [one for one in findings(entry, Runs(entry).metrics(3), breaks=False) if "break" in one.what] == []


def test_a_setting_that_was_measured_is_drawn_without_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    computed = []
    compute = Runs._result
    monkeypatch.setattr(Runs, "_result", lambda runs, controls: computed.append(controls) or compute(runs, controls))
    runs = Runs(reader.entries()["softmax"])
    assert runs.metrics()({}) is runs().metrics
    assert runs() is runs()
    assert len(computed) == 1
    runs.metrics(seed=3)({})
    assert len(computed) == 2


def test_the_command_prints_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    main(["softmax", "--seeds", "3", "--breaks", "1"])
    told = capsys.readouterr().out
    assert told.startswith("softmax\n")
    assert told.count("margin") == told.count("right at") >= 2 * len(reader.entries()["softmax"].live.claims)
