"""The loss where the table ends, the map of codes, and what a move does to predictions, drawn."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.absolute_positions.run import EVERY, MOVES, AbsoluteResult, waves
from app.experiments.position.long_texts import NAMES, loss_by_place, marked
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.language.loss_by_length import TRAINED
from models.position.similarity import cosines
from visualizers.curve import apart, curves
from visualizers.matrix import heatmap
from visualizers.theme import INK, SERIES

COLOURS = dict(zip(("learned", "sinusoidal", "rope"), (SERIES[2], SERIES[3], SERIES[1])))
PAST = {"untrained rows": "untrained rows past 64", "the last row": "the last row past 64", "a new text": "cut at 64"}


def figures(result: AbsoluteResult, metrics: Measurements) -> Figures:
    return {"length": _length(result, metrics), "map": _map(result, metrics), "moved": _moved(result, metrics)}


def _length(result: AbsoluteResult, metrics: Measurements) -> Figure:
    c = result.controls
    after = f", {PAST[c.past]}" if c.scheme == "learned" or c.past == "a new text" else ""
    return loss_by_place(
        result.loss,
        COLOURS,
        marked(COLOURS, c.scheme),
        caption=(
            "Lines: recorded; past 64 the learned table repeats its last row."
            f" {{accent|Dots}}: {NAMES[c.scheme]}{after}."
        ),
        text=(
            f"With position scheme {NAMES[c.scheme]}{after}, the loss is"
            f" {metrics['loss_within_the_trained_length_nats']:.2f} nats per token up to token 64"
            f" and {metrics['loss_past_the_trained_length_nats']:.2f} past it."
        ),
        room=80,
        dot=16,
        until=256,
    )


def _map(result: AbsoluteResult, metrics: Measurements) -> Figure:
    scheme = result.controls.scheme
    similarity = computed(cosines, codes=result.codes if scheme == "learned" else waves(scheme))

    def shown(cosine: Tensor) -> Tensor:
        return cosine[::EVERY, ::EVERY]

    values = shown(similarity.tensor).numpy()
    drawn = heatmap(values, rows=[], columns=[], row_title="position", column_title="position", signed=True)
    ticks = list(range(0, len(values), 16))
    labels = [str(tick * EVERY) for tick in ticks]
    drawn.update_traces(xgap=0, ygap=0)
    drawn.update_xaxes(tickvals=ticks, ticktext=labels).update_yaxes(
        tickvals=ticks, ticktext=labels, scaleanchor="x", constrain="domain"
    )
    end = TRAINED / EVERY - 0.5
    last = len(values) - 0.5
    for x0, x1, y0, y1 in ((end, end, -0.5, last), (-0.5, last, end, end)):
        drawn.add_shape(type="line", x0=x0, x1=x1, y0=y0, y1=y1, line={"color": INK, "width": 1, "dash": "dot"})
    drawn.update_layout(margin={"l": 48, "b": 44})
    return Figure(
        title="Similarity of the codes of two positions",
        caption="Cosine, {div|−1 to 1}. Dotted: the end of the 64 trained positions.",
        text=(
            f"Neighbours within the trained length have a similarity of {metrics['similarity_of_neighbours']:.2f},"
            f" positions more than 16 apart {metrics['similarity_of_positions_over_16_apart']:.2f}, neighbours past 64"
            f" {metrics['similarity_of_untrained_neighbours']:.2f}."
        ),
        plot=drawn,
        height=290,
        half=True,
        sources=[Plotted(similarity, shown, "values")],
    )


def _moved(result: AbsoluteResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = {NAMES[scheme]: change.numpy() for scheme, change in result.moved.items()}
    drawn = curves(
        MOVES, lines, x_title="moved by, positions", colours=marked(COLOURS, c.scheme), markers=True, room=80
    )
    top = max(float(np.max(y)) for y in lines.values())
    drawn.update_yaxes(range=[-0.06 * top, 1.2 * max(top, 0.01)])
    drawn.update_xaxes(tickmode="array", tickvals=list(MOVES))
    apart(drawn, 240)
    return Figure(
        title="Change of the predictions when a text is moved",
        caption="Total variation distance, 0 to 1; 32 tokens, moved within the trained positions.",
        text=(
            f"When a text is moved by {c.move} positions, the predictions of the next token change by"
            f" {number(metrics['change_of_predictions_by_moving'])} on average (at most 1),"
            f" with position scheme {NAMES[c.scheme]}."
        ),
        plot=drawn,
        height=290,
        half=True,
    )
