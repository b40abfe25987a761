"""The four matrices of a trained layer: their spectra, what may change unseen, and why they are no projectors."""

from functools import lru_cache
from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.attention.multi_head import split_heads
from models.attention.projections import (
    both_sides,
    effective_rank,
    idempotence_residual,
    one_side,
    orthogonal_projector,
    spectrum,
)
from models.data.corpus import encoded
from models.data.tiny_world import questions
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import normal
from models.transformer.decoder import Decoder

MODELS = {"learned": "decoder_learned_position", "rotary": "decoder_multi_head"}
TOKENS = 40
ROUNDING = 1e-9


class ProjectionControls(Controls):
    change: Literal["both sides", "queries only"] = Field(
        "both sides", title="Change by A", description="Both sides: A on the queries, its inverse on the keys"
    )
    positions: Literal["learned", "rotary"] = Field(
        "learned", title="Positions", description="Rotary turns queries and keys between the matrices and the scores"
    )
    scores: Literal["one head", "all heads"] = Field("one head", title="Scores whose rank is taken")
    square: Literal["W of the layer", "orthogonal projector"] = Field(
        "W of the layer", title="P", description="The value path W_O W_V, or a projector made from it"
    )
    layer: int = Field(1, ge=0, le=2, title="Layer", description="Counted from 0")
    head: int = Field(0, ge=0, le=7, title="Head", description="Counted from 0")


class ProjectionResult(NamedTuple):
    controls: ProjectionControls
    spectra: dict[str, Tensor]  # matrix → singular values over the largest
    random: Tensor  # the same of a random matrix of that size
    effective_random: float
    effective: dict[str, float]
    scores: Tensor  # (T, T) of the head
    changed: Tensor  # (T, T) after the change by A
    rank: int
    head_width: int
    p: Tensor  # (D, D)
    parameters: int


@lru_cache(maxsize=8)
def text(seed: int) -> Tensor:
    """A held-out text of people and cities: (1, T)."""
    samples = questions("context_facts", 8, seed, "held_out", people=2)
    return torch.tensor([[int(token) for sample in samples for token in encoded(sample).ids][:TOKENS]])


def queries_and_keys(model: Decoder, layer: int, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Those of a layer before positions turn them: (H, T, K) each, in double precision."""
    block: Any = model.blocks[layer]
    x = block.attention_norm(model(ids)[1].residual[layer]).double()
    of = lambda projection: split_heads(x @ projection.weight.double().T, block.attention.heads)[0]
    return of(block.attention.to_q), of(block.attention.to_k)


def scores_of(model: Decoder, q: Tensor, k: Tensor) -> Tensor:
    """q kᵀ / √K after the positions' turn, (..., T, T)."""
    where = torch.arange(q.shape[-2], device=q.device)
    turned_q, turned_k = model.position.turn(q, where), model.position.turn(k, where)
    return turned_q @ turned_k.transpose(-2, -1) / q.shape[-1] ** 0.5


def value_path(model: Decoder, layer: int) -> Tensor:
    """W_O W_V of all heads together, were all weights on the token itself: (D, D)."""
    attention: Any = model.blocks[layer].attention
    return attention.to_out.weight @ attention.to_v.weight


@torch.inference_mode()
def run(controls: ProjectionControls, device: str) -> ProjectionResult:
    model = pretrained(MODELS[controls.positions], device)
    attention: Any = model.blocks[controls.layer].attention
    named = {"Q": attention.to_q, "K": attention.to_k, "V": attention.to_v, "O": attention.to_out}
    q, k = queries_and_keys(model, controls.layer, text(controls.seed).to(device))
    K = q.shape[-1]
    a = normal(K, K, seed=controls.seed).to(device).double() / K**0.5 + torch.eye(K, device=device, dtype=torch.double)
    change = both_sides if controls.change == "both sides" else one_side
    every = scores_of(model, q, k)  # (H, T, T)
    one = every[controls.head]
    values = torch.linalg.svdvals(one if controls.scores == "one head" else every.sum(dim=0))
    random = normal(*attention.to_q.weight.shape, seed=controls.seed)
    path = value_path(model, controls.layer)
    return ProjectionResult(
        controls,
        {name: spectrum(projection.weight) for name, projection in named.items()},
        spectrum(random),
        effective_rank(random),
        {name: effective_rank(projection.weight) for name, projection in named.items()},
        one,
        scores_of(model, *change(q[controls.head], k[controls.head], a)),
        int((values > ROUNDING * values[0]).sum()),
        K,
        path if controls.square == "W of the layer" else orthogonal_projector(path, len(path) // 2),
        parameter_count(model),
    )


def measure(result: ProjectionResult) -> Measurements:
    spread = result.scores.std()
    effective = {f"effective_rank_{name.lower()}": rank for name, rank in result.effective.items()}
    return effective | {
        "effective_rank_of_random": result.effective_random,
        "largest_score_change_over_spread": ((result.changed - result.scores).abs().max() / spread).item(),
        "score_rank": float(result.rank),
        "rank_over_head_width": result.rank / result.head_width,
        "idempotence_residual": idempotence_residual(result.p),
        "width_features": float(len(result.p)),
        "head_width_features": float(result.head_width),
    }
