"""One alignment with the centre of its window, every alignment's success, and how far the centre lies off."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.local_attention.run import KINDS, LENGTH, TASKS, LocalResult, kind_of
from app.provenance.origin import Computed, Plotted, computed
from models.attention.luong import PredictiveAlignment, global_alignment, local_weights, predicted_centre, window
from models.data.word_lists import text_of
from visualizers.alignment import aligned
from visualizers.distribution import grouped_bars
from visualizers.outcomes import outcomes
from visualizers.theme import SERIES

SHORT = {"local-p without Gaussian": "window", "local-p, narrower": "σ = D/3"}


def figures(result: LocalResult, metrics: Measurements) -> Figures:
    return {
        "alignment": _alignment(result, metrics),
        "matches": _matches(result, metrics),
        "centre": _centre(result, metrics),
    }


def weights_of(result: LocalResult) -> Computed:
    """The weights (T, S) of the list shown."""
    align, h, encoded = result.alignment, result.trace.states, result.trace.encoded
    if type(align) is not PredictiveAlignment:
        scores = align.score(h, encoded)[0]
        if result.centre is not None:
            scores = scores.masked_fill(~window(result.centre, len(result.source), align.half_width), -torch.inf)
        return computed(global_alignment, scores=scores)
    p = computed(predicted_centre, h=h[0], w_p=align.w_p, v_p=align.v_p[:, 0], positions=len(result.source))
    return computed(
        local_weights, align=align.in_window(h, encoded, p.tensor[None])[0], p=p, sigma=align.sigma
    )  # fmt: skip


def _alignment(result: LocalResult, metrics: Measurements) -> Figure:
    c, trace = result.controls, result.trace
    shown = len(result.source) - 1
    plot = aligned(
        trace.weights[0].numpy(),
        text_of(result.words),
        text_of(result.source),
        None if result.centre is None else result.centre.numpy(),
    )
    moves = (
        ""
        if result.centre is None
        else " {c2|Circles}: the centre of the window, from which two positions each way are visible."
    )
    return Figure(
        title=f"Alignment of one list: {kind_of(c.alignment, c.gaussian)}",
        caption=f"Rows: words written, from the top. Columns: the source.{moves}",
        text=f"{metrics['shown_right_words']:.0f} of {shown} words of this list are written right.",
        plot=plot,
        height=380,
        sources=[Plotted(weights_of(result), trace="values")],
    )


def _matches(result: LocalResult, metrics: Measurements) -> Figure:
    shares: dict[str, np.ndarray] = {
        task: np.array([100 * result.matches[task][kind] for kind in KINDS]).round() for task in TASKS
    }
    return Figure(
        title=f"Held-out lists of {LENGTH} words without a wrong word, %",
        caption=(
            "Lists {trace:copy|copied} and {trace:reverse|written backwards}. Window: local-p without the Gaussian."
        ),
        text=(
            f"Written backwards, local-m gets {metrics['monotonic_exact_match_when_reversed']:.0%} of the lists right,"
            f" the alignment chosen above {metrics['exact_match_when_reversed']:.0%}."
        ),
        plot=grouped_bars(shares, labels=[SHORT.get(kind, kind) for kind in KINDS]),
        height=280,
        half=True,
    )


def _centre(result: LocalResult, metrics: Measurements) -> Figure:
    found = {task: result.centre_error[task] for task in TASKS}
    gradient = metrics["largest_gradient_on_the_centre"]
    told = f"The largest gradient on the weights that predict it is {gradient:.2g}." if np.isfinite(gradient) else ""
    return Figure(
        title="Distance of the window’s centre from the word to be written",
        caption="Mean over steps, in positions. The window reaches two positions to each side.",
        text=(
            f"The centre misses the word by {found['copy']:.2f} positions in copied lists and by"
            f" {found['reverse']:.2f} in lists written backwards. {told}".strip()
        ),
        plot=outcomes(
            {"positions": [0.0 if np.isnan(error) else error for error in found.values()]},
            ["copied", "backwards"],
            colours=[SERIES[0], SERIES[1]],
            room=70,
        ),
        height=280,
        half=True,
    )
