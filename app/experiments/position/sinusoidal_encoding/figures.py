"""The table of position codes, its rotations and the likeness of places, drawn."""

from functools import partial

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.rope.figures import short
from app.experiments.position.rope.run import hand_points
from app.experiments.position.sinusoidal_encoding.run import (
    EQUAL,
    PLACES,
    STARTS,
    WAVES,
    SinusoidalResult,
    as_hands,
    rows_of,
    shown_pairs,
    shown_places,
    spread_of_likeness,
)
from app.number_format import number
from app.provenance.origin import Computed, Drawn, computed
from models.position.rope import angles, frequencies, rotate
from models.position.similarity import cosines
from models.position.sinusoidal import sinusoidal_encoding
from visualizers.clocks import clocks
from visualizers.column_markers import uprights
from visualizers.matrix import heatmap
from visualizers.overlaid import overlaid
from visualizers.theme import ACCENT, SERIES

ENCODED = "return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2)"  # lines of the code that the page shows
TURNED = "return torch.view_as_real(pair * turn).flatten(-2)"


def figures(result: SinusoidalResult, measured: Measurements) -> Figures:
    k = result.controls.offset
    steps = [f"p {p} · p + k {p + k}" for p in range(PLACES - k)]
    waves = [short(wave) for wave in result.waves.tolist()]
    return with_sources(
        {
            "table": _table(result, measured, steps, waves),
            "turn": _turn(result, measured, steps, waves),
            "likeness": _likeness(result, measured),
        },
        origins(result),
    )


def _table(result: SinusoidalResult, measured: Measurements, steps: list[str], waves: list[str]) -> Figure:
    c, pairs = result.controls, len(waves)
    table = result.table[: shown_places(pairs)]
    rows = rows_of(table)
    sheet = heatmap(rows.numpy(), rows=[], columns=[], row_title="wave, tokens", column_title="place p", signed=True)
    sheet.update_traces(xgap=0, ygap=0)
    quarters = [pairs * quarter // 4 for quarter in range(4)]
    ticks = [top + i for top in (0, len(rows) - pairs) for i in quarters]
    sheet.update_yaxes(tickmode="array", tickvals=ticks, ticktext=[waves[i] for i in quarters] * 2)
    places = list(range(0, len(table), 16))
    sheet.update_xaxes(tickmode="array", tickvals=places, ticktext=[str(p) for p in places])
    columns = np.array([[p, p + c.offset] for p in range(len(steps))])
    start = min(16, len(steps) - 1)
    sheet.update_layout(margin={"b": 40})
    return Figure(
        title=f"The code of every place: {2 * pairs} features",
        caption=(
            "A column is the code of one place, {div|−1 to 1}: even features (sines) above, odd (cosines) below. Left:"
            " tokens for a full wave. Framed: {c2|place p} and {accent|p + k}."
        ),
        text=(
            f"The quickest wave repeats every {measured['shortest_wave_tokens']:.3g} places, the slowest every"
            f" {measured['longest_wave_tokens']:,.0f}; the two most alike of {len(result.table)} places are"
            f" {measured['closest_two_places']:.3g} apart."
        ),
        plot=uprights(sheet, columns, colours=(SERIES[1], ACCENT), frames=steps, start=start),
        height=290,
        lines=[ENCODED] * len(steps) if c.table == WAVES else (),
        steps="place",
        start=start,
    )


def _turn(result: SinusoidalResult, measured: Measurements, steps: list[str], waves: list[str]) -> Figure:
    c, pairs = result.controls, len(waves)
    shown = shown_pairs(pairs)
    hands = as_hands(result.table[:PLACES]).reshape(PLACES, pairs, 2)[:, shown].numpy()
    names = [waves[i] for i in shown.tolist()]
    start = min(16, len(steps) - 1)
    drawn = clocks(
        hands[c.offset :],
        hands[: len(steps)],
        labels=names,
        hover=[f"pair {i}<br>one wave in {name} tokens" for i, name in zip(shown.tolist(), names)],
        table={"pair": shown.tolist(), "tokens a wave": result.waves[shown].tolist()},
        frames=steps,
        start=start,
        columns=4,
        forward=c.table == WAVES,
    )
    one, none = "every pair turns by one angle, wherever p is.", "no fixed angle: the {mark|wedge} changes with p."
    error = measured["largest_rotation_error"]
    return Figure(
        title=f"From p to p + {c.offset}, {len(names)} of {pairs} pairs",
        caption=f"{{c2|Place p}} to {{accent|p + k}}: {one if error < EQUAL else none}",
        text=(
            f"One fixed rotation for each offset misses the code of p + k by at most {number(error)}, in"
            f" {len(result.turned)} cases up to place {len(result.table) - 1}."
        ),
        plot=drawn,
        height=236,
        half=True,
        lines=[TURNED] * len(steps) if c.table == WAVES else (),
        steps="place",
        start=start,
    )


def _likeness(result: SinusoidalResult, measured: Measurements) -> Figure:
    alike = result.alike.numpy()
    spread = measured["largest_spread_of_likeness"]
    return Figure(
        title="Likeness of two places, cosine",
        caption="Four starting places fall on one curve." if spread < EQUAL else "Four starting places, four curves.",
        text=(
            f"Neighbours are {measured['likeness_of_neighbours']:.3f} alike, places 32 apart"
            f" {measured['likeness_at_32_places']:.3f}; at any one distance this varies by at most {number(spread)}."
        ),
        plot=overlaid(
            {f"p = {p}": alike[p, p:] for p in STARTS},
            x_title="distance, tokens",
            y_range=(min(0.0, float(alike.min())) - 0.12, 1.12),
            together=spread < EQUAL,
        ),
        height=236,
        half=True,
    )


def line_from(start: int, alike: Tensor) -> Tensor:
    return alike[start, start:PLACES]


def tips(steps: int, hands: Tensor) -> Tensor:
    """(T, D) at the points of the clocks that are shown: (steps, points, 2)."""
    shown = shown_pairs(hands.shape[1] // 2)
    return hand_points(hands[:steps].unflatten(1, (-1, 2))[:, shown].flatten(1))


def origins(result: SinusoidalResult) -> list[Drawn]:
    c, width = result.controls, result.table.shape[1]
    waves = c.table == WAVES
    table: Tensor | Computed = result.table[: 2 * PLACES]
    if waves:
        table = computed(sinusoidal_encoding, positions=torch.arange(2 * PLACES), width=width, base=c.base)
    alike, together = computed(cosines, codes=table), spread_of_likeness(result) < EQUAL
    drawn = [Drawn("table", table, lambda t: rows_of(t[: shown_places(width // 2)]))]
    for place, start in enumerate(STARTS):  # after the broad line, if there is one: each line, then the dot at its end
        drawn.append(Drawn("likeness", alike, partial(line_from, start), trace=2 * place + together))
    if waves:
        hands = computed(as_hands, table=table)
        theta = computed(frequencies, head_width=width, base=c.base)
        angle = computed(angles, positions=torch.tensor([c.offset]), theta=theta)
        for trace, shows in ((3, hands), (4, computed(rotate, x=hands, angle=angle))):
            drawn.append(Drawn("turn", shows, partial(tips, PLACES - c.offset), trace, True, True, None))
    return drawn
