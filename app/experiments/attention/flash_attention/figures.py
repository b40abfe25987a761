"""The three figures of FlashAttention: the tiles, reads and writes by tile size, the largest tensor by length."""

from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go

from app.experiments.attention.flash_attention.costs import (
    BLOCKS,
    COUNTED,
    HEAD_WIDTH,
)
from app.experiments.attention.flash_attention.run import (
    FlashResult,
)
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from models.attention.flash import (
    flash_accesses,
    plain_accesses,
)
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT, INK_3, SERIES, compact
from visualizers.tiling import Moment, tiling

LENGTHS = 2 ** np.arange(4, 13)


def figures(result: FlashResult, metrics: Measurements) -> Figures:
    return {"tiles": _tiles(result, metrics), "traffic": _traffic(result, metrics), "sizes": _sizes(result, metrics)}


def moments(result: FlashResult) -> Iterator[Moment]:
    """Each tile, and what is kept of all rows after it."""
    T, K = len(result.pieces), result.steps[0].state.o.shape[-1]
    m, d, mean = np.full(T, np.nan), np.full(T, np.nan), np.full((T, K), np.nan)
    for (rows, columns), scores, state in result.steps:
        m[rows], d[rows] = state.m.numpy(), state.d.numpy()
        mean[rows] = (state.o / state.d[:, None]).numpy()
        values = (scores - state.m[:, None]).exp().nan_to_num().numpy()
        yield Moment(rows, columns, values, m.copy(), d.copy(), mean.copy())


def _tiles(result: FlashResult, metrics: Measurements) -> Figure:
    c = result.controls
    every = list(moments(result))
    return Figure(
        title=f"Layer {c.layer}, head {c.head}: {c.rows} queries × {c.columns} keys per tile",
        caption=(
            "Only the {accent|framed tile} of scores exists; pale tiles were thrown away. Kept per row: its largest"
            " score m, its sum ℓ, and its weighted mean o of the values."
        ),
        text=(
            f"{len(every)} tiles. The output differs from that of the whole map by at most"
            f" {number(metrics['largest_difference_from_plain_share'])} of its largest number. With all layers"
            " computed by"
            f" tiles, the logits differ by at most {number(metrics['largest_difference_of_a_logit_share'])} of the"
            " largest."
        ),
        plot=tiling(every, tokens=result.pieces, titles=("exp(score − m)", "m", "ℓ", "o")),
        height=380,
        lines=["state = fold(state, scores, values, rescale)"] * len(every),
        steps="tile",
        start=len(every) // 2,
    )


def _traffic(result: FlashResult, metrics: Measurements) -> Figure:
    blocks = np.array(BLOCKS)
    drawn = curves(
        blocks,
        {
            "plain": np.full(len(blocks), plain_accesses(COUNTED, HEAD_WIDTH)) / 1e3,
            "flash": np.array([flash_accesses(COUNTED, HEAD_WIDTH, R) for R in BLOCKS]) / 1e3,
        },
        x_title="queries per tile R",
        x_log=True,
        y_log=True,
        colours={"plain": SERIES[1], "flash": ACCENT},
        room=44,
    )
    counted = result.accesses.by_block
    _dots(drawn, list(counted), [count / 1e3 for count in counted.values()], ACCENT, "flash, counted")
    drawn.update_xaxes(tickvals=list(BLOCKS[::2]), ticktext=[str(R) for R in BLOCKS[::2]])
    drawn.update_yaxes(tickvals=[10, 30, 100, 300], ticktext=["10", "30", "100", "300"])
    return Figure(
        title="HBM reads and writes, thousands of numbers",
        caption=(
            f"{{trace:flash|By tiles}} and {{trace:plain|plain}}, {COUNTED} tokens. Lines by formula, dots counted in a"
            " run."
        ),
        text=(
            f"With {result.controls.rows} queries per tile, {number(metrics['counted_accesses'])} numbers are read or"
            f" written: {metrics['accesses_over_plain']:.2f} times those of the plain form."
        ),
        plot=mark_x(drawn, result.controls.rows, "R"),
        height=250,
        half=True,
    )


def _sizes(result: FlashResult, metrics: Measurements) -> Figure:
    sizes, (plain, fused) = result.sizes, result.seconds
    drawn = curves(
        LENGTHS,
        {"n²": LENGTHS.astype(float) ** 2, "n·d": LENGTHS * float(HEAD_WIDTH)},
        x_title="tokens n",
        x_log=True,
        y_log=True,
        colours={"n²": SERIES[1], "n·d": INK_3},
        room=40,
    )
    _dots(drawn, sizes.lengths, sizes.plain, SERIES[1], "plain, measured")
    _dots(drawn, sizes.lengths, sizes.flash, ACCENT, "flash, measured")
    drawn.update_xaxes(tickvals=[16, 128, 1024], ticktext=["16", "128", "1024"])
    drawn.update_yaxes(dtick=2, tickformat="~s")
    return Figure(
        title="Largest tensor made, numbers",
        caption="Dots measured: {accent|by tiles} it is the output, n·d; {trace:n²|plain} it is the map, n².",
        text=(
            f"At {sizes.lengths[-1]} tokens the largest tensor holds {number(float(sizes.flash[-1]))} numbers by tiles"
            f" and {number(float(sizes.plain[-1]))} in the plain form. Timed once here, 8 heads of 512 tokens: plain"
            f" {1e3 * plain:.1f} ms, torch’s fused attention {1e3 * fused:.1f} ms."
        ),
        plot=drawn,
        height=250,
        half=True,
    )


def _dots(drawn: go.Figure, x: list[int], y: list[int] | list[float], colour: str, name: str) -> None:
    drawn.add_scatter(
        x=compact(x), y=compact(y), name=name, mode="markers", marker={"color": colour, "size": 7},
        hovertemplate="%{x}: %{y:.4g}<extra></extra>",
    )  # fmt: skip
