"""The check of terms finds what the table names, wherever it stands, and nothing inside other words."""

import pytest

from tests.terms import PLACES, TABLE, files, found, terms

TERMS = terms(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "say"),
    [
        ("a loss of 2 nats a token", "per token, per number, per head"),
        ("two\nnats a\ntoken", "per token, per number, per head"),
        ("mean_forecast_change", "predict, prediction"),
        ("The likeness of two", "similarity"),
        ("Chosen By Lot.", "at random"),
    ],
)
def test_a_word_is_found_with_its_term(text: str, say: str) -> None:
    assert [one[2] for one in found(text, TERMS)] == [say]


@pytest.mark.parametrize("text", ["nats per token", "uprightness", "prediction", "a lot", "unlikeness"])
def test_other_words_are_left_alone(text: str) -> None:
    assert list(found(text, TERMS)) == []


def test_the_line_is_counted() -> None:
    assert [line for line, *_ in found("one\ntwo\nby lot\n", TERMS)] == [3]


def test_every_row_has_a_term_and_words_that_it_replaces() -> None:
    assert len(TERMS) > 15
    assert all(term.say and all(term.instead_of) for term in TERMS)
    assert not [term for term in TERMS if list(found(term.say, TERMS))]


def test_words_code_and_page_are_looked_into() -> None:
    assert {".md", ".py", ".toml", ".js"} == {path.suffix for path in files(PLACES)}
