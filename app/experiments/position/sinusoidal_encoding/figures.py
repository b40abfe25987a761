"""The table of position codes, its rotations, and what each band of waves is worth to a decoder, drawn."""

import math
from functools import partial

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.pair_vectors import ACROSS, pair_vectors, short, shown_pairs, vector_points
from app.experiments.position.sinusoidal_encoding.run import (
    BANDS,
    EQUAL,
    PLACES,
    WAVES,
    SinusoidalResult,
    as_vectors,
    trained_waves,
)
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.position.rope import angles, frequencies, rotate
from models.position.sinusoidal import sinusoidal_encoding
from visualizers.clocks import clocks
from visualizers.column_markers import column_markers
from visualizers.distribution import bars
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, MARK, SERIES

ENCODED = "return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2)"  # lines of the code that the page shows
ROTATED = "return torch.view_as_real(pair * rotation).flatten(-2)"


def figures(result: SinusoidalResult, metrics: Measurements) -> Figures:
    c, width = result.controls, result.table.shape[1]
    steps = [f"p {p} · p + k {p + c.offset}" for p in range(PLACES - c.offset)]
    waves = [short(wave) for wave in result.waves.tolist()]
    table: Tensor | Computed = result.table[: 2 * PLACES]
    of_pairs: list[Plotted] = []
    if c.table == WAVES:
        table = computed(sinusoidal_encoding, positions=torch.arange(2 * PLACES), width=width, base=c.base)
        vectors = computed(as_vectors, table=table)
        theta = computed(frequencies, head_width=width, base=c.base)
        angle = computed(angles, positions=torch.tensor([c.offset]), theta=theta)
        view = partial(first_steps, len(steps))
        of_pairs = [
            Plotted(shows, view, trace, framed=True, several=True, unit=None)
            for trace, shows in (
                ("second vector", vectors),
                ("first vector", computed(rotate, x=vectors, angle=angle)),
            )
        ]
    of_table = [Plotted(table, lambda t: rows_of(t[: shown_positions(width // 2)]), "values")]
    return {
        "table": _table(result, metrics, steps, waves, of_table),
        "turn": _rotation(result, metrics, steps, waves, of_pairs),
        "bands": _bands(result, metrics),
    }


def shown_positions(pairs: int) -> int:
    """Columns of the table that are drawn; fewer of many rows, since a figure may have 100 kB."""
    return PLACES if pairs > 32 else 2 * PLACES


def rows_of(table: Tensor) -> Tensor:
    """(T, D) → (R, T), even features over odd ones, with a gap: in their own order the waves drown in stripes."""
    gap = table.new_full((max(1, table.shape[1] // 32), len(table)), math.nan)
    return torch.cat([table[:, 0::2].T, gap, table[:, 1::2].T])


def first_steps(steps: int, vectors: Tensor) -> Tensor:
    return vector_points(vectors[:steps])


def _table(
    result: SinusoidalResult, metrics: Measurements, steps: list[str], waves: list[str], sources: list[Plotted]
) -> Figure:
    c, pairs = result.controls, len(waves)
    table = result.table[: shown_positions(pairs)]
    rows = rows_of(table)
    sheet = heatmap(rows.numpy(), rows=[], columns=[], row_title="wave, tokens", column_title="position p", signed=True)
    sheet.update_traces(xgap=0, ygap=0)
    quarters = [pairs * quarter // 4 for quarter in range(4)]
    ticks = [top + i for top in (0, len(rows) - pairs) for i in quarters]
    sheet.update_yaxes(tickmode="array", tickvals=ticks, ticktext=[waves[i] for i in quarters] * 2)
    positions = list(range(0, len(table), 16))
    sheet.update_xaxes(tickmode="array", tickvals=positions, ticktext=[str(p) for p in positions])
    columns = np.array([[p, p + c.offset] for p in range(len(steps))])
    start = min(16, len(steps) - 1)
    sheet.update_layout(margin={"b": 40})
    return Figure(
        title=f"The code of each position: {2 * pairs} features",
        caption=(
            "Each column is one position's code, {div|−1 to 1}: sines above, cosines below. Framed: {c2|position p} and"
            " {accent|p + k}."
        ),
        text=(
            f"The shortest wave repeats after {metrics['shortest_wave_tokens']:.3g} tokens, the longest after"
            f" {number(round(metrics['longest_wave_tokens']))}. The two closest of {number(len(result.table))} codes"
            f" are {metrics['closest_two_positions']:.3g} apart."
        ),
        plot=column_markers(sheet, columns, colours=(SERIES[1], ACCENT), frames=steps, start=start),
        height=290,
        lines=[ENCODED] * len(steps) if c.table == WAVES else (),
        steps="position",
        start=start,
        sources=sources,
    )


def _rotation(
    result: SinusoidalResult, metrics: Measurements, steps: list[str], waves: list[str], sources: list[Plotted]
) -> Figure:
    c, pairs = result.controls, len(waves)
    shown = shown_pairs(pairs).tolist()
    vectors = pair_vectors(as_vectors(result.table[:PLACES])).numpy()
    names = [waves[i] for i in shown]
    start = min(16, len(steps) - 1)
    drawn = clocks(
        vectors[c.offset :],
        vectors[: len(steps)],
        labels=names,
        hover=[f"pair {i}<br>one wave in {name} tokens" for i, name in zip(shown, names)],
        table={"pair": shown, "tokens per wave": result.waves[shown].tolist()},
        frames=steps,
        start=start,
        columns=ACROSS,
        forward=c.table == WAVES,
    )
    error = metrics["largest_rotation_error"]
    one, none = "each pair rotates by one {mark|angle} at any p.", "no fixed angle: the {mark|wedge} changes with p."
    return Figure(
        title=f"From p to p + {c.offset}: {len(names)} of {pairs} pairs, by tokens per wave",
        caption=f"{{c2|Position p}} to {{accent|p + k}}: {one if error < EQUAL else none}",
        text=(
            f"One fixed rotation per offset misses the code of p + k by at most {number(error)}, in"
            f" {len(result.turned)} cases up to position {number(len(result.table) - 1)}."
        ),
        plot=drawn,
        height=250,
        half=True,
        lines=[ROTATED] * len(steps) if c.table == WAVES else (),
        steps="position",
        start=start,
        sources=sources,
    )


def _bands(result: SinusoidalResult, metrics: Measurements) -> Figure:
    waves, held = trained_waves(), result.controls.held
    each = len(waves) // BANDS
    names = [short(waves[band * each].item()) for band in range(BANDS)]
    longer = [band >= BANDS // 2 for band in range(BANDS)]
    colours = [ACCENT if inside == (held == "longer half") else MARK for inside in longer]
    top = max(result.bands.max().item(), 0.1)
    return Figure(
        title="Extra loss when eight waves are held at their mean, nats per token",
        caption=f"A decoder trained with these codes on 64 tokens. {{accent|The {held}}} together: see the claim.",
        text=(
            f"Without the {held} of its waves the trained decoder's loss rises by"
            f" {metrics['extra_loss_without_the_held_waves_nats']:.2f} nats per token. The costliest eight begin at"
            f" {metrics['waves_of_the_costliest_band_tokens']:.0f} tokens per wave."
        ),
        plot=bars(
            result.bands.numpy(),
            labels=names,
            x_title="the shortest of eight waves, tokens",
            colours=colours,
            y_range=(min(0.0, result.bands.min().item()) - 0.02, 1.2 * top),
            write=False,
        ),
        height=250,
        half=True,
    )
