"""Two trainings side by side, how long the errors of one wrong word last, and the list typed."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.forcing.run import AFTER, AT, LENGTH, ForcingResult
from app.experiments.recurrence.written_words import word_by_word
from models.recurrence.pretrained_writers import SNAPSHOTS
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, INK_3, SERIES


def figures(result: ForcingResult, metrics: Measurements) -> Figures:
    return {
        "progress": _progress(result, metrics),
        "errors": _errors(result, metrics),
        "written": _written(result, metrics),
    }


def _progress(result: ForcingResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = {kind: 100 * result.matches[kind].numpy() for kind in ("own words", "not shifted", "teacher")}
    colours = {"teacher": ACCENT, "own words": SERIES[1], "not shifted": INK_3}
    plot = curves(
        SNAPSHOTS, lines, x_title="training steps", x_log=True, y_range=(-4, 112), markers=True, colours=colours,
        room=84,
    )  # fmt: skip
    plot.update_xaxes(tickvals=[25, 100, 300, 1000], ticktext=["25", "100", "300", "1000"])
    return Figure(
        title="Lists that the model writes right on its own, %",
        caption=(
            "In training the decoder reads {accent|the true words before}, {c2|its own words}, or, a known mistake,"
            " {ink-3|the answer itself}. Measured without a teacher."
        ),
        text=(
            f"After {SNAPSHOTS[c.snapshot]} steps the model with a teacher writes"
            f" {metrics['teacher_exact_match']:.0%} of the lists right, the one trained on its own words"
            f" {metrics['own_words_exact_match']:.0%}. Reading what it read in training, the chosen model has a loss of"
            f" {metrics['loss_as_trained_nats']:.3f} nats per word."
        ),
        plot=mark_x(apart(plot, 220), SNAPSHOTS[c.snapshot], "shown below"),
        height=280,
    )


def _errors(result: ForcingResult, metrics: Measurements) -> Figure:
    steps = np.arange(LENGTH) - AT
    lines = {
        "own words": 100 * result.free[:LENGTH].numpy(),
        "true words": 100 * result.restored[:LENGTH].numpy(),
        "untouched": 100 * result.untouched[:LENGTH].numpy(),
    }
    plot = curves(
        steps, lines, x_title="steps after the wrong word", y_range=(-4, 118), markers=True,
        colours={"own words": SERIES[1], "true words": ACCENT, "untouched": INK_3}, room=76,
    )  # fmt: skip
    return Figure(
        title="Wrong words after one wrong word, %",
        caption=(
            "The decoder reads one wrong word at 0. Then it reads {c2|its own words}, or {accent|true words} again."
            " {ink-3|Untouched}: no wrong word."
        ),
        text=(
            f"If it goes on with its own words, {metrics['errors_on_own_words_share']:.0%} of the next {AFTER} words"
            f" are wrong; with true words, {metrics['errors_on_true_words_share']:.0%}."
        ),
        plot=mark_x(apart(plot, 240), 0, "wrong word"),
        height=350,
        half=True,
    )


def _written(result: ForcingResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Your list, written backwards",
        caption=(
            "Coloured cells are wrong. In the last column the decoder was given the first word again after the"
            " fourth step."
        ),
        text=(
            f"On its own, {int((result.alone == result.target).sum())} of {len(result.target)} symbols are right; after"
            f" one error, {int((result.disturbed == result.target).sum())}."
        ),
        plot=word_by_word(result.target, {"on its own": result.alone, "after an error": result.disturbed}),
        height=350,
        half=True,
    )
