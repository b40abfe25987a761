"""Two figures of exponential gates: a text that overwrites an old memory, and how that was learned."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.exponential_gates.run import ExponentialResult
from app.provenance.origin import Plotted, computed
from models.recurrence.slstm import newest_share
from models.training.extended_lstm import SNAPSHOTS
from visualizers.curve import learning_course
from visualizers.distribution import bars
from visualizers.read_text import Cells, Lines, height_of, read_text
from visualizers.theme import ACCENT, INK_3, SERIES

SHARE, ANSWER = "share of each unit’s memory that the newest step makes up", "probability of each value as the one kept"
SIMILARITY, STABILISER = "similarity", "largest stabiliser m"


def figures(result: ExponentialResult, metrics: Measurements) -> Figures:
    return {"text": _text(result, metrics), "shares": _shares(metrics), "training": _training(result, metrics)}


def _text(result: ExponentialResult, metrics: Measurements) -> Figure:
    shares = computed(newest_share, i=result.trace.input, n=result.trace.normalisers)
    share = shares.tensor[0]
    units = share.nan_to_num().var(dim=0).argsort(descending=True)[:8].tolist()
    m = result.trace.stabilisers[0].amax(dim=-1).numpy()
    kept = [step for step, best in enumerate(result.best) if step == best]
    ends = [float(np.nanmin(m, initial=0.0)), float(np.nanmax(m, initial=1.0))]
    charts: list[Cells | Lines] = [
        Lines(SIMILARITY, {SIMILARITY: result.similarity.numpy().astype(float)}, (-0.5, 9.8), {SIMILARITY: INK_3}),
        Cells(SHARE, share.T[units].numpy(), [f"unit {unit}" for unit in units]),
        Lines(STABILISER, {STABILISER: m}, (ends[0] - 1, ends[1] + 1), {STABILISER: SERIES[1]}, pixels=56),
        Cells(ANSWER, result.probabilities.T.numpy(), [str(value) for value in range(8)]),
    ]
    last = result.probabilities[-1]
    right = int(result.labels[result.best[-1]][1])
    told = f"{float(last[right]):.0%}" if bool(last.isfinite().all()) else "not a number"
    return Figure(
        title="Your text: keep the value with the highest similarity so far",
        caption=(
            "Dotted: steps with a new highest similarity. There the newest step must replace the old memory; elsewhere"
            " it must change little."
        ),
        text=f"At the end the right value is {right}; its probability is {told}.",
        plot=read_text(result.labels, charts, marks=kept),
        height=height_of(charts),
        sources=[Plotted(shares, lambda share: share[0].T[units], trace=SHARE)],
    )


def _shares(metrics: Measurements) -> Figure:
    values = np.array([metrics["newest_share_at_best"], metrics["newest_share_elsewhere"]])
    return Figure(
        title="Share of the memory that a new step makes up",
        caption="Mean of i′ / n′ over units and held-out texts, at a new highest similarity and at other steps.",
        text=(
            f"A step with a new highest similarity makes up {values[0]:.0%} of the memory, other steps {values[1]:.0%}."
        ),
        plot=bars(values, labels=["new highest", "others"], colours=[ACCENT, INK_3], y_range=(0, 1.1)),
        height=230,
        half=True,
    )


def _training(result: ExponentialResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Right value at the end, exponential gates",
        caption="On held-out texts of 16 steps. Chance is 12.5 %.",
        text=f"As it is set now, {metrics['accuracy']:.0%} of the texts end with the right value.",
        plot=learning_course(SNAPSHOTS, result.course, SNAPSHOTS[result.controls.trained]),
        height=230,
        half=True,
    )
