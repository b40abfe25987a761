"""Passages whose right queries are known, scored by shared words, by an encoder, and by both at any weight."""

from typing import NamedTuple

from torch import Tensor

from app.experiments.memo import memo
from app.experiments.text_model import TINY
from app.experiments.tokens.sentence_encoders import sentence_vectors
from models.data.search_passages import Search, search
from models.retrieval.bm25 import Lexical, bm25, counted, lexical, plain_idf, positive_idf
from models.retrieval.hybrid import combined, min_max, recall_at

WEIGHTS = tuple(number / 20 for number in range(21))
PUBLISHED_SHARE = 0.2


class Scores(NamedTuple):
    """Of all queries of a kind with all passages, (Q, P)."""

    lexical: Tensor
    dense: Tensor
    right: Tensor  # (Q,)


def idf_of(counts: Tensor, kind: str) -> Tensor:
    return positive_idf(counts) if kind == "never negative" else plain_idf(counts)


def split(text: str) -> list[str]:
    return text.lower().split()


@memo
def passages_of(seed: int, names: str, share: float) -> tuple[Search, Lexical]:
    found = search(seed, names, share)  # type: ignore[arg-type]  # memo takes any hashable argument
    return found, lexical([split(text) for text in found.passages])


@memo
def scores(model: str, training: str, idf: str, names: str, seed: int, number: int, device: str) -> dict[str, Scores]:
    """By kind of query. ``number`` picks the passages, ``seed`` the training of a small encoder."""
    found, words = passages_of(number, names, 1.0 if model == TINY else PUBLISHED_SHARE)
    passages = sentence_vectors(model, training, seed, found.passages, device)
    rarity = idf_of(words.counts, idf)
    return {
        kind: Scores(
            bm25(counted([split(text) for text in queries.texts], words.words), words.counts, rarity),
            sentence_vectors(model, training, seed, queries.texts, device) @ passages.T,
            queries.right,
        )
        for kind, queries in found.queries.items()
    }


def first_right(s: Tensor, right: Tensor) -> float:
    """Recall at 1: share of queries whose first passage is the right one."""
    return recall_at(s, right, 1).mean().item()


def hybrid(one: Scores, weight: float) -> Tensor:
    return combined(min_max(one.lexical), min_max(one.dense), weight)


@memo
def along(
    model: str, training: str, idf: str, names: str, seed: int, number: int, device: str
) -> dict[str, list[float]]:
    """Kind → recall at 1 of the hybrid at each of WEIGHTS."""
    found = scores(model, training, idf, names, seed, number, device)
    return {kind: [first_right(hybrid(one, w), one.right) for w in WEIGHTS] for kind, one in found.items()}


def tuned(by_weight: dict[str, list[float]]) -> float:
    """The weight with the highest mean recall over the kinds; of several the middle one."""
    mean = [sum(line[at] for line in by_weight.values()) for at in range(len(WEIGHTS))]
    best = [w for w, value in zip(WEIGHTS, mean) if value >= max(mean) - 1e-9]
    return best[len(best) // 2]
