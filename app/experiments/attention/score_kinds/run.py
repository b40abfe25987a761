"""Dot, bilinear and additive scores of the same queries and keys: what each can say, and how each grows."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import normalize

from app.experiments.base import MORE, Controls, Measurements
from models.attention.additive import additive_score, bilinear_score, dot_score
from models.attention.dot_product import attention_weights
from models.seeding import normal

WIDTH, HIDDEN, NOISE = 32, 16, 0.3
LENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
KINDS = ("dot", "bilinear", "additive")
BENDS: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "none": torch.clone}


class ScoreKindControls(Controls):
    partners: Literal["turned", "alike"] = Field(
        "turned", title="A key and its query are", description="Turned: rotated against each other; alike: the same"
    )
    bilinear: Literal["knows the turn", "identity"] = Field(
        "knows the turn", title="Bilinear matrix", description="The turn itself, or 1 on the diagonal and 0 elsewhere"
    )
    activation: Literal["tanh", "none"] = Field("tanh", title="Additive activation")
    tokens: int = Field(8, ge=4, le=12, title="Queries and keys", json_schema_extra=MORE)


class ScoreKindResult(NamedTuple):
    controls: ScoreKindControls
    vectors: dict[str, Tensor]  # symbol → queries and keys (T, K), matrices and u
    scores: dict[str, Tensor]  # kind → (T, T)
    weights: dict[str, Tensor]  # kind → (T, T)
    lengths: tuple[float, ...]
    grown: dict[str, Tensor]  # kind → (lengths,) largest score when all queries are so many times as long
    bound: Tensor  # Σ|u|, which no tanh can pass


def rotation(seed: int) -> Tensor:
    """A random turn of the space: an orthogonal matrix (K, K)."""
    return torch.linalg.qr(normal(WIDTH, WIDTH, seed=seed)).Q


def run(controls: ScoreKindControls, device: str) -> ScoreKindResult:
    first = 6 * controls.seed + 18  # with seed 0, rows of the additive map differ in sight
    q = WIDTH**0.5 * normalize(normal(controls.tokens, WIDTH, seed=first), dim=-1)  # all of one length
    turn = rotation(first + 1)
    k = (q @ turn if controls.partners == "turned" else q) + NOISE * normal(controls.tokens, WIDTH, seed=first + 2)
    w = turn if controls.bilinear == "knows the turn" else torch.eye(WIDTH)
    w_q, w_k = (normal(WIDTH, HIDDEN, seed=first + place) / WIDTH**0.5 for place in (3, 4))
    q, k, w, w_q, w_k, u = (x.to(device) for x in (q, k, w, w_q, w_k, normal(HIDDEN, seed=first + 5)))
    bend = BENDS[controls.activation]

    def score(q: Tensor) -> dict[str, Tensor]:
        made = dot_score(q, k), bilinear_score(q, k, w), additive_score(q, k, w_q, w_k, u, bend)
        return dict(zip(KINDS, made, strict=True))

    scores = score(q)
    longer = [score(length * q) for length in LENGTHS]
    return ScoreKindResult(
        controls,
        {"q": q, "k": k, "w": w, "w_q": w_q, "w_k": w_k, "u": u},
        scores,
        {kind: attention_weights(values) for kind, values in scores.items()},
        LENGTHS,
        {kind: torch.stack([scores[kind].abs().max() for scores in longer]) for kind in KINDS},
        u.abs().sum(),
    )


def found(scores: Tensor) -> float:
    """Share of queries whose own partner has the highest score, in percent."""
    own = torch.arange(len(scores))
    return 100 * (scores.argmax(dim=-1) == own).float().mean().item()


def measure(result: ScoreKindResult) -> Measurements:
    weights = result.weights["additive"]
    return {
        "dot_partners_found_percent": found(result.scores["dot"]),
        "bilinear_partners_found_percent": found(result.scores["bilinear"]),
        "additive_partners_found_percent": found(result.scores["additive"]),
        "additive_difference_between_queries": (weights - weights[0]).abs().max().item(),
        "additive_over_its_bound": (result.grown["additive"].max() / result.bound).item(),
        "dot_growth": (result.grown["dot"][-1] / result.grown["dot"][1]).item(),
        "additive_growth": (result.grown["additive"][-1] / result.grown["additive"][1]).item(),
    }
