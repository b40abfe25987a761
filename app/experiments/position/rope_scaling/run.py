"""A decoder trained at 64 tokens reads longer texts, its rotary frequencies stretched by one method."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import training
from app.experiments.position.context_extension import (
    BASE,
    COMPARED,
    TUNED,
    Method,
    Shape,
    at_the_end,
    beyond,
    inside,
    length,
    long_texts,
    read,
    read_untuned,
    stretched,
    theta,
    trained_on,
)
from models.language.loss_by_length import TRAINED, scheme_model
from models.parameter_count import parameter_count
from models.position.scaled_rope import full_rotations, ntk_base
from models.seeding import generator
from models.transformer.decoder import Decoder

EVALUATE_EVERY = 5  # steps
SHAPE = Shape(16, TRAINED, 0.5, 4.0)
LLAMA = Shape(128, 4096, 1.0, 32.0)


class ScalingControls(Controls):
    method: Method = Field("YaRN", title="Method")
    stretch: Literal[1, 2, 4, 8] = Field(4, title="Stretch s", description="Wanted length over the trained 64 tokens")
    steps: int = Field(0, ge=0, le=20, multiple_of=5, title="Further training steps", description="On long texts, live")
    tuned: Literal["the chosen", "all four"] = Field("the chosen", title="Trained further", json_schema_extra=MORE)
    tuned_on: Literal["long texts", "texts of 64 tokens", "shuffled tokens", "long texts, by plain RoPE"] = Field(
        "long texts", title="Further training on", description="As many tokens in all", json_schema_extra=MORE
    )
    shape: Literal["this model", "Llama 2"] = Field(
        "this model",
        title="Pairs shown",
        description="8 pairs trained at 64 tokens, or 64 pairs trained at 4 096",
        json_schema_extra=MORE,
    )


class ScalingResult(NamedTuple):
    controls: ScalingControls
    untuned: dict[str, Tensor]  # method → mean loss by position (T − 1,), the weights as trained
    tuned: dict[str, list[Tensor]]  # method → the same at each evaluation during further training; the first is untuned
    steps: list[int]  # done at each evaluation
    parameters: int


def drawn_shape(controls: ScalingControls) -> Shape:
    return LLAMA if controls.shape == "Llama 2" else SHAPE


def texts_for_training(c: ScalingControls) -> Tensor:
    """Held-out texts for the steps of further training, as many tokens of whichever kind: (N, T)."""
    T = TRAINED if c.tuned_on == "texts of 64 tokens" else length(c.stretch)
    rows = long_texts(c.seed, c.steps * TUNED // T, T, "further training")
    if c.tuned_on == "shuffled tokens":
        order = torch.rand(rows.shape, generator=generator(c.seed)).argsort(dim=1)  # (N, T)
        return rows.gather(1, order)
    return rows


def run(controls: ScalingControls, device: str) -> Iterator[ScalingResult]:
    c = controls
    shown: tuple[str, ...] = tuple(dict.fromkeys((*COMPARED, c.method)))
    untuned = {method: read_untuned(method, c.stretch, SHAPE, c.seed, device) for method in shown}
    trained: tuple[str, ...] = COMPARED if c.tuned == "all four" else (c.method,)
    parameters = parameter_count(scheme_model("rope", device))
    rows = texts_for_training(c).to(device)
    by_plain = c.tuned_on == "long texts, by plain RoPE"
    steps = trained_on(("none",) if by_plain else trained, c.stretch, SHAPE, rows, device)
    models: dict[str, Decoder] = {}

    def step() -> None:
        models.update(next(steps)[1])

    def evaluate() -> dict[str, Tensor]:
        if not models:
            return {method: untuned[method] for method in trained}
        if by_plain:
            own = {name: stretched(name, c.stretch, SHAPE, device, decoder=models["none"]) for name in trained}
        else:
            own = models
        return {method: read(own[method], c.stretch, c.seed, device) for method in trained}

    yield ScalingResult(c, untuned, {method: [untuned[method]] for method in trained}, [0], parameters)
    for progress in training(step, evaluate, c.steps, c.steps // EVALUATE_EVERY):
        tuned = {method: [losses[method] for losses in progress.snapshots] for method in trained}
        yield ScalingResult(c, untuned, tuned, progress.taken, parameters)


def spread(losses: Sequence[Tensor]) -> float:
    """Largest minus smallest loss past the trained length."""
    found = [beyond(loss) for loss in losses]
    return max(found) - min(found)


def measure(result: ScalingResult) -> Measurements:
    c = result.controls
    plain, changed = theta("none", c.stretch, SHAPE), theta(c.method, c.stretch, SHAPE)
    start = result.untuned[c.method]
    loss = result.tuned.get(c.method, [start])[-1]
    none, linear = result.untuned["none"], result.untuned["interpolation"]
    cost = max(inside(linear) - inside(none), 1e-9)
    new = (full_rotations(plain, TRAINED) < 1) & (changed * length(c.stretch) > plain * TRAINED * 1.001)
    others = [losses for method, losses in result.tuned.items() if method != "none"] or [[none]]
    before, after = spread([losses[0] for losses in others]), spread([losses[-1] for losses in others])
    return {
        "loss_within_the_trained_length_nats": inside(loss),
        "loss_past_the_trained_length_nats": beyond(loss),
        "loss_over_the_last_quarter_nats": at_the_end(loss),
        "cost_within_the_trained_length_nats": inside(loss) - inside(none),
        "gain_past_the_trained_length_nats": beyond(none) - beyond(loss),
        "cost_before_training_nats": inside(start) - inside(none),
        "cost_before_training_over_that_of_interpolation": (inside(start) - inside(none)) / cost,
        "smallest_gain_of_a_method_nats": beyond(none) - max(beyond(losses[-1]) for losses in others),
        "extra_loss_over_yarn_in_the_last_quarter_nats": at_the_end(start) - at_the_end(result.untuned["YaRN"]),
        "largest_change_of_a_loss_nats": (loss - none).abs().max().item(),
        "fastest_pair_slowed_times": (plain[0] / changed[0]).item(),
        "slowest_pair_slowed_times": (plain[-1] / changed[-1]).item(),
        "slowest_pair_slowed_over_stretch": (plain[-1] / changed[-1]).item() / c.stretch,
        "new_angles_in_slow_pairs": new.sum().item(),
        "raised_base": ntk_base(BASE, c.stretch, drawn_shape(c).head_width),
        "spread_of_methods_before_nats": before,
        "spread_of_methods_after_nats": after,
        "spread_left_by_training": after / before if before else 1.0,
    }
