"""Digits drawn at several guidance scales, and a line on which the density that guidance should reach is known."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.guidance.drawn_digits import (
    NETWORKS,
    SHOWN_SCALES,
    TIMES,
    Drawn,
    Network,
    Passes,
    drawn_at,
    plane,
    walks,
)
from app.experiments.generative.guidance.line import Line, on_the_line
from models.data.digits import digits
from models.linear.principal_components import projected
from models.parameter_count import parameter_count
from models.training.small_denoisers import pretrained

SCALES = (0, 1, 2, 4)
ALIKE = 0.01
"""Digits that are no further apart are the same but for rounding; the distance is over 64 pixels from −1 to 1."""
PLAIN, STRONG = SHOWN_SCALES.index(1), SHOWN_SCALES.index(4)


class GuidanceControls(Controls):
    guidance: float = Field(4.0, ge=0, le=8, multiple_of=0.5, title="Guidance on the line", description="s; 1 is none")
    digit: int = Field(2, ge=0, le=9, title="Digit asked for", description="In the sheet of samples")
    passes: Passes = Field("class, no class", title="What the two passes are given")
    network: Network = Field("transformer", title="Denoiser")
    line_noise: Literal["guided", "of the tilted density"] = Field(
        "guided", title="Noise predicted on the line", description="Mixed from two exact predictions, or exact for q"
    )
    third: Literal["the line", "paths of the digits"] = Field("the line", title="Third figure")
    line_steps: int = Field(50, ge=10, le=200, multiple_of=10, title="Steps on the line", json_schema_extra=MORE)


class GuidanceResult(NamedTuple):
    controls: GuidanceControls
    walks: Tensor  # (S, T + 1, K, 1, 8, 8) one digit at each of SHOWN_SCALES from the same K noises
    paths: Tensor  # (S, K, T + 1, 2) the same in the plane in which digits vary most
    real: Tensor  # (N, 2) held-out images of that digit in that plane
    drawn: dict[int, Drawn]  # scale → what is measured; not all at once
    line: Line
    parameters: int


def run(controls: GuidanceControls, device: str) -> Iterator[GuidanceResult]:
    """The sheet and the line at once, then the measurements over many digits, one scale after the other."""
    c, done = controls, dict[int, Drawn]()
    network = pretrained(NETWORKS[c.network], 0, device)
    assert isinstance(network, torch.nn.Module)
    walked, held_out = walks(c.digit, c.passes, c.network, c.seed, device), digits()[1]
    result = GuidanceResult(
        c,
        walked,
        projected(walked.cpu().flatten(3), plane()).transpose(1, 2),
        projected(held_out.images[held_out.labels == c.digit].flatten(1), plane()),
        done,
        on_the_line(c.guidance, c.line_noise, c.line_steps, c.seed),
        parameter_count(network),
    )
    yield result
    for scale in SCALES:
        done[scale] = drawn_at(scale, c.passes, c.network, c.seed, device)
        yield result._replace(drawn=dict(done))


def measure(result: GuidanceResult) -> Measurements:
    spread = (
        (result.paths[:, :, -1] - result.paths[:, :, -1].mean(dim=1, keepdim=True)).norm(dim=-1).mean(dim=1)
    )  # (S,)
    apart = (result.walks[STRONG] - result.walks[PLAIN]).flatten(2).norm(dim=-1).mean(dim=1)  # (T + 1,)
    line = {
        "line_gap": result.line.gap,
        "line_shift": result.line.shift,
        "guidance": result.controls.guidance,
        "end_spread_at_1": spread[PLAIN].item(),
        "end_spread_at_4": spread[STRONG].item(),
        "half_apart_at_t": float(TIMES[int((apart >= apart[-1] / 2).float().argmax())]) if apart[-1] > ALIKE else 0.0,
    }
    if len(result.drawn) < len(SCALES):
        return line
    plain, strong = result.drawn[1], result.drawn[4]
    kept = strong.variety.mean(dim=0) / plain.variety.mean(dim=0)  # (10,)
    return line | {
        "accuracy_at_1": plain.accuracy.mean().item(),
        "accuracy_at_4": strong.accuracy.mean().item(),
        "accuracy_gain": (strong.accuracy - plain.accuracy).mean().item(),
        "variety_at_1": plain.variety.mean().item(),
        "variety_at_4": strong.variety.mean().item(),
        "variety_4_over_1": (strong.variety.mean() / plain.variety.mean()).item(),
        "digit_keeping_most": float(kept.argmax()),
    }
