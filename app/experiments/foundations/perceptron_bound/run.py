"""Perceptrons on hundreds of separable sets: how many mistakes each makes, beside the bound of the theorem."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.separable_points import separable
from models.linear.largest_margin import largest_margin
from models.linear.perceptron import augmented, learn, mistake_bound

SETS = 50
GAPS = (0.02, 0.05, 0.1, 0.2, 0.5)
MIDDLE = GAPS.index(0.1)
WIDEST = GAPS[-1]
PASSES = 30
MOST_STEPS = 4000  # passes over 200 points are fewer: a run stays under 0.4 s

Near = Literal["all points", "half of the points", "one pair of points"]


class PerceptronBoundControls(Controls):
    start: float = Field(
        0.0, ge=0, le=2000, multiple_of=100, title="Length of the start vector", description="Pointing the wrong way"
    )
    rate: float = Field(1.0, ge=0.1, le=10, multiple_of=0.1, title="Learning rate η")
    near: Near = Field("all points", title="Pushed away by the small gap", description="Others: by the widest gap")
    points: Literal[50, 100, 200] = Field(100, title="Points per set")
    scale: float = Field(
        1.0, ge=0.1, le=3, multiple_of=0.1, title="All coordinates times", description="The constant input stays at 1"
    )
    passes: int = Field(PASSES, ge=1, le=PASSES, title="Passes at most", json_schema_extra=MORE)


class PerceptronBoundResult(NamedTuple):
    """G gaps of S sets each."""

    controls: PerceptronBoundControls
    mistakes: Tensor  # (G, S)
    radius: Tensor  # (G, S) R, of the points with the constant input
    margin: Tensor  # (G, S) γ, the largest that any line has
    bound: Tensor  # (G, S)
    unfinished: Tensor  # (G, S) True where the last pass still had a mistake


@memo
def mistakes_of(controls: PerceptronBoundControls) -> PerceptronBoundResult:
    c = controls
    count = len(GAPS) * SETS
    gap = torch.tensor(GAPS, dtype=torch.double).repeat_interleave(SETS)[:, None].repeat(1, c.points)
    kept = {"all points": c.points, "half of the points": c.points // 2, "one pair of points": 2}[c.near]
    gap[:, kept:] = WIDEST
    made = separable(count, c.points, gap, c.seed)
    x = augmented(c.scale * made.x)
    line = torch.cat([made.line[:, :2], c.scale * made.line[:, 2:]], dim=1)
    wrong_way = -c.start * line / line.norm(dim=1, keepdim=True)
    learning = learn(x, made.y, min(c.passes, MOST_STEPS // c.points), c.rate, wrong_way)
    radius, margin = x.norm(dim=-1).amax(dim=-1), largest_margin(x, made.y)

    def by_gap(values: Tensor) -> Tensor:
        return values.unflatten(0, (len(GAPS), SETS))

    return PerceptronBoundResult(
        c,
        by_gap(learning.changed.sum(dim=-1).double()),
        by_gap(radius),
        by_gap(margin),
        by_gap(mistake_bound(radius, margin)),
        by_gap(learning.mistakes[:, -1] > 0),
    )


def run(controls: PerceptronBoundControls, device: str) -> PerceptronBoundResult:
    return mistakes_of(controls)


def measure(result: PerceptronBoundResult) -> Measurements:
    share = result.mistakes / result.bound
    by_gap = result.mistakes.median(dim=1).values
    return {
        "median_share_of_the_bound": share.median().item(),
        "largest_share_of_the_bound": share.max().item(),
        "sets_above_the_bound": float((share > 1).sum()),
        "median_mistakes": result.mistakes.median().item(),
        "median_mistakes_at_the_smallest_gap": by_gap[0].item(),
        "median_mistakes_at_the_middle_gap": by_gap[MIDDLE].item(),
        "median_mistakes_at_the_widest_gap": by_gap[-1].item(),
        "mistakes_smallest_over_widest_gap": (by_gap[0] / by_gap[-1].clamp(min=1)).item(),
        "bound_smallest_over_widest_gap": (result.bound[0].median() / result.bound[-1].median()).item(),
        "median_radius_at_the_middle_gap": result.radius[MIDDLE].median().item(),
        "median_margin_at_the_middle_gap": result.margin[MIDDLE].median().item(),
        "median_bound_at_the_middle_gap": result.bound[MIDDLE].median().item(),
        "unfinished_sets": float(result.unfinished.sum()),
    }
