"""A decoder trained at 64 tokens reads longer texts by YaRN: bounds of the ramp, and a factor on the scores."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.position.context_extension import Shape, at_the_end, beyond, inside, read_untuned, theta
from models.language.loss_by_length import TRAINED, scheme_model
from models.parameter_count import parameter_count
from models.position.scaled_rope import full_rotations, kept_share, score_factor

SHOWN = ("none", "interpolation", "NTK-aware", "NTK-by-parts", "YaRN")
BOUNDS = {"0.5 and 4": (0.5, 4.0), "1 and 8": (1.0, 8.0), "1 and 32": (1.0, 32.0)}
SWEPT = (0.5, 1.0, 1.5, 2.0)  # factors of the scores, beside the paper's

YarnMethod = Literal["interpolation", "NTK-aware", "NTK-by-parts", "YaRN"]
Scores = Literal["halved", "unchanged", "of the paper", "raised by half"]
FACTORS = {"halved": 0.5, "unchanged": 1.0, "raised by half": 1.5}


class YarnControls(Controls):
    method: YarnMethod = Field("YaRN", title="Frequencies", description="NTK-by-parts is YaRN without its score factor")
    stretch: Literal[2, 4, 8] = Field(4, title="Stretch s", description="Wanted length over the trained 64 tokens")
    scores: Scores = Field("of the paper", title="Scores", description="Multiplied by (0.1 ln s + 1)² in the paper")
    bounds: Literal["0.5 and 4", "1 and 8", "1 and 32"] = Field(
        "0.5 and 4",
        title="Bounds α and β",
        description="Rotations within the trained length; below α a pair is interpolated, above β kept",
        json_schema_extra=MORE,
    )


class YarnResult(NamedTuple):
    controls: YarnControls
    of: Shape
    factor: float  # of the scores
    losses: dict[str, Tensor]  # method → mean loss by position (T − 1,)
    now: Tensor  # of the chosen method and factor
    swept: dict[float, Tensor]  # factor of the scores → mean loss by position, with NTK-by-parts frequencies
    parameters: int


def factor_of(controls: YarnControls) -> float:
    """By which the scores are multiplied: 1 for all methods but YaRN."""
    if controls.method != "YaRN":
        return 1.0
    return FACTORS.get(controls.scores, score_factor(controls.stretch) ** 2)


def run(controls: YarnControls, device: str) -> Iterator[YarnResult]:
    """First the methods, then the loss by factor: each takes as long as five readings of the texts."""
    c, of = controls, Shape(16, TRAINED, *BOUNDS[controls.bounds])

    paper = score_factor(c.stretch) ** 2

    def loss(method: str, factor: float = 1.0) -> Tensor:
        if method == "YaRN":  # is NTK-by-parts with the paper's factor, which the sweep reads as well
            method, factor = "NTK-by-parts", paper
        return read_untuned(method, c.stretch, of, c.seed, device, factor**0.5)  # queries and keys carry one root each

    factor = factor_of(c)
    read = {method: loss(method) for method in SHOWN}
    now = loss("NTK-by-parts" if c.method == "YaRN" else c.method, factor)
    for factors in ({1.0, paper, factor}, {*SWEPT, paper, factor}):
        swept = {one: loss("NTK-by-parts", one) for one in sorted(factors)}
        yield YarnResult(c, of, factor, read, now, swept, parameter_count(scheme_model("rope", device)))


def measure(result: YarnResult) -> Measurements:
    c, losses = result.controls, result.losses
    plain = theta("none", c.stretch, result.of)
    rivals = min(at_the_end(losses["interpolation"]), at_the_end(losses["NTK-aware"]))
    cost = inside(losses["interpolation"]) - inside(losses["none"])
    kept = kept_share(full_rotations(plain, result.of.trained), result.of.alpha, result.of.beta)
    effects = {factor: beyond(loss) for factor, loss in result.swept.items()}
    return {
        "loss_within_the_trained_length_nats": inside(result.now),
        "loss_past_the_trained_length_nats": beyond(result.now),
        "cost_within_the_trained_length_nats": inside(result.now) - inside(losses["none"]),
        "cost_over_that_of_interpolation": (inside(result.now) - inside(losses["none"])) / cost,
        "lead_over_interpolation_and_ntk_in_the_last_quarter_nats": rivals - at_the_end(result.now),
        "effect_of_the_score_factor_nats": effects[result.factor] - effects[1.0],
        "best_score_factor": min(effects, key=effects.__getitem__),
        "score_factor": result.factor,
        "kept_pairs": (kept == 1).sum().item(),
        "blended_pairs": ((kept > 0) & (kept < 1)).sum().item(),
        "interpolated_pairs": (kept == 0).sum().item(),
    }
