"""The three figures of online softmax: the recurrence, how often it rescales, how often a score is touched."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.attention.online_softmax.run import (
    RESCALES,
    OnlineSoftmaxResult,
)
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.attention.online_softmax import (
    summed,
)
from visualizers.curve import curves
from visualizers.distribution import grouped_bars
from visualizers.recurrence import recurrence
from visualizers.theme import ACCENT, INK_3

FACTOR, SUM = "factor exp(m − m′) on the sum so far", "sum so far d"


def figures(result: OnlineSoftmaxResult, metrics: Measurements) -> Figures:
    return {
        "steps": _steps(result, metrics),
        "rescales": _rescales(result, metrics),
        "accesses": _accesses(result, metrics),
    }


def _steps(result: OnlineSoftmaxResult, metrics: Measurements) -> Figure:
    z, (m, d, factor) = result.scores.numpy(), (kept.numpy() for kept in result.steps)
    N = len(z)
    so_far = np.where(np.tri(N, dtype=bool), np.exp(z - m[:, None]) / d[:, None], 0)  # (N, N)
    return Figure(
        title="One pass over the scores",
        caption=(
            "A {trace:newest number|new score} may raise {trace:largest so far|the largest so far}. Then the factor"
            " shrinks the sum. Diamonds: the softmax of two passes, which the last step must meet."
        ),
        text=(
            f"{metrics['rescales_on_screen']:.0f} of {N - 1} later scores are larger than all before them. The largest"
            f" difference from two passes, here and in 256 random rows, is"
            f" {number(metrics['largest_difference_from_two_passes'])}."
        ),
        plot=recurrence(
            [number(value) for value in z.tolist()],
            ("scores, and the largest so far m", z),
            m,
            {FACTOR: factor, SUM: d},
            ("softmax of the scores so far", so_far, result.two_passes.numpy()),
        ),
        height=460,
        lines=["m, d = larger, summed(d, factor, score, larger)"] * N,
        steps="score",
        start=N - 1,
        sources=_sources(result),
    )


def _rescales(result: OnlineSoftmaxResult, metrics: Measurements) -> Figure:
    L = result.controls.length
    read = np.arange(1, L + 1)
    found = result.row_rescales.float().mean(dim=0).cumsum(dim=0).numpy()
    chance = np.cumsum(1 / read) - 1
    drawn = curves(
        read,
        {"measured": found, "chance": chance},
        x_title="scores read, j",
        colours={"measured": ACCENT, "chance": INK_3},
        room=16,
    )
    drawn.update_xaxes(range=[0, L + 1]).layout.annotations = ()  # the lines lie on each other
    return Figure(
        title=f"Rescales so far, in rows of {L}",
        caption="{trace:measured|Mean of 256 random rows}. {trace:chance|Random order}: 1/2 + 1/3 + … + 1/j.",
        text=(
            f"A row of {L} is rescaled {number(metrics['mean_rescales_of_a_random_row'])} times on average. For random"
            f" order the formula gives {number(metrics['rescales_expected_in_random_order'])}."
        ),
        plot=drawn,
        height=240,
        half=True,
    )


def _accesses(result: OnlineSoftmaxResult, metrics: Measurements) -> Figure:
    whole, mean = np.array(list(result.accesses.values())).T
    drawn = grouped_bars({"softmax": whole, "weighted mean": mean}, labels=list(result.accesses))
    for trace, counts in zip(drawn.data, (whole, mean)):
        trace.update(text=[f"{count:g}" for count in counts], textposition="outside", cliponaxis=False)
    return Figure(
        title="HBM reads and writes per score",
        caption="Counted: {trace:softmax|all probabilities} written, or only {trace:weighted mean|the weighted mean}.",
        text=(
            f"Writing probabilities takes {number(metrics['accesses_a_score_safe'])} accesses per score in"
            " three passes and"
            f" {number(metrics['accesses_a_score_online'])} online. The weighted mean takes"
            f" {result.accesses['safe'][1]:g} and {result.accesses['online'][1]:g}."
        ),
        plot=drawn.update_yaxes(range=[0, 4.6]),
        height=240,
        half=True,
    )


def _sources(result: OnlineSoftmaxResult) -> list[Plotted]:
    z, (m, d, factor) = result.scores, result.steps
    m_before, d_before = pad(m[:-1], (1, 0), value=-torch.inf), pad(d[:-1], (1, 0))
    scaled = Computed(factor, RESCALES[result.controls.rescale], {"old": m_before, "new": m})
    total = Computed(d, summed, {"d": d_before, "factor": scaled, "score": z, "m": m})
    return [
        Plotted(total, trace=SUM),
        Plotted(scaled, trace=FACTOR),
        Plotted(z, trace="numbers"),
        Plotted(m, trace="largest so far"),
        Plotted(d_before, _a_step_back, SUM),
        Plotted(m_before, _a_step_back, "largest so far"),
    ]


def _a_step_back(before: Tensor) -> Tensor:
    """What a step found, at the position of the step before."""
    return pad(before[1:], (0, 1), value=torch.nan)
