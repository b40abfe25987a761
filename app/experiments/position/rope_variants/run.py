"""Rotary frequencies by published rules: beside the transformers library's numbers, and on a small trained decoder."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.position.context_extension import at_the_end, beyond, inside, length, read
from app.provenance.origin import Computed, computed
from models.language.loss_by_length import TRAINED as TRAINED_HERE
from models.language.loss_by_length import scheme_model
from models.parameter_count import parameter_count
from models.position.rope import frequencies
from models.position.rope_rules import (
    CachedDynamicRoPE,
    by_factors,
    dynamic,
    kept_by_number,
    longrope_score_factor,
)
from models.position.scaled_rope import (
    ScaledRoPE,
    full_rotations,
    interpolated,
    kept_share,
    ntk_by_parts,
    score_factor,
    with_position,
)

FILE = Path(__file__).parents[4] / "assets" / "data" / "rope_frequencies.json"
HEAD_WIDTH, TRAINED = 128, 4096
BASES, STRETCHES = (10_000.0, 500_000.0), (4, 8)
ALPHA, BETA, LOW, HIGH = 1.0, 32.0, 1.0, 4.0  # YaRN's for Llama; Llama 3.1's

Kind = Literal["standard", "linear", "dynamic NTK", "YaRN", "LongRoPE", "Llama 3"]
KINDS: tuple[Kind, ...] = ("standard", "linear", "dynamic NTK", "YaRN", "LongRoPE", "Llama 3")
RULES: tuple[Kind, ...] = ("standard", "linear", "dynamic NTK", "YaRN", "Llama 3")
"""Those that a small decoder can use: LongRoPE's factors are searched for one model."""
Ramp = Literal["of the code", "of the paper"]


class VariantsControls(Controls):
    kind: Kind = Field("dynamic NTK", title="Variant")
    keys: Literal["rotated again", "as they were cached"] = Field(
        "rotated again",
        title="Keys of dynamic NTK",
        description="As cached: rotated by the base of the length at that time",
    )
    stretch: Literal[4, 8] = Field(4, title="Stretch s", description="Times 4 096 tokens; for the decoder, times 64")
    ramp: Ramp = Field("of the code", title="YaRN's ramp", description="Along the pair's index, or its rotations")
    base: Literal[10000, 500000] = Field(
        10_000, title="Base b", description="Of Llama 2 and of Llama 3; the decoder has 10 000", json_schema_extra=MORE
    )
    text: Literal["stretched", "short"] = Field(
        "stretched",
        title="Length of the text",
        description="For the 64 pairs: as long as the stretch allows, or within 4 096 tokens",
        json_schema_extra=MORE,
    )


class Shape(NamedTuple):
    """For which model, and for a text of how many tokens, a rule sets frequencies."""

    head_width: int
    trained: int
    base: float
    tokens: int


class VariantsResult(NamedTuple):
    controls: VariantsControls
    thetas: dict[str, Tensor]  # kind → (P,)
    factor: float  # on queries and keys of the chosen kind
    library: dict[str, Tensor]  # kind → (P,), from the file
    library_factor: float  # of the chosen kind
    version: str
    losses: dict[str, Tensor]  # rule → mean loss of the decoder by position (T − 1,)
    now: Tensor  # of the chosen kind, with its keys
    rotated: Tensor  # of the chosen kind, with all keys rotated again
    parameters: int
    notices: list[str]


def example_factors(stretch: int, pairs: int = HEAD_WIDTH // 2) -> Tensor:
    """An example of searched factors: from 1 to s, the last pairs most. Real ones are a model's own. (P,)"""
    return 1 + (stretch - 1) * (torch.arange(pairs) / (pairs - 1)) ** 2


def llama(c: VariantsControls) -> Shape:
    return Shape(HEAD_WIDTH, TRAINED, float(c.base), TRAINED * (c.stretch if c.text == "stretched" else 1))


def small(stretch: int) -> Shape:
    return Shape(16, TRAINED_HERE, 10_000.0, length(stretch))


def variant(kind: str, stretch: int, ramp: str, of: Shape) -> tuple[Computed, float]:
    """Radians per position (P,), and the factor on queries and keys."""
    s, plain = float(stretch), computed(frequencies, head_width=of.head_width, base=of.base)
    if kind == "linear":
        return computed(interpolated, theta=plain, stretch=s), 1.0
    if kind == "dynamic NTK":
        by = {"head_width": of.head_width, "stretch": s, "length": of.tokens, "trained": of.trained, "base": of.base}
        return computed(dynamic, **by), 1.0
    if kind == "YaRN":
        if ramp == "of the code":
            kept = computed(
                kept_by_number, head_width=of.head_width, trained=of.trained, alpha=ALPHA, beta=BETA, base=of.base
            )
        else:
            kept = kept_between(plain, ALPHA, BETA, of.trained)
        return computed(ntk_by_parts, theta=plain.tensor, stretch=s, kept=kept), score_factor(stretch)
    if kind == "LongRoPE":
        pairs = of.head_width // 2
        factors = example_factors(stretch, pairs) if of.tokens > of.trained else torch.ones(pairs)
        return computed(by_factors, theta=plain, factors=factors), longrope_score_factor(stretch, of.trained)
    if kind == "Llama 3":
        kept = kept_between(plain, LOW, HIGH, of.trained)
        return computed(ntk_by_parts, theta=plain.tensor, stretch=s, kept=kept), 1.0
    return plain, 1.0


def kept_between(theta: Computed, low: float, high: float, trained: int) -> Computed:
    """What is kept of each pair, by its rotations within the trained length: (P,)."""
    return computed(kept_share, rotations=computed(full_rotations, theta=theta, length=trained), alpha=low, beta=high)


@cache
def recorded() -> dict[str, Any]:
    """What the library gave; a test holds the file against it."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@memo
def loss_by(kind: str, stretch: int, ramp: str, cached: bool, seed: int, device: str) -> Tensor:
    """Mean loss by position of the decoder with that rule, on held-out texts of the stretched length: (T − 1,)."""
    theta, factor = variant(kind, stretch, ramp, small(stretch))
    scheme = CachedDynamicRoPE(float(stretch), TRAINED_HERE) if cached else ScaledRoPE(theta.tensor, factor)
    return read(with_position(scheme_model("rope", device), scheme.to(device)), stretch, seed, device)


@torch.inference_mode()
def run(controls: VariantsControls, device: str) -> VariantsResult:
    c = controls
    thetas: dict[str, Tensor] = {kind: variant(kind, c.stretch, c.ramp, llama(c))[0].tensor for kind in KINDS}
    setting = f"{c.base} {c.stretch} {'long' if c.text == 'stretched' else 'short'}"
    theirs: dict[str, Any] = {kind: recorded()["frequencies"][f"{kind} {setting}"] for kind in KINDS}
    cached = c.kind == "dynamic NTK" and c.keys == "as they were cached"
    example = "LongRoPE: these factors are an example, not searched for this decoder; see its own entry"
    return VariantsResult(
        c,
        thetas,
        variant(c.kind, c.stretch, c.ramp, llama(c))[1],
        {kind: torch.tensor(found["theta"]) for kind, found in theirs.items()},
        theirs[c.kind]["factor"],
        recorded()["library"],
        {rule: loss_by(rule, c.stretch, "of the code", False, c.seed, device) for rule in RULES},
        loss_by(c.kind, c.stretch, c.ramp, cached, c.seed, device),
        loss_by(c.kind, c.stretch, c.ramp, False, c.seed, device),
        parameter_count(scheme_model("rope", device)),
        [example] if c.kind == "LongRoPE" else [],
    )


def measure(result: VariantsResult) -> Measurements:
    plain, changed = result.thetas["standard"], result.thetas[result.controls.kind]
    slowed = plain / changed
    apart = [result.thetas[kind] / library - 1 for kind, library in result.library.items()]
    return {
        "largest_difference_from_the_library": torch.stack(apart).abs().max().item(),
        "difference_of_the_score_factor": abs(result.factor - result.library_factor),
        "loss_past_the_trained_length_nats": beyond(result.now),
        "loss_over_the_last_quarter_nats": at_the_end(result.now),
        "cost_within_the_trained_length_nats": inside(result.now) - inside(result.losses["standard"]),
        "extra_loss_over_yarn_in_the_last_quarter_nats": at_the_end(result.now) - at_the_end(result.losses["YaRN"]),
        "extra_loss_over_rotated_keys_in_the_last_quarter_nats": at_the_end(result.now) - at_the_end(result.rotated),
        "fastest_pair_slowed_times": slowed[0].item(),
        "slowest_pair_slowed_times": slowed[-1].item(),
        "pairs_left_alone": (slowed < 1.0001).sum().item(),
        "pairs_slowed_by_the_whole_stretch": ((slowed / result.controls.stretch - 1).abs() < 1e-3).sum().item(),
        "score_factor": result.factor**2,
    }
