"""Rotary frequencies as published models set them, beside what the transformers library makes of the same settings."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.provenance.origin import Computed, computed
from models.position.rope import angles, frequencies, rotate
from models.position.rope_rules import by_factors, dynamic, kept_by_number, longrope_score_factor
from models.position.scaled_rope import full_rotations, interpolated, kept_share, ntk_by_parts, score_factor
from models.seeding import normal

FILE = Path(__file__).parents[4] / "assets" / "data" / "rope_frequencies.json"
HEAD_WIDTH, TRAINED = 128, 4096
BASES, STRETCHES = (10_000.0, 500_000.0), (4, 8)
ALPHA, BETA, LOW, HIGH = 1.0, 32.0, 1.0, 4.0  # YaRN’s for Llama; Llama 3.1’s
NEAR, DRAWN = 32, 64  # offsets of neighbours, and pairs of vectors to score

Kind = Literal["standard", "linear", "dynamic NTK", "YaRN", "LongRoPE", "Llama 3"]
KINDS: tuple[Kind, ...] = ("standard", "linear", "dynamic NTK", "YaRN", "LongRoPE", "Llama 3")


class VariantsControls(Controls):
    kind: Kind = Field("Llama 3", title="Variant")
    base: Literal[10000, 500000] = Field(10_000, title="Base b", description="Llama 2’s, Llama 3’s")
    stretch: Literal[4, 8] = Field(8, title="Stretch s", description="Trained at 4 096 tokens")
    text: Literal["stretched", "short"] = Field(
        "stretched", title="The text is", description="As long as the stretch allows, or within 4 096 tokens"
    )
    ramp: Literal["of the code", "of the paper"] = Field(
        "of the code", title="YaRN’s ramp", description="Along the number of the pair, or along its turns"
    )
    low: Literal[1, 2] = Field(1, title="Llama 3 slows below, turns", json_schema_extra=MORE)


class VariantsResult(NamedTuple):
    controls: VariantsControls
    thetas: dict[str, Tensor]  # kind → (P,)
    factor: float  # on queries and keys of the chosen kind
    library: dict[str, Tensor]  # kind → (P,), from the file
    library_factor: float  # of the chosen kind
    version: str
    near: Tensor  # (2, DRAWN, NEAR) scores of drawn neighbours: plain and chosen


def example_factors(stretch: int) -> Tensor:
    """An example of searched factors: from 1 to s, the last pairs most. Real ones are a model’s own. (P,)"""
    pairs = HEAD_WIDTH // 2
    return 1 + (stretch - 1) * (torch.arange(pairs) / (pairs - 1)) ** 2


def variant(kind: str, c: VariantsControls) -> tuple[Computed, float]:
    """Radians a position (P,), and the factor on queries and keys."""
    base, s, long = float(c.base), float(c.stretch), c.text == "stretched"
    plain = computed(frequencies, head_width=HEAD_WIDTH, base=base)
    if kind == "linear":
        return computed(interpolated, theta=plain, stretch=s), 1.0
    if kind == "dynamic NTK":
        n = c.stretch * TRAINED if long else TRAINED
        return computed(dynamic, head_width=HEAD_WIDTH, stretch=s, length=n, trained=TRAINED, base=base), 1.0
    if kind == "YaRN":
        if c.ramp == "of the code":
            kept = computed(kept_by_number, head_width=HEAD_WIDTH, trained=TRAINED, alpha=ALPHA, beta=BETA, base=base)
        else:
            kept = kept_between(plain, ALPHA, BETA)
        return computed(ntk_by_parts, theta=plain.tensor, stretch=s, kept=kept), score_factor(c.stretch)
    if kind == "LongRoPE":
        factors = example_factors(c.stretch) if long else torch.ones(HEAD_WIDTH // 2)
        return computed(by_factors, theta=plain, factors=factors), longrope_score_factor(c.stretch, TRAINED)
    if kind == "Llama 3":
        return computed(ntk_by_parts, theta=plain.tensor, stretch=s, kept=kept_between(plain, float(c.low), HIGH)), 1.0
    return plain, 1.0


def kept_between(theta: Computed, low: float, high: float) -> Computed:
    """What of each pair is kept, by its turns within the trained length: (P,)."""
    return computed(kept_share, rotations=computed(full_rotations, theta=theta, length=TRAINED), alpha=low, beta=high)


@cache
def recorded() -> dict[str, Any]:
    """What the library gave; a test holds the file against it."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def scores(theta: Tensor, q: Tensor, k: Tensor) -> Tensor:
    """q at offset n behind k, n = 0 … NEAR − 1, over √d: (N, NEAR)."""
    turned = rotate(q[:, None].expand(-1, NEAR, -1), angles(torch.arange(NEAR), theta))
    return (turned @ k[:, :, None])[..., 0] / HEAD_WIDTH**0.5


@torch.inference_mode()
def run(controls: VariantsControls, device: str) -> VariantsResult:
    c = controls
    thetas: dict[str, Tensor] = {kind: variant(kind, c)[0].tensor for kind in KINDS}
    factor = variant(c.kind, c)[1]
    setting = f"{c.base} {c.stretch} {'long' if c.text == 'stretched' else 'short'}"
    theirs: dict[str, Any] = {kind: recorded()["frequencies"][f"{kind} {setting}"] for kind in KINDS}
    q = normal(DRAWN, HEAD_WIDTH, seed=c.seed)
    k = (q + normal(DRAWN, HEAD_WIDTH, seed=c.seed + 1)) / 2**0.5
    near = torch.stack([scores(thetas["standard"], q, k), scores(thetas[c.kind], q, k)])
    return VariantsResult(
        c,
        thetas,
        factor,
        {kind: torch.tensor(found["theta"]) for kind, found in theirs.items()},
        theirs[c.kind]["factor"],
        recorded()["library"],
        near,
    )


def measure(result: VariantsResult) -> Measurements:
    plain, changed = result.thetas["standard"], result.thetas[result.controls.kind]
    slowed = plain / changed
    apart = [result.thetas[kind] / library - 1 for kind, library in result.library.items()]
    moved = (result.near[1] - result.near[0]).square().mean().sqrt() / result.near[0].std()
    return {
        "largest_difference_from_the_library": torch.stack(apart).abs().max().item(),
        "difference_of_the_score_factor": abs(result.factor - result.library_factor),
        "change_of_neighbour_scores": moved.item(),
        "quickest_pair_slowed_times": slowed[0].item(),
        "slowest_pair_slowed_times": slowed[-1].item(),
        "pairs_left_alone": (slowed < 1.0001).sum().item(),
        "pairs_slowed_by_the_whole_stretch": ((slowed / result.controls.stretch - 1).abs() < 1e-3).sum().item(),
        "score_factor": result.factor**2,
        "slowest_pair_full_turn_tokens": (2 * torch.pi / changed[-1]).item(),
    }
