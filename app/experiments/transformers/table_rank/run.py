"""A trained decoder's embeddings cut to fewer directions; and the overlap of random vectors by width."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.text_model import CHECKPOINT
from app.experiments.transformers.trained_decoder import held_out
from models.cost.component_cost import FLOPS
from models.interpretability.table_rank import best_directions, cut, kept_share, random_directions, with_table
from models.language.evaluation import held_out_loss, token_losses
from models.language.pretrained_decoders import pretrained
from models.linear.random_overlap import (
    all_positive,
    expected_limit,
    largest_similarity,
    normal_vectors,
    random_signs,
    recovered_share,
)
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS
from models.published.weights import total_weights, weights_by_component
from models.published.widths import at_width

ROWS, LENGTH = 8, 48
KEPT = (32, 64, 96, 128, 160)
VECTORS, WIDTHS = 512, (16, 32, 64, 128, 256, 512, 1024)
COUNTED, REAL_WIDTHS = "GPT-3 6.7B", (768, 1024, 1600, 2560, 4096, 8192, 12_288)
"""The published model whose width is changed; at 2560 it is GPT-3 2.7B, at 4096 itself."""
TEXT = 2048
ENOUGH_NATS = 0.1

DRAWS = 4
"""Random choices of directions over which the loss is averaged: one may be twice as good as another."""

Directions = Literal["the table's best", "best of every second token", "at random"]
Vectors = Literal["normal", "random signs", "all positive"]
DRAWN: Mapping[Vectors, Callable[[int, int, int], Tensor]] = {
    "normal": normal_vectors, "random signs": random_signs, "all positive": all_positive,
}  # fmt: skip


class RankControls(Controls):
    kept: Literal[32, 64, 96, 128, 160] = Field(96, title="Directions kept", description="Of 192")
    directions: Directions = Field("the table's best", title="Which directions")
    width: Literal[16, 32, 64, 128, 256, 512, 1024] = Field(
        64, title="Width of random vectors", description="512 vectors"
    )
    vectors: Vectors = Field("normal", title="Random vectors")
    noise: float = Field(1.5, ge=0, le=4, multiple_of=0.5, title="Noise", description="Times the vectors’ length")
    real_width: Literal[768, 1024, 1600, 2560, 4096, 8192, 12288] = Field(
        4096, title="Width of a real model", description="32 layers, the rest as GPT-3 6.7B"
    )


class RankResult(NamedTuple):
    controls: RankControls
    losses: Mapping[Directions, Tensor]  # directions → loss by number kept, (5,)
    loss: float  # with all directions
    share: float  # of the table's squared length that is kept
    similarities: Tensor  # (7,) largest of all pairs, by width
    limits: Tensor  # (7,)
    recovered: Tensor  # (7,) share of vectors that are recovered from noise, by width
    weights: dict[str, Tensor]  # part → weights at REAL_WIDTHS
    operations: Tensor  # at REAL_WIDTHS, per token of a text of TEXT tokens
    parameters: int


def directions_of(kind: str, r: int, seed: int) -> Tensor:
    E = pretrained(CHECKPOINT, "cpu").embedding.weight
    if kind == "at random":
        return random_directions(E.shape[1], r, seed)
    return best_directions(E if kind == "the table's best" else E[::2], r)


@memo
@torch.inference_mode()
def loss(kind: str, r: int, seed: int, device: str) -> float:
    """Of held-out text with so many directions kept, nats per token; 0 directions cut nothing."""
    model = pretrained(CHECKPOINT, device)
    ids = held_out(ROWS, LENGTH, seed, device)
    if not r:
        return held_out_loss(model, [ids])
    losses = []
    for draw in range(DRAWS if kind == "at random" else 1):
        kept = directions_of(kind, r, seed + draw).to(device)
        losses.append(token_losses(with_table(model, cut(model.embedding.weight, kept))(ids)[0], ids).mean())
    return torch.stack(losses).mean().item()


@memo
def similarities(kind: Vectors, seed: int) -> Tensor:
    return torch.stack([largest_similarity(DRAWN[kind](VECTORS, width, seed + 1)) for width in WIDTHS])


@memo
def recovered(kind: Vectors, noise: float, seed: int) -> Tensor:
    return torch.stack([recovered_share(DRAWN[kind](VECTORS, d, seed + 1), noise, seed + 2) for d in WIDTHS])


def counted() -> tuple[dict[str, Tensor], Tensor]:
    """Weights by part, and operations per token, at each of REAL_WIDTHS."""
    configs = [at_width(CONFIGS[COUNTED], width) for width in REAL_WIDTHS]
    tables = [sum(n for part, n in weights_by_component(c).items() if "embedding" in part) for c in configs]
    wholes = [total_weights(c) for c in configs]
    parts = {
        "blocks": torch.tensor([whole - table for whole, table in zip(wholes, tables, strict=True)]).double(),
        "embeddings": torch.tensor(tables).double(),
    }
    return parts, torch.tensor([sum(count(c, TEXT) for count in FLOPS.values()) / TEXT for c in configs])


def run(controls: RankControls, device: str) -> RankResult:
    c = controls
    shown: dict[Directions, None] = dict.fromkeys(["the table's best", "at random", c.directions])
    losses = {kind: torch.tensor([loss(kind, r, c.seed, device) for r in KEPT]) for kind in shown}
    E = pretrained(CHECKPOINT, "cpu").embedding.weight
    return RankResult(
        c, losses, loss("", 0, c.seed, device),
        kept_share(E, directions_of(c.directions, c.kept, c.seed)).item(), similarities(c.vectors, c.seed),
        torch.tensor([expected_limit(VECTORS, width) for width in WIDTHS]), recovered(c.vectors, c.noise, c.seed),
        *counted(),
        parameter_count(pretrained(CHECKPOINT, device)),
    )  # fmt: skip


def measure(result: RankResult) -> Measurements:
    c, at = result.controls, KEPT.index(result.controls.kept)
    best = result.losses["the table's best"] - result.loss
    enough = [r for r, rise in zip(KEPT, best.tolist(), strict=True) if rise < ENOUGH_NATS]
    wide, real = WIDTHS.index(c.width), REAL_WIDTHS.index(c.real_width)
    return {
        "directions_kept": float(c.kept),
        "loss_rise_nats": result.losses[c.directions][at].item() - result.loss,
        "best_rise_nats": best[at].item(),
        "random_rise_nats": result.losses["at random"][at].item() - result.loss,
        "loss_nats": result.loss,
        "kept_share_of_length": result.share,
        "enough_directions": float(enough[0]) if enough else 192.0,
        "noise_over_length": c.noise,
        "random_width": float(c.width),
        "recovery_as_stated": float(c.width == 64 and c.noise <= 1.5),
        "recovered_share": result.recovered[wide].item(),
        "weights_at_the_width": sum(part[real].item() for part in result.weights.values()),
        "embedding_share": result.weights["embeddings"][real].item()
        / sum(p[real].item() for p in result.weights.values()),
        "bytes_at_the_width": 2 * sum(part[real].item() for part in result.weights.values()),
        "operations_per_token": result.operations[real].item(),
        "largest_similarity": result.similarities[wide].item(),
        "limit_of_similarity": result.limits[wide].item(),
        "similarity_over_limit": (result.similarities[wide] / result.limits[wide]).item(),
    }
