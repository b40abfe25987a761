"""Addresses that once worked are on slides and in mails: every one of them still opens what it opened."""

from pathlib import Path
from typing import ClassVar

import pytest

from app.controls import parse
from app.experiments import experiment
from app.web import permalink
from glossary import reader

ADDRESSES = (Path(__file__).parent / "addresses.txt").read_text(encoding="utf-8").split()


def test_the_list_is_long_enough_to_mean_something() -> None:
    assert len(set(ADDRESSES)) >= 60


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_worked_still_works(address: str) -> None:
    place = permalink.read(address)
    assert place.problems == ()
    assert place.entry or place.chapter or place.map
    sides = [(place.entry, place.values), (place.beside, {**place.values, **place.beside_values})]
    for slug, values in sides:
        if slug is not None:
            live = reader.entries()[slug].live
            kind = experiment(live.experiment).controls
            known = values if slug == place.entry else {n: v for n, v in values.items() if n in kind.model_fields}
            parsed = parse(kind, known, live.preset)
            assert parsed.problems == ()
            assert not known or parsed.controls != kind(**live.preset)


def test_a_renamed_control_and_a_renamed_value_are_still_read() -> None:
    class Renamed(experiment("foundations/softmax").controls):  # type: ignore[misc]
        renamed: ClassVar = {"start": "seed", "seed=7": 8}

    assert parse(Renamed, {"start": "3"}, {}).controls.seed == 3
    assert parse(Renamed, {"seed": "7"}, {}).controls.seed == 8
