"""Queries and keys rotated by their positions: the effect on scores, lengths, and a model that reads long texts."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.position.long_texts import Read, read_long_texts
from app.experiments.position.rope.vectors import Vectors, random_vectors, trained_vectors, unit_vectors
from app.experiments.text_model import LARGEST, ModelControls
from models.attention.dot_product import attention_scores
from models.language.loss_by_length import TRAINED
from models.position.rope import angles, frequencies, rotate
from models.position.sinusoidal import sinusoidal_encoding

KEYS = (0, 16, 32, 48)  # key positions whose scores are drawn

PLACES = 64
STEPS = 32  # key positions to step through
SPANS = {"whole text": None, "128 tokens": 2 * TRAINED, "64 tokens": TRAINED}

Turn = Literal["query and key", "query only", "nothing, add instead"]


class RopeControls(ModelControls):
    turn: Turn = Field("query and key", title="Rotate")
    base: float = Field(10_000.0, ge=10, le=1_000_000, title="Base b", json_schema_extra={"log": True})
    offset: int = Field(8, ge=0, le=48, title="Offset m − n", description="Tokens from the key to the query")
    head_width: Literal[8, 16, 32, 64] = Field(32, title="Head width d", description="Two features make a pair")
    vectors: Literal["unit vectors", "random", "trained head"] = Field(
        "unit vectors", title="Query and key", description="Unit vectors of all pairs start at the tick"
    )
    sentence: Sentence = Field(
        "Ada lives in Lund . Ben lives in Oslo . Ada lives in",
        title="Sentence",
        description="Read by the trained head",
        json_schema_extra=MORE,
    )
    sight: Literal["whole text", "128 tokens", "64 tokens"] = Field(
        "whole text", title="Attention span", description="In the long texts", json_schema_extra=MORE
    )
    layer: int = Field(2, ge=0, le=LARGEST, title="Layer of the trained head", json_schema_extra=MORE)
    head: int = Field(1, ge=0, le=LARGEST, title="Trained head", json_schema_extra=MORE)


class RopeResult(NamedTuple):
    controls: RopeControls
    pair: tuple[Tensor, Tensor]  # (d,) the query and the key on screen, before they know a position
    theta: Tensor  # (P,) radians per position
    queries: Tensor  # (F, d) of the pair on screen, at every step
    keys: Tensor  # (F, d)
    scores: Tensor  # (N, m, n), the pair on screen first
    lengths: Tensor  # (N, m) length of a query at position m over its length before
    read: Read
    alibi: Read
    parameters: int
    notices: list[str]


def placed(x: Tensor, places: Tensor, base: float, how: Literal["turn", "leave", "add"]) -> Tensor:
    """Vectors (N, d) at every position (M,): (N, M, d)."""
    everywhere = x[:, None].expand(-1, len(places), -1)
    if how == "leave":
        return everywhere
    if how == "add":
        return everywhere + sinusoidal_encoding(places, x.shape[-1], base)
    return rotate(everywhere, angles(places, frequencies(x.shape[-1], base, x.device)))


def vectors_of(controls: RopeControls, device: str) -> Vectors:
    if controls.published or controls.vectors == "trained head":
        return trained_vectors(controls.model, controls.sentence, controls.layer, controls.head, device)
    return (random_vectors if controls.vectors == "random" else unit_vectors)(controls.head_width, controls.seed)


@torch.inference_mode()
def run(controls: RopeControls, device: str) -> RopeResult:
    vectors, read = vectors_of(controls, device), read_long_texts("rope", SPANS[controls.sight], controls.seed, device)
    q, k = vectors.queries.to(device), vectors.keys.to(device)
    d = q.shape[-1]
    places = torch.arange(max(PLACES, STEPS + controls.offset), device=device)
    adds = controls.turn == "nothing, add instead"
    at_m = placed(q, places, controls.base, "add" if adds else "turn")
    at_n = placed(k, places, controls.base, "add" if adds else "leave" if controls.turn == "query only" else "turn")
    return RopeResult(
        controls=controls,
        pair=(q[0], k[0]),
        theta=frequencies(d, controls.base),
        queries=at_m[0, controls.offset : controls.offset + STEPS],
        keys=at_n[0, :STEPS],
        scores=attention_scores(at_m[:, :PLACES], at_n[:, :PLACES]),
        lengths=at_m.norm(dim=-1) / q.norm(dim=-1, keepdim=True),
        read=read,
        alibi=read_long_texts("alibi", None, controls.seed, device),
        parameters=vectors.parameters if controls.published else read.parameters,
        notices=vectors.notices,
    )


def spread_by_place(scores: Tensor) -> Tensor:
    """Scores (N, m, n) → (N, offsets): largest minus smallest score of an offset, over all places in the window."""
    offset, n = torch.arange(PLACES)[:, None], torch.arange(PLACES)
    outside = offset + n >= PLACES
    moved = scores[:, (offset + n).clamp(max=PLACES - 1), n]
    return moved.masked_fill(outside, -math.inf).amax(-1) - moved.masked_fill(outside, math.inf).amin(-1)


def measure(result: RopeResult) -> Measurements:
    found = _of_vectors(result)
    return found if result.controls.published else found | _of_long_texts(result)


def _of_long_texts(result: RopeResult) -> dict[str, float]:
    """A decoder trained on the tiny world reads past its trained length; a published one is not measured so."""
    return {
        "loss_past_the_trained_length_nats": result.read.beyond.item(),
        "extra_loss_over_alibi_past_the_trained_length_nats": (result.read.beyond - result.alibi.beyond).item(),
        "extra_loss_from_far_tokens_nats": result.read.cost_of_far_tokens,
    }


def _of_vectors(result: RopeResult) -> dict[str, float]:
    full_rotation = 2 * math.pi / result.theta
    of_itself = result.scores[:, :, 0].mean(dim=0)
    return {
        "score": result.scores[0, result.controls.offset, 0].item(),
        "largest_spread_of_a_score": spread_by_place(result.scores).max().item(),
        "largest_change_of_length": (result.lengths - 1).abs().max().item(),
        "fastest_pair_full_rotation_tokens": full_rotation[0].item(),
        "slowest_pair_full_rotation_tokens": full_rotation[-1].item(),
        "full_rotations_in_64_tokens_pairs": (full_rotation <= PLACES).sum().item(),
        "mean_score_at_63_over_score_at_0": (of_itself[-1] / of_itself[0]).item(),
    }
