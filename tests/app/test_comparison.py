"""Two sides: what both take, what is told apart, and the address that holds it."""

import math
from collections.abc import Mapping
from typing import Any

import pytest

from app.controls import Parsed, parse
from app.web import permalink
from app.web.comparison.differences import differences, telling
from app.web.comparison.pair import Pair, read
from app.web.comparison.suggestions import suggestions
from app.web.panels import comparison as panel
from glossary import reader
from glossary.schema import Entry
from tests.browser.workbench import BenchControls, entries

BENCH = entries()


class Parser:
    """The one thing that a pair asks of the engine."""

    def parse(self, entry: Entry, raw: Mapping[str, Any]) -> Parsed:
        return parse(BenchControls, raw, entry.live.preset)


def pair(left: str = "rope", right: str = "alibi", **values: str) -> Pair:
    own = {name.removeprefix("with_"): value for name, value in values.items() if name.startswith("with_")}
    shared = {name: value for name, value in values.items() if not name.startswith("with_")}
    return read(Parser(), BENCH[left], shared, BENCH[right], own)  # type: ignore[arg-type]


def test_both_sides_take_the_same_input_and_seed() -> None:
    both = pair(seed="7", sentence="the same words")
    assert both.right.controls.seed == 7
    assert both.right.controls.sentence == "the same words"  # type: ignore[attr-defined]
    assert {"seed", "sentence", "base"} <= set(both.shared)


def test_what_makes_an_entry_is_its_own() -> None:
    both = pair()
    assert "size" not in both.common
    assert both.right.controls.size == 5  # type: ignore[attr-defined]
    assert both.left.controls.size == 6  # type: ignore[attr-defined]


def test_one_entry_stands_at_two_settings() -> None:
    both = pair("rope", "rope", with_base="500000")
    assert both.differing == ("base",)
    assert both.query == "?entry=rope&with=rope&with.base=500000"
    assert panel.names(both) == ("Base 10 000", "Base 500 000")


def test_a_control_set_apart_stays_apart_at_the_same_value() -> None:
    both = pair("rope", "rope", with_base="10000")
    assert "base" not in both.shared
    assert both.query.endswith("with.base=10000")


def test_bad_values_fall_back_on_their_own_side_and_are_named() -> None:
    both = pair("rope", "rope", size="99", with_base="many")
    assert both.left.parsed.problems[0].startswith("size: takes a whole number from 2 to 24")
    assert both.right.parsed.problems[0].startswith("base: takes a whole number")
    assert both.query == "?entry=rope&with=rope&with.base=10000"


def test_the_address_of_a_pair_reads_the_same() -> None:
    slug, other = list(reader.entries())[:2]
    place = permalink.read(permalink.write_pair(slug, {"seed": "3"}, other, {"seed": "4"}))
    assert (place.entry, place.beside, place.values, place.beside_values) == (slug, other, {"seed": "3"}, {"seed": "4"})
    assert place.problems == ()


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("&with=nothing-at-all", "with: there is no entry “nothing-at-all”"),
        ("&with.seed=3", "with.seed: has no side to stand on"),
    ],
)
def test_a_pair_that_is_none_shows_the_entry_and_says_so(more: str, named: str) -> None:
    place = permalink.read(f"?entry={next(iter(reader.entries()))}{more}")
    assert place.beside is None
    assert place.problems[0].startswith(named)


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        (35_333.0, 1_383_450.0, "× 39.2"),
        (1_383_450.0, 35_333.0, "÷ 39.2"),
        (11.0, 13.0, "+ 2"),
        (2.0, 4.0, "+ 2"),
        (2.7542, 3.532, "+ 0.7778"),
        (0.0, 0.5, "+ 0.5"),
        (3.8e-6, 4.711, "+ 4.711"),
        (1.0, -1.0, "− 2"),
        (1.7e-6, 1.4e-6, "both below 1e−4"),
        (6.283, 6.283, "0"),
        (math.nan, math.nan, "0"),
    ],
)
def test_a_difference_in_words(left: float, right: float, words: str) -> None:
    assert differences({"m": left}, {"m": right})[0].words == words


def test_what_changes_comes_first_and_what_one_side_measures_last() -> None:
    found = differences({"same": 1.0, "more": 1.0, "ours": 2.0}, {"same": 1.0, "more": 3.5, "theirs": 2.0})
    assert [one.metric for one in found] == ["more", "same", "ours", "theirs"]
    assert [one.words for one in found[2:]] == ["only left", "only right"]


def test_a_sentence_tells_claimed_metrics_first_and_nothing_twice() -> None:
    found = differences(
        {"a": 1.0, "b": 1.5, "twice": 2.0, "claimed": 1.5}, {"a": 9.0, "b": 30.0, "twice": 18.0, "claimed": 1.6}
    )
    assert [one.metric for one in telling(found, ["claimed"], 3)] == ["claimed", "b", "a"]


def said(both: Pair, left: Mapping[str, float], right: Mapping[str, float]) -> str:
    return str(panel.sentence(both, differences(left, right), left, right))


def test_the_sentence_names_the_change_the_rest_and_the_claims() -> None:
    both = pair("rope", "rope", with_base="100")
    text = said(both, {"base_over_size": 1666.7, "letters": 9.0}, {"base_over_size": 16.7, "letters": 9.0})
    assert text.startswith("With base 100 instead of 10 000, base over size shrinks <b>99.8-fold</b>")
    assert "1 of 2 numbers stay the same." in text
    assert "<b>holds on the left and fails on the right</b>." in text


def test_the_sentence_says_when_there_is_nothing_to_tell() -> None:
    assert "at the same setting" in said(pair("rope", "rope"), {"a": 1.0}, {"a": 1.0})
    assert "measure different things" in said(pair(), {"a": 1.0}, {"b": 1.0})
    assert "all 1 numbers are the same" in said(pair(), {"a": 1.0}, {"a": 1.0})


def test_every_entry_has_pairs_worth_a_look_that_lead_somewhere() -> None:
    for entry in reader.entries().values():
        pairs = list(suggestions(entry))
        assert pairs, entry.slug
        for one in pairs:
            place = permalink.read(one.query)
            assert (place.entry, place.problems) == (entry.slug, ())
            assert place.beside in reader.entries()
