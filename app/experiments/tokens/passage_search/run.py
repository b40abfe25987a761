"""Passages ranked for a query by shared words, by an encoder, and by both; the same for the text of this glossary."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.text_model import TINY
from app.experiments.tokens.passage_search.glossary_words import glossary, terms
from app.experiments.tokens.passage_search.scores import (
    PUBLISHED_SHARE,
    Scores,
    along,
    first_right,
    hybrid,
    idf_of,
    passages_of,
    scores,
    split,
    tuned,
)
from app.experiments.tokens.sentence_encoders import EncoderControls, notices, parameters, sentence_vectors
from models.retrieval.bm25 import bm25, counted
from models.retrieval.hybrid import picked_first, reciprocal_rank_fusion
from models.retrieval.latent_semantic import latent_scores

OTHER_QUERIES = 1000
"""Added to the seed for the passages on which the weight is tuned."""

SHOWN, PICKED = 4, 10


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


def best_of(s: Tensor) -> Ranked:
    top = s.topk(min(SHOWN, len(s)))
    return Ranked(top.indices.tolist(), top.values)


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
