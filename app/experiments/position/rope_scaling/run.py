"""A decoder trained at 64 tokens, its rotary frequencies stretched by one method: read, and trained on, beyond that."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.position.context_extension import (
    BASE,
    COMPARED,
    Method,
    Shape,
    at_the_end,
    beyond,
    inside,
    length,
    read,
    stretched,
    theta,
    trained_on,
)
from models.language.loss_by_length import TRAINED, scheme_model
from models.parameter_count import parameter_count
from models.position.scaled_rope import full_rotations, kept_share, ntk_base, score_factor

LOOK_EVERY = {"the chosen": 2, "all four": 5}  # steps

BOUNDS = {"0.5 and 4": (0.5, 4.0), "1 and 8": (1.0, 8.0), "1 and 32": (1.0, 32.0)}


class ScalingControls(Controls):
    method: Method = Field("YaRN", title="Frequencies changed by")
    stretch: Literal[1, 2, 4, 8] = Field(4, title="Stretch s", description="Wanted length over the trained 64 tokens")
    steps: int = Field(0, ge=0, le=30, multiple_of=5, title="Train on, steps", description="On new long texts, live")
    tuned: Literal["the chosen", "all four"] = Field("the chosen", title="Which is trained on", json_schema_extra=MORE)
    bounds: Literal["0.5 and 4", "1 and 8", "1 and 32"] = Field(
        "0.5 and 4",
        title="Interpolated below, kept above",
        description="Turns within the trained length, α and β of YaRN; the paper’s for Llama are 1 and 32",
        json_schema_extra=MORE,
    )
    shape: Literal["this model", "Llama 2"] = Field(
        "this model",
        title="Pairs drawn",
        description="8 pairs trained at 64 tokens; or 64 at 4 096, with α 1 and β 32",
        json_schema_extra=MORE,
    )


class ScalingResult(NamedTuple):
    controls: ScalingControls
    drawn: Shape
    untuned: dict[str, Tensor]  # method → mean loss by place (T − 1,), the weights as trained
    tuned: dict[str, list[Tensor]]  # method → the same at every look while it is trained on; the first is untuned
    steps: list[int]  # done at each look
    parameters: int


def shape(controls: ScalingControls) -> Shape:
    return Shape(16, TRAINED, *BOUNDS[controls.bounds])


def drawn_shape(controls: ScalingControls) -> Shape:
    return Shape(128, 4096, 1.0, 32.0) if controls.shape == "Llama 2" else shape(controls)


@lru_cache(maxsize=128)
def read_untuned(method: str, stretch: int, of: Shape, seed: int, device: str) -> Tensor:
    return read(stretched(method, stretch, of, device), stretch, seed, device)


def run(controls: ScalingControls, device: str) -> Iterator[ScalingResult]:
    c, of = controls, shape(controls)
    shown: tuple[str, ...] = tuple(dict.fromkeys((*COMPARED, c.method)))
    untuned = {method: read_untuned(method, c.stretch, of, c.seed, device) for method in shown}
    trained: tuple[str, ...] = COMPARED if c.tuned == "all four" else (c.method,)
    tuned, done = {method: [untuned[method]] for method in trained}, [0]
    parameters = parameter_count(scheme_model("rope", device))

    def now() -> ScalingResult:
        looks = {method: list(look) for method, look in tuned.items()}
        return ScalingResult(c, drawn_shape(c), untuned, looks, list(done), parameters)

    yield now()
    for step, models in trained_on(trained, c.stretch, of, c.steps, c.seed, device):
        if step % LOOK_EVERY[c.tuned] == 0 or step == c.steps:
            for method, model in models.items():
                tuned[method].append(read(model, c.stretch, c.seed, device))
            done.append(step)
            yield now()


def spread(looks: Sequence[Tensor]) -> float:
    """Largest minus smallest loss past the trained length."""
    found = [beyond(loss) for loss in looks]
    return max(found) - min(found)


def measure(result: ScalingResult) -> Measurements:
    c, of = result.controls, shape(result.controls)
    plain, changed = theta("none", c.stretch, of), theta(c.method, c.stretch, of)
    start = result.untuned[c.method]
    loss = result.tuned.get(c.method, [start])[-1]
    none, linear = result.untuned["none"], result.untuned["interpolation"]
    rivals = min(at_the_end(linear), at_the_end(result.untuned["NTK-aware"]))
    price = max(inside(linear) - inside(none), 1e-9)
    kept = kept_share(full_rotations(plain, of.trained), of.alpha, of.beta)
    new = (full_rotations(plain, of.trained) < 1) & (changed * length(c.stretch) > plain * TRAINED * 1.001)
    others = [looks for method, looks in result.tuned.items() if method != "none"] or [[none]]
    before, after = spread([looks[0] for looks in others]), spread([looks[-1] for looks in others])
    return {
        "loss_within_the_trained_length_nats": inside(loss),
        "loss_past_the_trained_length_nats": beyond(loss),
        "loss_over_the_last_quarter_nats": at_the_end(loss),
        "price_within_the_trained_length_nats": inside(loss) - inside(none),
        "gain_past_the_trained_length_nats": beyond(none) - beyond(loss),
        "gain_before_training_on_nats": beyond(none) - beyond(start),
        "price_before_training_on_nats": inside(start) - inside(none),
        "lead_over_interpolation_and_ntk_in_the_last_quarter_nats": rivals - at_the_end(loss),
        "price_over_that_of_interpolation": (inside(loss) - inside(none)) / price,
        "price_before_training_on_over_that_of_interpolation": (inside(start) - inside(none)) / price,
        "smallest_gain_of_a_method_nats": beyond(none) - max(beyond(looks[-1]) for looks in others),
        "climb_from_the_second_to_the_last_quarter_nats": at_the_end(loss)
        - loss[len(loss) // 4 : len(loss) // 2].mean().item(),
        "largest_change_of_a_loss_nats": (loss - none).abs().max().item(),
        "fastest_pair_slowed_times": (plain[0] / changed[0]).item(),
        "slowest_pair_slowed_times": (plain[-1] / changed[-1]).item(),
        "slowest_pair_slowed_over_stretch": (plain[-1] / changed[-1]).item() / c.stretch,
        "new_angles_in_slow_pairs": new.sum().item(),
        "kept_pairs": (kept == 1).sum().item(),
        "blended_pairs": ((kept > 0) & (kept < 1)).sum().item(),
        "interpolated_pairs": (kept == 0).sum().item(),
        "raised_base": ntk_base(BASE, c.stretch, result.drawn.head_width),
        "base_times_stretch_squared": BASE * c.stretch**2,
        "score_factor": score_factor(c.stretch) ** 2 if c.method == "YaRN" else 1.0,
        "spread_of_methods_before_nats": before,
        "spread_of_methods_after_nats": after,
        "spread_left_by_training_on": after / before if before else 1.0,
    }
