"""BPE, WordPiece and Unigram on words whose stem and ending are known: do they cut where the ending begins?"""

import math
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Literal, NamedTuple

from pydantic import Field

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from models.data.corpus import documents
from models.data.dice import Dice
from models.data.planted_borders import Parts, Word, borders
from models.data.planted_borders import words as planted_words
from models.tokenization import byte_pair_encoding as bpe
from models.tokenization import unigram, word_piece
from models.tokenization.border_score import f1, f1_at_random
from models.tokenization.byte_pair_encoding import Pieces
from models.tokenization.pre_tokenization import words

TEXT = "unhappily, she answers: jumpers, jumping 🙂"
LANGUAGES, SHOWN, DOCUMENTS, OWN_SIZE, LONGEST = 5, 6, 60, 160, 60
METHODS = "BPE", "WordPiece", "Unigram"
MOST_ROUNDS = 4

UnigramCut = Literal["own pieces, most probable", "own pieces, longest match", "BPE's pieces, most probable"]
Encode = Callable[[str], Pieces]


class PlantedBordersControls(Controls):
    size: int = Field(80, ge=40, le=200, multiple_of=20, title="Vocabulary size", description="Tokens of each method")
    parts: Parts = Field("planted", title="Stems and endings")
    unigram_cut: UnigramCut = Field("own pieces, most probable", title="Unigram cuts with")
    text: Sentence = Field(TEXT, title="Your text", description=f"Up to {LONGEST} characters")


class Method(NamedTuple):
    """One way to cut, measured on words that it did not learn from."""

    f1: float
    at_random: float  # F1 of equally many cuts per word at random places
    pieces: float  # per word


class PlantedBordersResult(NamedTuple):
    controls: PlantedBordersControls
    methods: dict[str, Method]  # means over the languages
    shown: dict[str, list[tuple[str, Pieces]]]  # “planted” or method → words in pieces, of the first language
    own: dict[str, list[str]]  # method → the visitor's text in pieces learned from the tiny world
    notices: tuple[str, ...]


def encoders(counts: dict[str, int], size: int, unigram_cut: UnigramCut) -> dict[str, Encode]:
    """The three methods, each learned from words with these counts."""
    alphabet = sorted({letter for word in counts for letter in word})
    merges = [merge.pair for merge in bpe.learned(counts, size - len(alphabet))]
    rank, pieces = bpe.ranks(merges), set(word_piece.learned(counts, size))
    log_p = unigram.learned(counts, size)
    if unigram_cut == "BPE's pieces, most probable":
        log_p = probabilities(counts, bpe.vocabulary(alphabet, merges))
    longest = unigram_cut == "own pieces, longest match"
    return {
        "BPE": lambda word: bpe.encode(word, rank),
        "WordPiece": lambda word: word_piece.encode(word, pieces),
        "Unigram": lambda word: word_piece.longest_match(word, log_p) if longest else unigram.encode(word, log_p),
    }


def probabilities(counts: dict[str, int], pieces: list[str]) -> dict[str, float]:
    """log p of given pieces, by expectation maximisation from equal probabilities."""
    log_p = dict.fromkeys(pieces, -math.log(len(pieces)))
    for _ in range(MOST_ROUNDS):
        better = unigram.improved(counts, log_p)
        floor = min(better.values()) - 1
        log_p = {piece: better.get(piece, floor) for piece in pieces}
    return log_p


def unmarked(pieces: Pieces) -> Pieces:
    return tuple(piece.removeprefix(word_piece.CONTINUES) for piece in pieces)


class Language(NamedTuple):
    held_out: list[Word]
    cuts: dict[str, list[Pieces]]  # method → the held-out words in pieces


@memo
def language(seed: int, parts: Parts, size: int, unigram_cut: UnigramCut) -> Language:
    """One made-up language, its held-out words cut by each method."""
    found = planted_words(seed, parts)
    ways = encoders(found.counts, size, unigram_cut)
    return Language(
        found.held_out,
        {name: [unmarked(encode(word.text)) for word in found.held_out] for name, encode in ways.items()},
    )


def measured(given: Language, method: str) -> Method:
    cuts, own = given.cuts[method], [borders(pieces) for pieces in given.cuts[method]]
    return Method(
        f1(own, [word.border for word in given.held_out]),
        f1_at_random(own, [len(word.text) for word in given.held_out]),
        sum(map(len, cuts)) / len(cuts),
    )


@memo
def world_encoders(seed: int) -> dict[str, Encode]:
    """The three methods, learned from text of the tiny world."""
    texts = islice(documents("base", seed), DOCUMENTS)
    counts = Counter(word.strip() for text in texts for word in words(text) if word.strip().isalpha())
    return encoders(dict(counts), OWN_SIZE, "own pieces, most probable")


def run(controls: PlantedBordersControls, device: str) -> PlantedBordersResult:
    c = controls
    spoken = [language(LANGUAGES * c.seed + n, c.parts, c.size, c.unigram_cut) for n in range(LANGUAGES)]
    methods = {}
    for name in METHODS:
        each = [measured(one, name) for one in spoken]
        methods[name] = Method(*(sum(values) / LANGUAGES for values in zip(*each)))
    first = spoken[0]
    chosen = Dice(f"shown words {c.seed}").some(range(len(first.held_out)), SHOWN)
    shown = {"planted": [_parted(first.held_out[at]) for at in chosen]} | {
        name: [(first.held_out[at].text, first.cuts[name][at]) for at in chosen] for name in METHODS
    }
    typed = [word.strip() for word in words(c.text[:LONGEST]) if word.strip()]
    own = {name: [piece for word in typed for piece in encode(word)] for name, encode in world_encoders(c.seed).items()}
    cut_off = len(c.text) > LONGEST
    return PlantedBordersResult(
        c, methods, shown, own, (f"text: only the first {LONGEST} characters are read",) if cut_off else ()
    )


def _parted(word: Word) -> tuple[str, Pieces]:
    return word.text, (word.text[: word.border], word.text[word.border :])


def measure(result: PlantedBordersResult) -> Measurements:
    pairs, word_piece_, unigram_ = (result.methods[name] for name in METHODS)
    return {
        "tokens_in_the_vocabulary": result.controls.size,
        "bpe_f1": pairs.f1,
        "word_piece_f1": word_piece_.f1,
        "unigram_f1": unigram_.f1,
        "random_f1": max(method.at_random for method in result.methods.values()),
        "smallest_gain_over_random": min(method.f1 - method.at_random for method in result.methods.values()),
        "unigram_less_bpe_f1": unigram_.f1 - pairs.f1,
        "bpe_pieces": pairs.pieces,
        "word_piece_pieces": word_piece_.pieces,
        "unigram_pieces": unigram_.pieces,
        "unknown_words": result.own["WordPiece"].count(word_piece.UNKNOWN),
    }
