"""Words that the tokenizer has whole, and what becomes of the others."""

from models.tokenization.vocabulary import folded, in_pieces, known_words


def test_known_words_are_whole_words() -> None:
    words = known_words()
    assert {"Ada", "lives", "dog"} <= set(words)
    assert len(words) == len(set(words)) > 200
    assert in_pieces(" ".join(words)) == {}


def test_case_is_folded_to_the_known_word_and_nothing_else_changes() -> None:
    assert folded("ada LIVES in lund .") == "Ada lives in Lund ."
    assert folded("Xyzzy 12, 注意力!") == "Xyzzy 12, 注意力!"


def test_a_word_that_falls_to_pieces_is_named_with_them() -> None:
    found = in_pieces("Ada sees zebras")
    assert list(found) == ["zebras"]
    assert len(found["zebras"]) > 1
