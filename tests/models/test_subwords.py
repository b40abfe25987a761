"""Byte pair encoding, WordPiece, Unigram and the borders of words: values worked out by hand, and what must hold."""

import itertools
import math
import random
from collections import Counter

import pytest

from models.tokenization import byte_pair_encoding as bpe
from models.tokenization import unigram, word_piece
from models.tokenization.cuts import characters, subwords, whole_words, word_counts
from models.tokenization.pre_tokenization import byte_letters, letters_shown, words

PAPER = {"low": 5, "lower": 2, "newest": 6, "widest": 3}


def some_words(seed: int, alphabet: str = "abcde", count: int = 120) -> Counter[str]:
    draws = random.Random(seed)
    return Counter("".join(draws.choice(alphabet) for _ in range(draws.randint(1, 8))) for _ in range(count))


def test_pairs_are_counted_as_often_as_their_words():
    counts = bpe.pair_counts({("a", "b", "a"): 2, ("a", "b"): 3})
    assert counts == {("a", "b"): 5, ("b", "a"): 2}


def test_the_first_merges_of_the_papers_words():
    merges = bpe.learned(PAPER, 4)
    assert [(merge.symbol, merge.count) for merge in merges] == [("es", 9), ("est", 9), ("lo", 7), ("low", 7)]


def test_a_pair_is_merged_from_left_to_right():
    assert bpe.merged(tuple("aaaab"), ("a", "a")) == ("aa", "aa", "b")
    assert bpe.merged(tuple("aaa"), ("a", "a")) == ("aa", "a")


@pytest.mark.parametrize("seed", range(3))
def test_corrected_counts_are_those_counted_anew(seed: int):
    for step, after in itertools.islice(itertools.pairwise(bpe.training(some_words(seed, "ab"))), 30):
        assert after.counts == bpe.pair_counts(step.words)
        assert step.merge.count == max(step.counts.values())


@pytest.mark.parametrize("ties", [bpe.first_numbers, bpe.last_numbers])
def test_encoding_by_merge_order_gives_what_training_left(ties: bpe.Ties):
    counts = some_words(5)
    *_, last = itertools.islice(bpe.training(counts, ties), 40)
    rank = bpe.ranks([merge.pair for merge in bpe.learned(counts, 40, ties)])
    assert all(bpe.encode("".join(pieces), rank) == pieces for pieces in last.words)


def test_the_longest_match_cuts_some_words_otherwise():
    merges = [("b", "c"), ("a", "b")]
    assert bpe.encode("abc", bpe.ranks(merges)) == ("a", "bc")
    assert word_piece.longest_match("abc", {"bc", "ab"}) == ("ab", "c")


def test_training_ends_when_every_word_is_one_symbol():
    *_, last = bpe.training(PAPER)
    assert set(last.words) == {(word,) for word in PAPER}


def test_word_piece_takes_the_longest_beginning_or_gives_up_the_whole_word():
    vocabulary = {"un", "##aff", "##able", "##a", "u"}
    assert word_piece.encode("unaffable", vocabulary) == ("un", "##aff", "##able")
    assert word_piece.encode("unaffablex", vocabulary) == (word_piece.UNKNOWN,)


def test_word_piece_prefers_a_pair_that_stands_together_more_than_by_chance():
    words = {("q", "##u"): 3, ("e", "##e"): 4, ("e", "##x"): 8, ("y", "##e"): 8}
    pairs, pieces = bpe.pair_counts(words), word_piece.piece_counts(words)
    assert word_piece.score(("q", "##u"), pairs, pieces) == 1 / 3
    gain = {pair: word_piece.likelihood_gain(pair, pairs, pieces) for pair in pairs}
    assert gain["q", "##u"] == pytest.approx(3 * math.log(46 / 3))
    assert gain["q", "##u"] > gain["e", "##e"]


def test_every_piece_of_word_piece_is_spelt_from_others():
    found = word_piece.learned(some_words(2), 60)
    assert len(found) == len(set(found)) <= 60
    assert all(word_piece.UNKNOWN not in word_piece.encode(word, found) for word in some_words(2))


LOG_P = {piece: math.log(p) for piece, p in {"a": 0.3, "b": 0.2, "ab": 0.3, "ba": 0.1, "aba": 0.1}.items()}


def ways(word: str, vocabulary: dict[str, float]) -> list[tuple[str, ...]]:
    """Every way to cut a word, by trying them all."""
    if not word:
        return [()]
    return [
        (word[:end], *rest)
        for end in range(1, len(word) + 1)
        if word[:end] in vocabulary
        for rest in ways(word[end:], vocabulary)
    ]


@pytest.mark.parametrize("word", ["a", "ab", "aba", "abab", "bbaba"])
def test_unigram_finds_the_most_probable_of_all_ways_and_their_expected_pieces(word: str):
    every = {cut: math.exp(unigram.log_probability(cut, LOG_P)) for cut in ways(word, LOG_P)}
    assert unigram.encode(word, LOG_P) == max(every, key=lambda cut: every[cut])
    counts, log_total = unigram.expected_counts(word, LOG_P)
    total = sum(every.values())
    assert log_total == pytest.approx(math.log(total))
    for piece in LOG_P:
        expected = sum(p * cut.count(piece) for cut, p in every.items()) / total
        assert counts.get(piece, 0.0) == pytest.approx(expected)


def test_an_improvement_never_makes_the_text_less_probable():
    counts, log_p = some_words(3), unigram.learned(some_words(3), 60)
    total = lambda given: sum(count * unigram.expected_counts(word, given)[1] for word, count in counts.items())
    before = total(log_p)
    for _ in range(3):
        log_p = unigram.improved(counts, log_p)
        after = total(log_p)
        assert after >= before - 1e-6
        before = after
    assert sum(map(math.exp, log_p.values())) == pytest.approx(1)


def test_unigram_keeps_every_character():
    counts = some_words(4)
    log_p = unigram.learned(counts, 40)
    assert len(log_p) == 40
    assert set("".join(counts)) <= set(log_p)
    assert unigram.encode("aXb", log_p)[1] == "X"


def test_words_are_cut_as_gpt_2_cuts_them():
    assert words("it's  12 cats, don't!") == ["it", "'s", " ", " 12", " cats", ",", " don", "'t", "!"]
    assert words("a 2047", "one by one") == ["a", " 2", "0", "4", "7"]
    assert words("a\n b") == ["a", "\n", " b"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "a  b ", "Zoë’s 🙂👩‍👧 १२३", "'s 's"])
def test_no_character_is_lost(text: str):
    assert "".join(words(text)) == text == "".join(words(text, "one by one"))
    assert letters_shown(byte_letters(text)) == text


def test_cuts_of_one_text():
    counts = word_counts(["say goat goat tower", "say goat"])
    alphabet = " abcdefghijklmnopqrstuvwxyz"
    text = "say goat boat"
    assert characters(alphabet).pieces(text) == list(" " + text)
    assert whole_words(alphabet, counts).pieces(text) == [" say", " goat", " ", "b", "o", "a", "t"]
    cut = subwords(alphabet, counts, 34)
    assert cut.pieces(text)[-4:] != list("boat")
    assert cut.text(cut.ids(text)) == text
    with pytest.raises(KeyError):
        cut.ids("É")
