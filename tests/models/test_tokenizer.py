from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.data import words
from models.data.tiny_world import KINDS, questions
from models.tokenization import tokenizer
from models.tokenization.tokenizer import END, SPECIALS, VOCABULARY, cut_notice, decode, encode, ids_of, labels, pieces

AWKWARD = [
    "Ada",
    " Ada",
    "  Ada ",
    "😀👩‍👩‍👧",
    "שלום עולם",
    "<b>&amp;</b>",
    "a\r\n\tb",
    "\x00\x1b",
    "é\u0301",
    "<|end|> Ada",
    "Ada<|user|>",
]
FACT = "Ada lives in Lund . Ben lives in Oslo . Ada lives in"


@given(st.text(min_size=1) | st.sampled_from(AWKWARD))
def test_any_text_comes_back_exactly(text: str) -> None:
    assert decode(encode(text).ids) == text
    assert len(pieces(ids_of(text))) == len(ids_of(text))


@given(st.text(min_size=1, max_size=60) | st.sampled_from(AWKWARD), st.integers(1, 20))
def test_a_long_text_is_cut_after_a_whole_character(text: str, limit: int) -> None:
    ids, _, cut_at = encode(text, limit)
    assert len(ids) <= limit
    assert (cut_at is None) == (len(ids_of(text)) <= limit)
    if cut_at is not None:
        assert decode(ids) == text[:cut_at]


def test_the_cut_is_told_in_words() -> None:
    encoded = encode(FACT, 5)
    assert encoded.pieces == ["Ada", "lives", "in", "Lund", "."]
    assert (
        cut_notice(FACT, encoded.cut_at or 0, "prompt")
        == "prompt: only the first 19 of 52 characters are read (5 of 13 words)"
    )


@pytest.mark.parametrize(("text", "complaint"), [("", "at least one character"), ("a\ud800", "surrogate")])
def test_what_cannot_be_encoded_names_its_field(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"prompt: .*{complaint}"):
        encode(text, field="prompt")


def test_a_sentence_reads_word_by_word() -> None:
    assert encode(FACT).pieces == FACT.split()


def test_every_word_of_the_lists_is_one_token() -> None:
    lists = (words.RESIDENTS, words.GUESTS, words.CITIES, words.RIVERS, words.LANDS, words.JOBS, words.ANIMALS)
    lists += (words.OBJECTS, words.PLACES, words.COLOURS, words.NONCE, words.DIGITS, *words.OPPOSITES, *words.SYNONYMS)
    assert [word for listed in lists for word in listed if len(ids_of(word)) != 1] == []


def test_nearly_every_word_of_any_kind_is_one_token() -> None:
    said = {word for kind in KINDS for sample in questions(kind, 200, 0) for word in sample.text.split()}
    plain = [word for word in said if word.isalpha()]
    assert sum(len(ids_of(word)) == 1 for word in plain) / len(plain) > 0.99


def test_special_tokens_have_the_ids_they_are_named_by() -> None:
    assert [tokenizer.tokenizer().token_to_id(name) for name in SPECIALS] == list(range(len(SPECIALS)))
    assert ids_of("<|end|>") == [END]
    assert labels()[: len(SPECIALS)] == SPECIALS


def test_the_vocabulary_holds_every_byte_and_a_label_for_each_token() -> None:
    assert len(labels()) == len(tokenizer.token_bytes()) == VOCABULARY
    assert max(map(len, tokenizer.token_bytes())) <= tokenizer.LONGEST
    assert {bytes([byte]) for byte in range(256)} <= set(tokenizer.token_bytes())
    assert all(label.isprintable() and label for label in labels())


def test_labels_show_what_cannot_be_seen() -> None:
    assert pieces(ids_of("47 \n😀"))[:4] == ["4", "·7", "␣", "↵"]
    assert pieces(ids_of("😀"))[-1] == "⟨80⟩"


def test_a_missing_file_names_the_command_that_makes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tokenizer, "FILE", tmp_path / "tokenizer.json")
    tokenizer.tokenizer.cache_clear()
    with pytest.raises(tokenizer.TokenizerError, match=r"python -m models\.training\.tokenizer"):
        tokenizer.tokenizer()
    monkeypatch.undo()
    tokenizer.tokenizer.cache_clear()
    assert ids_of("Ada")
