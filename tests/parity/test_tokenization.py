"""The textbook tokenisers equal the tokenizers library and tiktoken: merges, vocabularies, borders of words."""

import itertools
import json
import random
from collections import Counter

import pytest
import tiktoken
import tokenizers

from models.tokenization import byte_pair_encoding as bpe
from models.tokenization import unigram, word_piece
from models.tokenization.pre_tokenization import byte_letters, words
from models.tokenization.tokenizer import byte_alphabet
from tests.parity.byte_pairs import strings

pytestmark = pytest.mark.parity

GPT_2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def some_words(seed: int, alphabet: str, longest: int = 9, count: int = 150) -> Counter[str]:
    draws = random.Random(seed)
    return Counter("".join(draws.choice(alphabet) for _ in range(draws.randint(1, longest))) for _ in range(count))


def trained(counts: Counter[str], merges: int):
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    size = len(set("".join(counts))) + merges
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size, show_progress=False, min_frequency=0)
    made.train_from_iterator([" ".join(counts.elements())], trainer)
    return made, [tuple(pair) for pair in json.loads(made.to_str())["model"]["merges"]]


@pytest.mark.parametrize(("seed", "alphabet"), [(0, "abc"), (1, "ab"), (2, "abcdefgh"), (3, "aábç字🙂")])
def test_merges_and_cuts_equal_the_librarys(seed: int, alphabet: str):
    counts = some_words(seed, alphabet)
    made, merges = trained(counts, 53)
    own = [merge.pair for merge in bpe.learned(counts, len(merges))]
    assert own == merges
    rank = bpe.ranks(own)
    others = some_words(seed + 10, alphabet, longest=14)
    assert all(made.encode(word).tokens == list(bpe.encode(word, rank)) for word in others)


def test_another_rule_for_ties_is_caught():
    counts = some_words(0, "abc")
    _, merges = trained(counts, 53)
    assert [merge.pair for merge in bpe.learned(counts, len(merges), bpe.last_numbers)] != merges


def test_cuts_by_the_longest_match_are_caught():
    counts = some_words(2, "abcdefgh")
    made, merges = trained(counts, 53)
    pieces = set(map("".join, merges))
    others = some_words(12, "abcdefgh", longest=14)
    assert any(made.encode(word).tokens != list(word_piece.longest_match(word, pieces)) for word in others)


@pytest.mark.parametrize("seed", range(3))
def test_word_piece_and_unigram_cut_as_the_library_does(seed: int):
    counts, others = some_words(seed, "abcdef"), [*some_words(seed + 20, "abcdef", 14), "axb", "z"]
    pieces = word_piece.learned(counts, 61)
    numbered = {piece: at for at, piece in enumerate([word_piece.UNKNOWN, *pieces])}
    made = tokenizers.Tokenizer(tokenizers.models.WordPiece(numbered, unk_token=word_piece.UNKNOWN))
    assert all(made.encode(word).tokens == list(word_piece.encode(word, set(pieces))) for word in others)

    log_p = unigram.learned(counts, 61)
    made = tokenizers.Tokenizer(tokenizers.models.Unigram([("<unk>", -100.0), *log_p.items()], unk_id=0))
    cuts = {word: made.encode(word).tokens for word in others}
    assert all(cuts[word] == list(unigram.encode(word, log_p)) for word in others)
    reversed_order = {piece: -20 - value for piece, value in log_p.items()}
    assert any(cuts[word] != list(unigram.encode(word, reversed_order)) for word in others)


def test_borders_of_words_equal_gpt_2s():
    cut = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    for text in strings(1500, 3):
        assert [part for part, _ in cut.pre_tokenize_str(text)] == [byte_letters(word) for word in words(text)]


def test_digits_apart_equal_the_librarys_with_one_digit_in_the_pattern():
    parts = tokenizers.pre_tokenizers
    one_digit = tokenizers.Regex(GPT_2.replace(r"\p{N}+", r"\p{N}"))
    cut = parts.Sequence([parts.Split(one_digit, "isolated"), parts.ByteLevel(add_prefix_space=False, use_regex=False)])
    for text in strings(1500, 5):
        found = [part for part, _ in cut.pre_tokenize_str(text)]
        assert found == [byte_letters(word) for word in words(text, "one by one")]


def test_tiktoken_cuts_and_learns_the_same_on_bytes():
    texts = strings(60, 8)
    counts = Counter(byte_letters(word) for text in texts for word in words(text))
    merges = [merge.pair for merge in bpe.learned(counts, 211)]
    number = {letter: byte for byte, letter in byte_alphabet().items()}
    as_bytes = lambda symbol: bytes(number[letter] for letter in symbol)
    ids = {as_bytes(symbol): at for at, symbol in enumerate(bpe.vocabulary(list(number), merges))}
    theirs = tiktoken.Encoding("own", pat_str=GPT_2, mergeable_ranks=ids, special_tokens={})
    rank = bpe.ranks(merges)
    for text in strings(300, 9):
        own = [ids[as_bytes(piece)] for word in words(text) for piece in bpe.encode(byte_letters(word), rank)]
        assert theirs.encode(text) == own


def test_tiktokens_educational_training_merges_the_same_where_no_counts_are_equal():
    from tiktoken._educational import bpe_train

    text = "".join(count * f" {word}" for word, count in some_words(4, "abcd", count=400).items())
    untied = itertools.takewhile(
        lambda step: Counter(step.counts.values())[step.merge.count] == 1, bpe.training(Counter(words(text)))
    )
    own = [step.merge.symbol for step in untied]
    assert len(own) >= 5
    theirs = bpe_train(text, 256 + len(own), GPT_2, visualise=None)
    assert [symbol.decode() for symbol in sorted(theirs, key=theirs.get)[256:]] == own
