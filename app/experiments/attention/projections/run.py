"""The four matrices of a trained layer: their spectra, their rank, and what may be changed without effect."""

import copy
from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.attention.quality_cost import quality_cost
from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.attention.multi_head import split_heads
from models.attention.projections import both_sides, effective_rank, one_side, rest_at_random, spectrum, truncated
from models.data.corpus import encoded
from models.data.tiny_world import questions
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import normal
from models.transformer.decoder import Decoder

MODELS = {"learned": "decoder_learned_position", "rotary": "decoder_multi_head"}
TOKENS = 40
ROUNDING = 1e-9
RANKS = (1, 2, 4, 8, 16)


Kept = Literal["strongest", "weakest", "strongest, rest at random"]


class ProjectionControls(Controls):
    rank: Literal[1, 2, 4, 8, 16] = Field(8, title="Rank kept", description="Singular values of each head's W_Qᵀ W_K")
    kept: Kept = Field(
        "strongest",
        title="Singular values kept",
        description="Rest at random: the others keep their size, their directions are random",
    )
    change: Literal["both sides", "queries only"] = Field(
        "both sides", title="Change by A", description="Both sides: A on the queries, its inverse on the keys"
    )
    positions: Literal["learned", "rotary"] = Field(
        "learned", title="Positions", description="Rotary: queries and keys are rotated before the scores"
    )
    scores: Literal["one head", "all heads"] = Field("one head", title="Scores whose rank is computed")
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
    score_rank: int
    head_width: int
    losses: dict[int, float]  # rank kept → nats per token
    parameters: int


@memo
def text(seed: int) -> Tensor:
    """A held-out text of people and cities: (1, T)."""
    samples = questions("context_facts", 8, seed, "held_out", people=2)
    return torch.tensor([[int(token) for sample in samples for token in encoded(sample).ids][:TOKENS]])


def queries_and_keys(model: Decoder, layer: int, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Those of a layer before they are rotated: (H, T, K) each, in double precision."""
    block: Any = model.blocks[layer]
    x = block.attention_norm(model(ids)[1].residual[layer]).double()
    of = lambda projection: split_heads(x @ projection.weight.double().T, block.attention.heads)[0]
    return of(block.attention.to_q), of(block.attention.to_k)


def scores_of(model: Decoder, q: Tensor, k: Tensor) -> Tensor:
    """q kᵀ / √K after the rotation by position, (..., T, T)."""
    where = torch.arange(q.shape[-2], device=q.device)
    rotated_q, rotated_k = model.position.turn(q, where), model.position.turn(k, where)
    return rotated_q @ rotated_k.transpose(-2, -1) / q.shape[-1] ** 0.5


def of_rank(rank: int, kept: Kept, seed: int, device: str) -> Decoder:
    """The decoder with learned positions, all heads of all layers cut to so many singular values of W_Qᵀ W_K."""
    model = pretrained(MODELS["learned"], device)
    cut = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
    for layer, block in enumerate(cut.blocks):
        attention: Any = block.attention
        wq, wk = (linear.weight.unflatten(0, (attention.heads, -1)) for linear in (attention.to_q, attention.to_k))
        if kept == "strongest, rest at random":
            changed = rest_at_random(wq, wk, rank, 100 * seed + layer)
        else:
            changed = truncated(wq, wk, slice(0, rank) if kept == "strongest" else slice(wq.shape[1] - rank, None))
        for linear, weight in zip((attention.to_q, attention.to_k), changed, strict=True):
            linear.weight = nn.Parameter(weight.flatten(0, 1), requires_grad=False)
    return cut


@memo
@torch.inference_mode()
def loss_of_rank(rank: int, kept: Kept, seed: int, device: str) -> float:
    return quality_cost(of_rank(rank, kept, seed, device), MODELS["learned"], seed, device).loss


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
        {rank: loss_of_rank(rank, controls.kept, controls.seed, device) for rank in RANKS},
        parameter_count(model),
    )


def measure(result: ProjectionResult) -> Measurements:
    spread = result.scores.std()
    effective = {f"effective_rank_{name.lower()}": rank for name, rank in result.effective.items()}
    full, kept = result.losses[RANKS[-1]], result.losses[result.controls.rank]
    return effective | {
        "effective_rank_of_random": result.effective_random,
        "largest_score_change_over_spread": ((result.changed - result.scores).abs().max() / spread).item(),
        "score_rank": float(result.score_rank),
        "rank_over_head_width": result.score_rank / result.head_width,
        "full_loss_nats": full,
        "added_loss_nats": kept - full,
        "head_width_features": float(result.head_width),
    }
