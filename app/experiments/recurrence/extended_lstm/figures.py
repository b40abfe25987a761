"""Two figures of two memories: parity by length, and recall by the number of pairs."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.extended_lstm.run import CELLS, FARTHEST, ExtendedResult
from models.training.extended_lstm import LONGEST, MOST_PAIRS
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, INK_3, SERIES

HEIGHT, PLOT = 260, 210
COLOURS = {"sLSTM": ACCENT, "mLSTM": SERIES[1], "LSTM": INK_3}
SHOWN = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, FARTHEST)
KEY = "{trace:sLSTM|sLSTM}, {trace:mLSTM|mLSTM} and {trace:LSTM|LSTM}"


def figures(result: ExtendedResult, metrics: Measurements) -> Figures:
    return {"parity": _parity(result, metrics), "recall": _recall(result, metrics)}


def _parity(result: ExtendedResult, metrics: Measurements) -> Figure:
    c = result.controls
    lengths = sorted({*SHOWN, c.bits})
    lines = {cell: result.parity[cell][[length - 1 for length in lengths]].numpy() for cell in CELLS}
    plot = curves(
        lengths, lines, x_title="bits read", y_range=(0, 1.2), room=62, markers=True, colours=COLOURS, x_log=True
    )
    plot.update_xaxes(tickvals=[1, 4, 16, 64], ticktext=["1", "4", "16", "64"])
    return Figure(
        title="Parity: is the number of ones odd?",
        caption=f"{KEY}. Right of the dotted line no training text was so long. Chance is 50 %.",
        text=(
            f"After {c.bits} bits, sLSTM is right in {metrics['parity_slstm']:.0%} of the texts and LSTM in"
            f" {metrics['parity_lstm']:.0%}, but mLSTM in {metrics['parity_mlstm']:.0%}; chance is 50 %."
        ),
        plot=mark_x(apart(plot, PLOT), LONGEST, "trained"),
        height=HEIGHT,
    )


def _recall(result: ExtendedResult, metrics: Measurements) -> Figure:
    c = result.controls
    counts = list(result.recall["sLSTM"])
    lines = {cell: np.array([result.recall[cell][pairs] for pairs in counts]) for cell in CELLS}
    plot = curves(counts, lines, x_title="pairs stored", y_range=(0, 1.2), room=62, markers=True, colours=COLOURS)
    return Figure(
        title="Recall: which value came with this key?",
        caption=f"{KEY}. Right of the dotted line no training text had so many pairs. Chance is 12.5 %.",
        text=(
            f"Of {c.pairs} pairs, the matrix of mLSTM recalls {metrics['recall_mlstm']:.0%}. The vectors of sLSTM and"
            f" LSTM recall {metrics['recall_slstm']:.0%} and {metrics['recall_lstm']:.0%}."
        ),
        plot=mark_x(apart(plot, PLOT), MOST_PAIRS, "trained"),
        height=HEIGHT,
    )
