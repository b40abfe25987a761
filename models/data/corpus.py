"""Endless mixed text of the tiny world, and the same as packed token ids."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np

from models.data.dice import Dice
from models.data.sample import Sample, plain
from models.data.tiny_world import KINDS, Split, draw, questions, world
from models.tokenization import tokenizer

__all__ = ["EVERY_KIND", "MIXTURES", "Options", "documents", "encoded", "padded", "questions", "tokens"]

Mixture = Mapping[str, float]  # kind -> share of the tokens; shares need not add up to one
Options = Mapping[str, Mapping[str, Any]]  # kind -> options of its function

SHARD = 1 << 18  # tokens drawn from one seed; a corpus is the same with any number of processes
BATCH = 512  # documents tokenised at once

EVERY_KIND: Mixture = dict.fromkeys(KINDS, 1.0)

MIXTURES: dict[str, Mixture] = {
    "every": EVERY_KIND,
    "base": {
        "told": 14, "asked": 5, "unknown": 1, "note": 3, "context_facts": 8, "mapping": 6, "relations": 5, "hops": 3,
        "repeats": 10, "moves": 8, "pronouns": 3, "stories": 5, "agreement": 2, "roles": 2, "homonyms": 2,
        "paraphrases": 2, "counting": 3, "sums": 3, "steps": 5, "lists": 5, "translation": 3, "needles": 4,
        "sentiment": 1, "topics": 1,
    },
    "recall": {
        "told": 20, "asked": 8, "unknown": 1, "note": 5, "context_facts": 16, "mapping": 6, "relations": 3,
        "repeats": 12, "moves": 10, "pronouns": 3, "stories": 4, "counting": 2, "sums": 2, "lists": 4, "needles": 4,
    },
    "induction": {"repeats": 50, "context_facts": 25, "mapping": 25},
    "sums": {"sums": 100},
    "steps": {"steps": 100},
    "chat": {"chat": 55, "tools": 30, "react": 15},
    "mappings": {"mapping": 100},
    "chance": {"walks": 30, "crowd": 20, "trades": 20, "hiring": 20, "told": 10},
}  # fmt: skip


class Question(NamedTuple):
    ids: np.ndarray  # (T,) int64, the end-of-text token first
    answers: list[slice]  # for each answer of the sample its token positions in ids
    sample: Sample


def documents(
    mixture: Mixture | str, seed: int, *, world_seed: int = 0, options: Options | None = None, split: Split = "train"
) -> Iterator[str]:
    """Plain texts without end, each of a kind drawn so that tokens come in the mixture's shares."""
    return map(plain, marked_documents(named(mixture), Dice(f"corpus {seed}"), world_seed, options or {}, split))


def marked_documents(mixture: Mixture, dice: Dice, world_seed: int, options: Options, split: Split) -> Iterator[str]:
    chosen = {kind: dict(options.get(kind, {})) for kind in mixture}
    makers = [partial(draw, kind, dice, split, world(world_seed), **extra) for kind, extra in chosen.items()]
    words = [mean_words(kind, world_seed, split, tuple(extra.items())) for kind, extra in chosen.items()]
    limits = list(itertools.accumulate(mixture[kind] / mean for kind, mean in zip(mixture, words, strict=True)))
    while True:
        yield dice.choices(makers, cum_weights=limits)[0]()


@lru_cache(maxsize=256)
def mean_words(kind: str, world_seed: int, split: Split, extra: tuple[tuple[str, Any], ...]) -> float:
    """Mean length of a kind's documents, by which a share of tokens becomes a share of documents."""
    dice, count = Dice("mean length"), 64
    texts = (draw(kind, dice, split, world(world_seed), **dict(extra)) for _ in range(count))
    return sum(text.count(" ") + 2 for text in texts) / count


class WordIds(dict[str, list[int]]):
    """Token ids of what stands between two spaces, each looked up once: no token crosses a space."""

    def __missing__(self, word: str) -> list[int]:
        self[word] = ids = tokenizer.tokenizer().encode(f" {word}", add_special_tokens=False).ids
        return ids


WORD_IDS = WordIds()


def named(mixture: Mixture | str) -> Mixture:
    """The mixture itself, or the one of that name."""
    return MIXTURES[mixture] if isinstance(mixture, str) else mixture


def packed_ids(marked: list[str]) -> list[int]:
    """Ids of marked texts, each followed by the end-of-text token."""
    end = tokenizer.SPECIALS[tokenizer.END]
    text = plain(f"{end} ".join(marked)).replace(f"{end} <|", f"{end}<|")  # no space before a special token
    first, *rest = f"{text}{end}".split(" ")
    opening = tokenizer.ids_of(first)
    return opening + list(itertools.chain.from_iterable(map(WORD_IDS.__getitem__, rest)))


def shard(seed: int, index: int, mixture: Mixture, world_seed: int, options: Options, split: Split) -> np.ndarray:
    """At least SHARD tokens of whole documents."""
    stream = marked_documents(mixture, Dice(f"corpus {seed} shard {index}"), world_seed, options, split)
    ids: list[int] = []
    while len(ids) < SHARD:
        ids += packed_ids(list(itertools.islice(stream, BATCH)))
    return np.array(ids, dtype=np.uint16)


def tokens(
    mixture: Mixture | str,
    count: int,
    seed: int,
    *,
    world_seed: int = 0,
    options: Options | None = None,
    split: Split = "train",
    processes: int = 1,
) -> np.ndarray:
    """``count`` token ids (int64) of packed documents, each followed by the end-of-text token.

    ``mixture`` gives each kind its share of the tokens, or is a name in ``MIXTURES``. The same arguments give the same
    ids with any number of processes (which start anew, so a script that asks for several needs a ``__main__`` guard).
    """
    shares = dict(named(mixture))
    make = partial(shard, seed, mixture=shares, world_seed=world_seed, options=dict(options or {}), split=split)
    indices = range(-(-count // SHARD))
    if processes == 1:
        shards = list(map(make, indices))
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            shards = list(pool.map(make, indices))
    return np.concatenate([np.empty(0, np.uint16), *shards])[:count].astype(np.int64)


def encoded(sample: Sample) -> Question:
    """A sample as a model reads it: after an end-of-text token, with the place of every answer."""
    spans = tokenizer.locate(sample.text, [(answer.start, answer.end) for answer in sample.answers])
    ids = np.array([tokenizer.END, *tokenizer.ids_of(sample.text)], dtype=np.int64)
    return Question(ids, [slice(span.start + 1, span.stop + 1) for span in spans], sample)


def padded(samples: Sequence[Sample], length: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The samples as one batch, padded on the right: ids (N, T) int64 and where the answers stand (N, T) bool.

    ``length`` defaults to that of the longest; raises ValueError where a sample does not fit.
    """
    read = [encoded(sample) for sample in samples]
    longest = max(len(question.ids) for question in read)
    length = length or longest
    if longest > length:
        raise ValueError(f"length: {length} tokens are too few for a sample of {longest}")
    ids = np.full((len(read), length), tokenizer.PAD, dtype=np.int64)  # (N, T)
    answers = np.zeros((len(read), length), dtype=bool)  # (N, T)
    for row, question in enumerate(read):
        ids[row, : len(question.ids)] = question.ids
        for place in question.answers:
            answers[row, place] = True
    return ids, answers
