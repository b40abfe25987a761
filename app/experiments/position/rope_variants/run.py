"""Rotary frequencies by published rules: beside the transformers library's numbers, and on a small trained decoder."""

from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.position.context_extension import at_the_end, beyond, inside, length, read
from app.experiments.position.rope_variants.rules import (
    DECODER,
    KINDS,
    LLAMA,
    RULES,
    TRAINED,
    Kind,
    Ramp,
    recorded,
    variant,
)
from app.provenance.origin import Computed
from models.language.loss_by_length import TRAINED as TRAINED_HERE
from models.language.loss_by_length import scheme_model
from models.parameter_count import parameter_count
from models.position.rope_rules import CachedDynamicRoPE
from models.position.scaled_rope import ScaledRoPE, with_position


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


def variant_of(c: VariantsControls, kind: str) -> tuple[Computed, float]:
    """The variant for 64 pairs and a text as long as chosen."""
    tokens = TRAINED * (c.stretch if c.text == "stretched" else 1)
    return variant(kind, c.stretch, c.ramp, LLAMA._replace(base=float(c.base)), tokens)


@memo
def loss_by(kind: str, stretch: int, ramp: Ramp, cached: bool, seed: int, device: str) -> Tensor:
    """Mean loss by position of the decoder with that rule, on held-out texts of the stretched length: (T − 1,)."""
    theta, factor = variant(kind, stretch, ramp, DECODER, length(stretch))
    scheme = CachedDynamicRoPE(float(stretch), TRAINED_HERE) if cached else ScaledRoPE(theta.tensor, factor)
    return read(with_position(scheme_model("rope", device), scheme.to(device)), stretch, seed, device)


@torch.inference_mode()
def run(controls: VariantsControls, device: str) -> VariantsResult:
    c = controls
    rules = {kind: variant_of(c, kind) for kind in KINDS}
    setting = f"{c.base} {c.stretch} {'long' if c.text == 'stretched' else 'short'}"
    theirs: dict[str, Any] = {kind: recorded()["frequencies"][f"{kind} {setting}"] for kind in KINDS}
    cached = c.kind == "dynamic NTK" and c.keys == "as they were cached"
    example = "LongRoPE: these factors are an example, not searched for this decoder; see its own entry"
    return VariantsResult(
        c,
        {kind: theta.tensor for kind, (theta, _) in rules.items()},
        rules[c.kind][1],
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
