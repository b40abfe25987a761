"""Byte pair encoding learned on a text, one merge after another; and how far its merges carry to other words."""

from collections import Counter
from itertools import islice
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from models.data.corpus import documents
from models.data.dice import Dice
from models.tokenization import byte_pair_encoding as bpe
from models.tokenization.byte_pair_encoding import Pair, Pieces, Step
from models.tokenization.pre_tokenization import byte_letters, words
from models.tokenization.word_piece import longest_match

TEXT = (
    "she sells sea shells by the sea shore. the shells she sells are sea shells for sure. "
    "so if she sells shells on the sea shore, the shells are sea shore shells."
)
SHOWN_WORDS, PAIRS = 12, 8
DOCUMENTS, SAMPLE = 300, 300
"""Of the tiny world's text: documents that are read, and words of others that are cut."""
MOST, MOST_OF_WORLD, EVERY = 60, 200, 10
"""Merges of the visitor's text, and of the tiny world's, measured after every tenth."""


class MergesControls(Controls):
    text: Sentence = Field(TEXT, title="Your text", description="Any script; the merges are learned from it")
    merges: int = Field(12, ge=1, le=MOST, title="Merges")
    symbols: Literal["characters", "bytes"] = Field(
        "characters", title="Symbols at the start", description="The characters of the text, or its bytes in UTF-8"
    )
    encoding: Literal["merge order", "longest match"] = Field("merge order", title="Words are encoded by")
    ties: Literal["first symbols", "last symbols"] = Field(
        "first symbols", title="Of equally frequent pairs", description="Which one is merged", json_schema_extra=MORE
    )
    learned_from: Literal["words", "words with shuffled letters"] = Field(
        "words", title="Merges for held-out words come from", json_schema_extra=MORE
    )


class Learned(NamedTuple):
    """How the words of a text were merged."""

    steps: tuple[Step, ...]
    counts: dict[str, int]  # word in symbols → how often it stands in the text
    whole: int  # the merge that made the first whole word of two letters or more; 0 if none did


class HeldOut(NamedTuple):
    """Tokens per word after 0, EVERY, … MOST_OF_WORLD merges learned of other text of the same language."""

    text: Tensor  # (points,) words of other documents
    shuffled: Tensor  # (points,) the same, each with its letters in random order
    new: Tensor  # (points,) words that stand nowhere in the training text
    otherwise: dict[str, tuple[Pieces, Pieces]]  # training words not cut as training left them: left, encoded
    trained: int  # how many different words the training text has


class MergesResult(NamedTuple):
    controls: MergesControls
    learned: Learned
    own: float  # tokens per word of the text itself
    held_out: HeldOut
    notices: tuple[str, ...]


TIES = {"first symbols": bpe.first_numbers, "last symbols": bpe.last_numbers}


def in_symbols(word: str, symbols: str) -> str:
    return byte_letters(word) if symbols == "bytes" else word


@memo
def learned(text: str, symbols: str, merges: int, ties: str) -> Learned:
    """Merges of the words that a text has, fewer than ``merges`` where all are whole before that."""
    counts = dict(Counter(in_symbols(word, symbols) for word in words(text)))
    steps = tuple(islice(bpe.training(counts, TIES[ties]), merges))
    whole = next((at for at, step in enumerate(steps, 1) if step.merge.symbol in counts), 0)
    return Learned(steps, counts, whole)


def spaced_words(seed: int) -> Counter[str]:
    """Words of documents of the tiny world, with how often they stand there."""
    texts = islice(documents("base", seed), DOCUMENTS)
    return Counter(f" {word}" for text in texts for word in text.split() if word.isalpha())


def shuffled_letters(word: str, dice: Dice) -> str:
    """A word with its letters in random order; the space in front stays."""
    return " " + "".join(dice.some(word[1:], len(word) - 1))


def cut(word: str, merges: list[Pair], encoding: str) -> Pieces:
    """A word in pieces, by the merges in their order or by the longest piece that fits."""
    if encoding == "longest match":
        return longest_match(word, set(map("".join, merges)))
    return bpe.encode(word, bpe.ranks(merges))


def tokens_per_word(group: list[str], merges: list[Pair], encoding: str) -> Tensor:
    """(points,) after 0, EVERY, … merges."""
    found = []
    for count in range(0, len(merges) + 1, EVERY):
        once = {word: len(cut(word, merges[:count], encoding)) for word in set(group)}
        found.append(sum(once[word] for word in group) / len(group))
    return torch.tensor(found)


@memo
def held_out(seed: int, learned_from: str, ties: str, encoding: str) -> HeldOut:
    dice, trained = Dice(f"merges {seed}"), spaced_words(seed)
    aside = dice.some(sorted(word for word in trained if len(word) > 3), len(trained) // 4)
    counts = {word: count for word, count in trained.items() if word not in aside}
    other = [word for word in spaced_words(seed + 1).elements() if word in counts]
    text = dice.some(other, SAMPLE)
    mixed = [shuffled_letters(word, dice) for word in text]
    if learned_from != "words":
        counts = dict(Counter(shuffled_letters(word, dice) for word in Counter(counts).elements()))
    steps = list(islice(bpe.training(counts, TIES[ties]), MOST_OF_WORLD))
    merges = [step.merge.pair for step in steps]
    left = {"".join(pieces): pieces for pieces in steps[-1].words}
    encoded = {word: cut(word, merges, encoding) for word in left}
    on_text, on_mixed, on_new = (tokens_per_word(group, merges, encoding) for group in (text, mixed, aside))
    return HeldOut(
        on_text,
        on_mixed,
        on_new,
        {word: (left[word], pieces) for word, pieces in encoded.items() if pieces != left[word]},
        len(left),
    )


def run(controls: MergesControls, device: str) -> MergesResult:
    c = controls
    found = learned(c.text, c.symbols, c.merges, c.ties)
    merges = [step.merge.pair for step in found.steps]
    encoded = {word: cut(word, merges, c.encoding) for word in found.counts}
    total = sum(found.counts.values())
    stopped = len(found.steps) < c.merges
    return MergesResult(
        c,
        found,
        sum(len(encoded[word]) * count for word, count in found.counts.items()) / total,
        held_out(c.seed, c.learned_from, c.ties, c.encoding),
        (f"merges: after {len(found.steps)} every word of this text is one token",) if stopped else (),
    )


def measure(result: MergesResult) -> Measurements:
    world = result.held_out
    return {
        "tokens_per_word": result.own,
        "merges_done": len(result.learned.steps),
        "first_whole_word_merge": result.learned.whole or float("nan"),
        "other_text_tokens_per_word": world.text[-1].item(),
        "shuffled_tokens_per_word": world.shuffled[-1].item(),
        "new_words_tokens_per_word": world.new[-1].item(),
        "tokens_per_word_saved": (world.shuffled[-1] - world.text[-1]).item(),
        "words_cut_otherwise": len(world.otherwise) / world.trained,
    }
