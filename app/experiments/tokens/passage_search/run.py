"""Passages ranked for a query by shared words, by an encoder, and by both; the same for the text of this glossary."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import TINY
from app.experiments.tokens.sentence_encoders import EncoderControls, notices, parameters, sentence_vectors
from glossary import reader
from glossary.search import fold
from glossary.stems import STOP, stem
from models.data.search_passages import Search, search
from models.retrieval.bm25 import Lexical, bm25, counted, lexical, plain_idf, positive_idf
from models.retrieval.hybrid import combined, min_max, picked_first, recall_at, reciprocal_rank_fusion
from models.retrieval.latent_semantic import LatentSpace, latent_scores, latent_space

WEIGHTS = tuple(number / 20 for number in range(21))
OTHER_QUERIES = 1000
"""Added to the seed for the passages on which the weight is tuned."""

DIMENSIONS, SHOWN, PICKED = 64, 4, 10
PUBLISHED_SHARE = 0.2


class PassageSearchControls(EncoderControls):
    query: Sentence = Field("what does Kalo do", title="Query")
    searched: Literal["passages", "this glossary"] = Field("passages", title="Searched")
    training: Literal["role swaps", "random sentences", "synonyms exchanged"] = Field(
        "role swaps", title="Training of the encoder", description="Of the small encoders"
    )
    fusion: Literal["tuned weight", "reciprocal ranks", "BM25 picks ten"] = Field("tuned weight", title="Hybrid")
    names: Literal["new", "known"] = Field("new", title="Names in the passages", description="Known from training?")
    idf: Literal["never negative", "as first published"] = Field(
        "never negative", title="Rarity of words", json_schema_extra=MORE
    )


class Scores(NamedTuple):
    """Of all queries of a kind with all passages, (Q, P)."""

    lexical: Tensor
    dense: Tensor
    right: Tensor  # (Q,)


class Ranked(NamedTuple):
    """The best passages for the typed query."""

    places: list[int]
    scores: Tensor  # (SHOWN,)


class PassageSearchResult(NamedTuple):
    controls: PassageSearchControls
    passages: tuple[str, ...]
    weight: float  # of BM25, as tuned
    recall: dict[str, dict[str, float]]  # method → kind → share of queries whose first passage is the right one
    by_weight: dict[str, list[float]]  # kind → the same of the hybrid at each of WEIGHTS
    found: dict[str, tuple[tuple[str, ...], Ranked]]  # method → the texts it searched, the best of them
    lowest_score: float  # of BM25, for the typed query
    notices: list[str]
    parameters: int


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


def best_of(s: Tensor) -> Ranked:
    top = s.topk(min(SHOWN, len(s)))
    return Ranked(top.indices.tolist(), top.values)


class Glossary(NamedTuple):
    """The entries' own words."""

    titles: tuple[str, ...]
    first: tuple[str, ...]  # title and first sentence
    words: Lexical
    space: LatentSpace


def terms(text: str) -> list[str]:
    return [stem(word) for word in fold(text) if word not in STOP]


@memo
def glossary() -> Glossary:
    entries = list(reader.entries().values())
    texts = [
        terms(f"{e.title} {e.title} {' '.join(e.aliases)} {e.definition} {e.purpose} {e.details}") for e in entries
    ]
    words = lexical(texts)
    return Glossary(
        tuple(e.title for e in entries),
        tuple(f"{e.title}: {e.definition.split('. ')[0].replace('*', '')}" for e in entries),
        words,
        latent_space(words.counts, DIMENSIONS),
    )


def in_glossary(c: PassageSearchControls, device: str) -> tuple[dict[str, tuple[tuple[str, ...], Ranked]], float]:
    g = glossary()
    asked = counted([terms(c.query)], g.words.words)
    by_words = bm25(asked, g.words.counts, idf_of(g.words.counts, c.idf))
    latent = latent_scores(asked, g.space)
    found = {"BM25": by_words[0], "latent semantic analysis": latent[0]}
    if c.published:
        dense = sentence_vectors(c.model, "", 0, (c.query,), device) @ sentence_vectors(
            c.model, "", 0, g.first, device
        ).T  # fmt: skip
        found[c.model] = dense[0].double()
    return {name: (g.titles, best_of(s)) for name, s in found.items()}, by_words.min().item()


def in_passages(
    c: PassageSearchControls, weight: float, device: str
) -> tuple[dict[str, tuple[tuple[str, ...], Ranked]], float]:
    found, words = passages_of(c.seed, c.names, 1.0 if c.model == TINY else PUBLISHED_SHARE)
    asked = counted([split(c.query)], words.words)
    by_words = bm25(asked, words.counts, idf_of(words.counts, c.idf))
    dense = (
        sentence_vectors(c.model, c.training, c.seed, (c.query,), device)
        @ sentence_vectors(c.model, c.training, c.seed, found.passages, device).T
    ).double()
    both = fused(c, Scores(by_words, dense, torch.zeros(1)), weight)
    ranked = {"BM25": by_words[0], "encoder": dense[0], "hybrid": both[0]}
    return {name: (found.passages, best_of(s)) for name, s in ranked.items()}, by_words.min().item()


def fused(c: PassageSearchControls, one: Scores, weight: float) -> Tensor:
    if c.fusion == "reciprocal ranks":
        return reciprocal_rank_fusion(one.lexical, one.dense.double())
    if c.fusion == "BM25 picks ten":
        return picked_first(one.lexical, one.dense.double(), PICKED)
    return hybrid(one, weight)


def run(controls: PassageSearchControls, device: str) -> PassageSearchResult:
    c = controls
    setting = (c.model, c.training, c.idf, c.names, c.seed)
    weight = tuned(along(*setting, OTHER_QUERIES + c.seed, device))
    own = scores(*setting, c.seed, device)
    recall = {
        "BM25": {kind: first_right(one.lexical, one.right) for kind, one in own.items()},
        "encoder": {kind: first_right(one.dense, one.right) for kind, one in own.items()},
        "hybrid": {kind: first_right(fused(c, one, weight), one.right) for kind, one in own.items()},
    }
    shown, lowest = in_glossary(c, device) if c.searched == "this glossary" else in_passages(c, weight, device)
    return PassageSearchResult(
        c, passages_of(c.seed, c.names, 1.0 if c.model == TINY else PUBLISHED_SHARE)[0].passages, weight, recall,
        along(*setting, c.seed, device), shown, lowest, notices(c.model, {"query": c.query}),
        parameters(c.model, c.training, c.seed, device),
    )  # fmt: skip


def mean(by_kind: dict[str, float]) -> float:
    return sum(by_kind.values()) / len(by_kind)


def measure(result: PassageSearchResult) -> Measurements:
    r = result.recall
    return {
        "other_words_gain": r["encoder"]["other words"] - r["BM25"]["other words"],
        "names_gain_of_bm25": r["BM25"]["a name"] - r["encoder"]["a name"],
        "hybrid_gain": mean(r["hybrid"]) - max(mean(r["encoder"]), mean(r["BM25"])),
        "encoder_recall": mean(r["encoder"]),
        "bm25_recall": mean(r["BM25"]),
        "hybrid_recall": mean(r["hybrid"]),
        "encoder_names_recall": r["encoder"]["a name"],
        "encoder_other_words_recall": r["encoder"]["other words"],
        "hybrid_names_recall": r["hybrid"]["a name"],
        "weight_of_bm25": result.weight,
        "lowest_bm25_score": result.lowest_score,
    }
