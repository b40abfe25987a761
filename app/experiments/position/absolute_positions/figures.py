"""The map of codes, what a move does to forecasts, and the loss where the table ends, drawn."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.absolute_positions.run import EVERY, AbsoluteResult, waves
from app.experiments.position.long_texts import NAMES, by_place
from app.number_format import number
from app.provenance.origin import Drawn, computed
from models.language.loss_by_length import TRAINED, recorded
from models.position.similarity import cosines
from visualizers.curve import apart, curves
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, INK, SERIES

COLOURS = dict(zip(("learned", "sinusoidal", "rope"), (SERIES[2], SERIES[3], SERIES[1])))


def figures(result: AbsoluteResult, measured: Measurements) -> Figures:
    return with_sources(
        {"length": _length(result, measured), "map": _map(result, measured), "moved": _moved(result, measured)},
        origins(result),
    )


def colours(scheme: str) -> dict[str, str]:
    return {NAMES[name]: ACCENT if name == scheme else colour for name, colour in COLOURS.items()}


def _length(result: AbsoluteResult, measured: Measurements) -> Figure:
    record, c = recorded(), result.controls
    reached = [place for place in record.places if place < 256]
    past = {"untrained rows": "rows never trained", "the last row": "the last row", "a new text": "a cut, and 0 again"}
    after = f", past the end {past[c.past]}" if c.scheme == "learned" or c.past == "a new text" else ""
    return Figure(
        title="Loss by place in the text, nats",
        caption=(
            f"Recorded; past 64 the learned table takes its last row. {{accent|Dots}}: {NAMES[c.scheme]} now{after}."
        ),
        text=(
            f"{NAMES[c.scheme].capitalize() if c.scheme != 'rope' else 'RoPE'}{after}: up to token 64 the loss is"
            f" {measured['loss_within_the_trained_length_nats']:.2f} nats a token, past it"
            f" {measured['loss_past_the_trained_length_nats']:.2f}."
        ),
        plot=by_place(
            reached,
            {NAMES[scheme]: record.whole[scheme][: len(reached)] for scheme in COLOURS},
            colours(c.scheme),
            result.loss,
            room=80,
            height=250,
            dot=16,
        ),
        height=250,
    )


def _map(result: AbsoluteResult, measured: Measurements) -> Figure:
    shown = result.likeness[::EVERY, ::EVERY].numpy()
    drawn = heatmap(shown, rows=[], columns=[], row_title="place", column_title="place", signed=True)
    ticks = list(range(0, len(shown), 16))
    labels = [str(tick * EVERY) for tick in ticks]
    drawn.update_traces(xgap=0, ygap=0)
    drawn.update_xaxes(tickvals=ticks, ticktext=labels).update_yaxes(
        tickvals=ticks, ticktext=labels, scaleanchor="x", constrain="domain"
    )
    end = TRAINED / EVERY - 0.5
    last = len(shown) - 0.5
    for x0, x1, y0, y1 in ((end, end, -0.5, last), (-0.5, last, end, end)):
        drawn.add_shape(type="line", x0=x0, x1=x1, y0=y0, y1=y1, line={"color": INK, "width": 1, "dash": "dot"})
    drawn.update_layout(margin={"l": 48, "b": 44})
    return Figure(
        title="How alike the codes of two places are",
        caption="Cosine, {div|−1 to 1}. Dotted: the end of the 64 trained places.",
        text=(
            f"Neighbouring places within the trained length are {measured['likeness_of_neighbours']:.2f} alike, places"
            f" more than 16 apart {measured['likeness_of_places_over_16_apart']:.2f}; neighbours past it"
            f" {measured['likeness_of_untrained_neighbours']:.2f}."
        ),
        plot=drawn,
        height=290,
        half=True,
    )


def _moved(result: AbsoluteResult, measured: Measurements) -> Figure:
    c = result.controls
    moves = [0, 4, 8, 16, 24, 32]
    lines = {NAMES[scheme]: change.numpy() for scheme, change in result.moved.items()}
    drawn = curves(moves, lines, x_title="moved by, places", colours=colours(c.scheme), markers=True, room=80)
    top = max(float(np.max(y)) for y in lines.values())
    drawn.update_yaxes(range=[-0.06 * top, 1.2 * max(top, 0.01)])
    drawn.update_xaxes(tickmode="array", tickvals=moves)
    apart(drawn, 240)
    return Figure(
        title="Change of the forecast when a text is moved",
        caption="32 tokens, further along but within the trained places; 1 would be entirely.",
        text=(
            f"Moved by {c.move} places, the forecast of the next token changes by"
            f" {number(measured['change_of_forecast_by_moving'])} on average with {NAMES[c.scheme]} positions."
        ),
        plot=drawn,
        height=290,
        half=True,
    )


def origins(result: AbsoluteResult) -> list[Drawn]:
    scheme = result.controls.scheme
    alike = computed(cosines, codes=result.codes if scheme == "learned" else waves(scheme))
    return [Drawn("map", alike, lambda c: c[::EVERY, ::EVERY])]
