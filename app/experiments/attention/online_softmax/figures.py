"""The three figures of online softmax: the recurrence, how often it rescales, how often a score is touched."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.attention.online_softmax.run import (
    RESCALES,
    OnlineSoftmaxResult,
)
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Computed, Drawn
from models.attention.online_softmax import (
    summed,
)
from visualizers.curve import curves
from visualizers.distribution import grouped_bars
from visualizers.recurrence import recurrence
from visualizers.theme import ACCENT, INK_3


def figures(result: OnlineSoftmaxResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "steps": _steps(result, numbers),
            "rescales": _rescales(result, numbers),
            "accesses": _accesses(result, numbers),
        },
        origins(result),
    )


def _steps(result: OnlineSoftmaxResult, numbers: Measurements) -> Figure:
    z, (m, d, factor) = result.scores.numpy(), (kept.numpy() for kept in result.steps)
    N = len(z)
    so_far = np.where(np.tri(N, dtype=bool), np.exp(z - m[:, None]) / d[:, None], 0)  # (N, N)
    return Figure(
        title="One pass over the scores",
        caption=(
            "Each {accent|new score} may raise {c2|the largest so far}; then {c3|the factor} shrinks what was summed."
            " ◇ the softmax of two passes: in the last step the bars must meet it."
        ),
        text=(
            f"{numbers['rescales_on_screen']:.0f} of {N - 1} later scores are larger than all before them. In the end"
            f" the probabilities add up to {numbers['sum_of_probabilities']:.6g}; the largest difference from two"
            f" passes, here and in 256 random rows, is {numbers['largest_difference_from_two_passes']:.2g}."
        ),
        plot=recurrence(
            [f"{value:g}" for value in z.tolist()],
            ("scores, and the largest so far m", z),
            m,
            {"factor exp(m − m′) on the sum so far": factor, "sum so far d": d},
            ("softmax of the scores so far", so_far, result.two_passes.numpy()),
        ),
        height=460,
        lines=["m, d = larger, summed(d, factor, score, larger)"] * N,
        steps="score",
        start=N - 1,
    )


def _rescales(result: OnlineSoftmaxResult, numbers: Measurements) -> Figure:
    L = result.controls.length
    places = np.arange(1, L + 1)
    found = result.row_rescales.float().mean(dim=0).cumsum(dim=0).numpy()
    chance = np.cumsum(1 / places) - 1
    drawn = curves(
        places,
        {"measured": found, "chance": chance},
        x_title="scores read, j",
        colours={"measured": ACCENT, "chance": INK_3},
        room=16,
    )
    drawn.update_xaxes(range=[0, L + 1]).layout.annotations = ()  # the lines lie on each other
    return Figure(
        title=f"Rescales so far, in rows of {L}",
        caption="{accent|Mean of 256 random rows}; {ink-3|grey}: 1/2 + 1/3 + … + 1/j, what random order gives.",
        text=(
            f"A row of {L} is rescaled {numbers['mean_rescales_of_a_random_row']:.3g} times on average; random order"
            f" lets expect {numbers['rescales_expected_in_random_order']:.3g}."
        ),
        plot=drawn,
        height=240,
        half=True,
    )


def _accesses(result: OnlineSoftmaxResult, numbers: Measurements) -> Figure:
    whole, mean = np.array(list(result.accesses.values())).T
    drawn = grouped_bars({"softmax": whole, "weighted mean": mean}, labels=list(result.accesses))
    for trace, counts in zip(drawn.data, (whole, mean)):
        trace.update(text=[f"{count:g}" for count in counts], textposition="outside", cliponaxis=False)
    return Figure(
        title="Accesses to slow memory, a score",
        caption="Reads and writes, counted: {c1|all probabilities written}, or only {c2|the weighted mean of values}.",
        text=(
            f"Writing the probabilities takes {numbers['accesses_a_score_safe']:g} accesses a score with a pass for the"
            f" largest and {numbers['accesses_a_score_online']:g} online. Attention needs only the weighted mean:"
            f" {result.accesses['safe'][1]:g} against {result.accesses['online'][1]:g}."
        ),
        plot=drawn.update_yaxes(range=[0, 4.6]),
        height=240,
        half=True,
    )


def origins(result: OnlineSoftmaxResult) -> list[Drawn]:
    z, (m, d, factor) = result.scores, result.steps
    m_before, d_before = pad(m[:-1], (1, 0), value=-torch.inf), pad(d[:-1], (1, 0))
    scaled = Computed(factor, RESCALES[result.controls.rescale], {"old": m_before, "new": m})
    total = Computed(d, summed, {"d": d_before, "factor": scaled, "score": z, "m": m})
    drawn = [
        Drawn("steps", total, trace=5),
        Drawn("steps", scaled, trace=4),
        Drawn("steps", z),
        Drawn("steps", m, trace=3),
    ]
    return drawn + [Drawn("steps", old, _a_step_back, trace) for old, trace in ((d_before, 5), (m_before, 3))]


def _a_step_back(before: Tensor) -> Tensor:
    """What stood there before a step, at the place of the step before."""
    return pad(before[1:], (0, 1), value=torch.nan)
