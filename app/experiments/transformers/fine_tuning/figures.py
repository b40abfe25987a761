"""Accuracy by number of labels, the typed sentence and its twin, and the weights of a published model."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.fine_tuning.course import COUNTS, STEPS
from app.experiments.transformers.fine_tuning.run import EMBEDDINGS, PUBLISHED, FineTuningResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.data.handover_labels import CLASSES
from visualizers.curve import apart, curves, mark_x
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, INK_3, MARK, SERIES
from visualizers.truth_bars import truth_bars

PRE_TRAINED, RANDOM, WORDS = "pre-trained", "random start", "word counts"


def figures(result: FineTuningResult, metrics: Measurements) -> Figures:
    return {
        "accuracy": _accuracy(result, metrics),
        "typed": _typed(result),
        "counts": _counts(result, metrics),
    }


def _accuracy(result: FineTuningResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = {PRE_TRAINED: result.accuracy[0], RANDOM: result.accuracy[1], WORDS: result.by_words}
    drawn = curves(
        COUNTS, {name: line.numpy() for name, line in lines.items()}, x_title="labelled sentences", x_log=True,
        y_range=(0.36, 1.06), markers=True, colours={PRE_TRAINED: ACCENT, RANDOM: SERIES[1], WORDS: INK_3}, room=86,
    )  # fmt: skip
    apart(drawn, 270)
    drawn.update_xaxes(tickmode="array", tickvals=COUNTS, ticktext=list(map(str, COUNTS)))
    drawn.update_yaxes(tickformat=".0%")
    return Figure(
        title=f"Right on held-out sentences after {result.step} of {STEPS} steps",
        caption=(
            f"{{trace:{PRE_TRAINED}|Pre-trained}} on {c.pre_trained}, {{trace:{RANDOM}|random start}}: same labels,"
            f" same steps. {{trace:{WORDS}|Word counts}}: a classifier without word order. Guessing is right in 50 %."
        ),
        text=(
            f"With {c.labels} labels the pre-trained {c.reader} is right on {metrics['accuracy']:.0%}, the one with a"
            f" random start on {metrics['random_start_accuracy']:.0%}, word counts on"
            f" {metrics['word_count_accuracy']:.0%}."
        ),
        plot=mark_x(drawn, c.labels, "labels given"),
        height=320,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _typed(result: FineTuningResult) -> Figure:
    c = result.controls
    other, asked = CLASSES[c.task]
    groups = {PRE_TRAINED: result.typed_p[0].double(), RANDOM: result.typed_p[1].double()}
    names = ["as typed", "people exchanged"][: len(result.typed)]
    drawn = truth_bars({name: p.numpy() for name, p in groups.items()}, labels=names, y_range=(0, 1.05))
    drawn.update_yaxes(tickformat=".0%")
    drawn.data[1].marker.color = SERIES[1]
    both = [
        f"“{text}”: {p:.0%} {asked}, {1 - p:.0%} {other}."
        for text, p in zip(result.typed, groups[PRE_TRAINED].tolist())
    ]
    return Figure(
        title=f"Probability of “{asked}”, {c.labels} labels",
        caption=(
            f"“{result.typed[0]}” by the {{trace:{PRE_TRAINED}|pre-trained}} reader and the one with a"
            f" {{trace:{RANDOM}|random start}}."
            + (f" Exchanged: “{result.typed[1]}”, the same words." if len(result.typed) > 1 else "")
        ),
        text="Pre-trained: " + " ".join(both),
        plot=drawn,
        height=270,
        half=True,
        sources=[Plotted(p, trace=name) for name, p in groups.items()],
    )


def _counts(result: FineTuningResult, metrics: Measurements) -> Figure:
    c = result.controls
    stated = PUBLISHED[c.counted_model]
    left_out = " without embeddings" if c.counted == "without embeddings" else ""
    drawn = horizontal_bars(
        np.array(list(result.parts.values()), dtype=float), labels=list(result.parts), left=146, as_="{:,.0f}",
        colours=[MARK if name in EMBEDDINGS else ACCENT for name in result.parts],
    )  # fmt: skip
    drawn.update_xaxes(showticklabels=False, range=[0, 1.75 * max(result.parts.values())])
    return Figure(
        title=f"{c.counted_model}{left_out}: {number(result.total)} weights",
        caption="Counted from the architecture at its published size. {accent|Layers}; pale: embeddings.",
        text=(
            f"{c.counted_model}{left_out} has {number(result.total)} weights. The published figure is"
            f" {stated / 1e6:.0f} million; the difference is {metrics['off_published_share']:.1%}."
        ),
        plot=drawn,
        height=270,
        half=True,
        sources=[
            Plotted(torch.tensor(list(result.parts.values()), dtype=torch.double), trace="values"),
        ],
    )
