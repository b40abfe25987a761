"""A decoder trained at 64 tokens reads longer texts: its rotary frequencies are stretched by one method, its scores
multiplied by a factor, and its weights trained further.
"""

from collections.abc import Iterable, Iterator, Sequence
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
    paper_scores,
    read_untuned,
    stretched,
    theta,
)
from app.experiments.position.rope_scaling.further_training import Kind, trained_further
from models.language.loss_by_length import TRAINED, scheme_model
from models.parameter_count import parameter_count
from models.position.scaled_rope import full_rotations, kept_share, ntk_base
from models.transformer.decoder import Decoder

BOUNDS = {"0.5 and 4": (0.5, 4.0), "1 and 8": (1.0, 8.0), "1 and 32": (1.0, 32.0)}
LLAMA = Shape(128, 4096, 1.0, 32.0)
SWEPT = (0.5, 1.0, 1.5, 2.0)  # factors of the scores, beside the paper's
FACTORS = {"halved": 0.5, "unchanged": 1.0, "raised by half": 1.5}


class ScalingControls(Controls):
    method: Method = Field("YaRN", title="Method", description="NTK-by-parts is YaRN without its factor of the scores")
    stretch: Literal[1, 2, 4, 8] = Field(4, title="Stretch s", description="Wanted length over the trained 64 tokens")
    steps: int = Field(0, ge=0, le=20, multiple_of=5, title="Further training steps", description="On long texts, live")
    tuned: Literal["the chosen", "all four"] = Field("the chosen", title="Trained further", json_schema_extra=MORE)
    tuned_on: Kind = Field(
        "long texts", title="Further training on", description="As many tokens in all", json_schema_extra=MORE
    )
    shape: Literal["this model", "Llama 2"] = Field(
        "this model",
        title="Pairs shown",
        description="8 pairs trained at 64 tokens, or 64 pairs trained at 4 096",
        json_schema_extra=MORE,
    )
    scores: Literal["halved", "unchanged", "of the paper", "raised by half"] = Field(
        "of the paper",
        title="Scores",
        description="With YaRN, in the paper multiplied by (0.1 ln s + 1)²",
        json_schema_extra=MORE,
    )
    bounds: Literal["0.5 and 4", "1 and 8", "1 and 32"] = Field(
        "0.5 and 4",
        title="Bounds α and β",
        description="Rotations within the trained length; below α a pair is interpolated, above β kept",
        json_schema_extra=MORE,
    )
    third: Literal["further training", "factors of the scores"] = Field(
        "further training", title="Third figure over", json_schema_extra=MORE
    )

    @property
    def of(self) -> Shape:
        """What decides the frequencies of the trained decoder."""
        return Shape(16, TRAINED, *BOUNDS[self.bounds])

    @property
    def factor(self) -> float:
        """By which the scores of the chosen method are multiplied."""
        paper = paper_scores(self.method, self.stretch)
        return FACTORS.get(self.scores, paper) if self.method == "YaRN" else paper


class ScalingResult(NamedTuple):
    controls: ScalingControls
    untuned: dict[str, Tensor]  # method → mean loss by position (T − 1,), the weights as trained
    start: Tensor  # (T − 1,) of the chosen method, with the scores as chosen
    by_factor: dict[float, Tensor]  # of the scores → mean loss by position, with YaRN's frequencies
    tuned: dict[str, list[Tensor]]  # method → the same at each evaluation during further training; the first is untuned
    steps: list[int]  # done at each evaluation
    parameters: int


def drawn_shape(controls: ScalingControls) -> Shape:
    return LLAMA if controls.shape == "Llama 2" else controls.of


def by_factor(c: ScalingControls, device: str) -> Iterator[dict[float, Tensor]]:
    """Losses by factor of the scores: first what the measures need, then all. Each takes a reading of the texts."""
    needed = {1.0, paper_scores("YaRN", c.stretch), c.factor}
    for factors in (needed, needed | {*SWEPT}):
        yield {one: read_untuned("YaRN", c.stretch, c.of, c.seed, device, one) for one in sorted(factors)}


def run(controls: ScalingControls, device: str) -> Iterator[ScalingResult]:
    c, parameters = controls, parameter_count(scheme_model("rope", device))
    shown: tuple[str, ...] = tuple(dict.fromkeys((*COMPARED, c.method)))
    untuned = {method: read_untuned(method, c.stretch, c.of, c.seed, device) for method in shown}
    start = read_untuned(c.method, c.stretch, c.of, c.seed, device, c.factor)
    trained: tuple[str, ...] = COMPARED if c.tuned == "all four" else (c.method,)
    first = {method: (untuned | {c.method: start})[method] for method in trained}
    found = ScalingResult(c, untuned, start, {}, {method: [loss] for method, loss in first.items()}, [0], parameters)
    swept: Iterable[dict[float, Tensor]] = by_factor(c, device) if c.third == "factors of the scores" else ({},)
    for losses in swept:
        found = found._replace(by_factor=losses)
        yield found
    if not c.steps:
        return

    def by(method: str, decoder: Decoder | None) -> Decoder:
        return stretched(method, c.stretch, c.of, device, c.factor if method == c.method else None, decoder)

    for progress in trained_further(first, by, c.tuned_on, c.steps, c.stretch, c.seed, device):
        tuned = {method: [losses[method] for losses in progress.snapshots] for method in trained}
        yield found._replace(tuned=tuned, steps=progress.taken)


def spread(losses: Sequence[Tensor]) -> float:
    """Largest minus smallest loss past the trained length."""
    found = [beyond(loss) for loss in losses]
    return max(found) - min(found)


def measure(result: ScalingResult) -> Measurements:
    c = result.controls
    plain, changed = theta("none", c.stretch, c.of), theta(c.method, c.stretch, c.of)
    start = result.start
    loss = result.tuned.get(c.method, [start])[-1]
    none, linear = result.untuned["none"], result.untuned["interpolation"]
    cost = max(inside(linear) - inside(none), 1e-9)
    new = (full_rotations(plain, TRAINED) < 1) & (changed * length(c.stretch) > plain * TRAINED * 1.001)
    others = [losses for method, losses in result.tuned.items() if method != "none"] or [[none]]
    before, after = spread([losses[0] for losses in others]), spread([losses[-1] for losses in others])
    kept = kept_share(full_rotations(plain, TRAINED), c.of.alpha, c.of.beta)
    return _of_the_scores(result, at_the_end(loss)) | {
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
        "kept_pairs": (kept == 1).sum().item(),
        "blended_pairs": ((kept > 0) & (kept < 1)).sum().item(),
        "interpolated_pairs": (kept == 0).sum().item(),
        "raised_base": ntk_base(BASE, c.stretch, drawn_shape(c).head_width),
        "spread_of_methods_before_nats": before,
        "spread_of_methods_after_nats": after,
        "spread_left_by_training": after / before if before else 1.0,
    }


def _of_the_scores(result: ScalingResult, end: float) -> dict[str, float]:
    """Where factors of the scores were read; ``end`` is the loss over the last quarter."""
    if not result.by_factor:
        return {}
    effects = {factor: beyond(loss) for factor, loss in result.by_factor.items()}
    rivals = min(at_the_end(result.untuned[name]) for name in ("interpolation", "NTK-aware"))
    return {
        "lead_over_interpolation_and_ntk_in_the_last_quarter_nats": rivals - end,
        "effect_of_the_score_factor_nats": effects[result.controls.factor] - effects[1.0],
        "best_score_factor": min(effects, key=effects.__getitem__),
        "score_factor": result.controls.factor,
    }
