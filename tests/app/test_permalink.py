"""Addresses: read without ever raising, written so that they read the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import permalink
from glossary import reader

SLUG = next(iter(reader.entries()))


def test_an_address_keeps_its_values() -> None:
    query = permalink.write(SLUG, {"sentence": "Ada & Ben = 100 % <b>", "seed": "3"})
    place = permalink.read(query)
    assert place.entry == SLUG
    assert place.values == {"sentence": "Ada & Ben = 100 % <b>", "seed": "3"}
    assert place.problems == ()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?entry=softmaxx", "entry: there is no entry “softmaxx”"),
        ("?entry=", "entry: there is no entry “”"),
        ("?chapter=none", "chapter: there is no chapter “none”"),
        ("?seed=3", "seed: this page has no such parameter"),
    ],
)
def test_what_leads_nowhere_is_named(query: str, named: str) -> None:
    place = permalink.read(query)
    assert place.entry is None
    assert place.problems[0].startswith(named)


def test_a_misspelt_entry_is_answered_with_its_neighbours() -> None:
    assert SLUG in permalink.read(f"?entry={SLUG}x").problems[0]


def test_home_is_the_empty_address() -> None:
    assert permalink.read("") == permalink.Place() == permalink.read("?__theme=dark")


@given(st.text(max_size=200))
def test_no_address_raises(query: str) -> None:
    permalink.read(query)


@given(st.dictionaries(st.sampled_from(["sentence", "seed", "form"]), st.text(min_size=1, max_size=50), max_size=3))
def test_every_value_survives_the_address(values: dict[str, str]) -> None:
    readable = {name: text for name, text in values.items() if text.isprintable()}
    assert dict(permalink.read(permalink.write(SLUG, readable)).values) == readable


def test_a_long_sentence_of_any_script_survives_its_address() -> None:
    for sentence in ("注意力" * 300, "🦜" * 2000, "a" * 2000):
        query = permalink.write("attention-weights", {"sentence": sentence, "layer": "3", "head": "5"})
        place = permalink.read(query)
        assert place.values == {"sentence": sentence, "layer": "3", "head": "5"}
        assert place.problems == ()


def test_what_an_address_cannot_hold_is_named() -> None:
    place = permalink.read(permalink.write("softmax", {"logits": "1," * 6000, "shift": "3"}))
    assert place.entry == "softmax"
    assert place.problems == ("logits: left out, an address takes 8000 characters",)
