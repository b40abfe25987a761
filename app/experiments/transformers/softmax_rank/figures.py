"""Excess loss by width, the table beside its fit, and rows of the plane that can never be first."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.softmax_rank.run import RANK, TOKENS, WIDTHS, RankResult
from app.provenance.origin import Plotted, computed
from models.layers.softmax import entropy, softmax
from models.transformer.softmax_head import above_the_least, cross_entropy, head
from visualizers.curve import curves, mark_x
from visualizers.matrix import GAP, tiles
from visualizers.winning_points import winning_points

SHOWN = 24
"""Contexts and tokens of the table that are drawn."""


def figures(result: RankResult, metrics: Measurements) -> Figures:
    return {"widths": _widths(result, metrics), "table": _table(result, metrics), "plane": _plane(result, metrics)}


def _widths(result: RankResult, metrics: Measurements) -> Figure:
    made = computed(above_the_least, loss=cross_entropy(result.all_z, result.P), least=entropy(result.P).mean())
    newest = result.excess.numpy()
    plot = curves(
        np.array(WIDTHS), {"excess loss": np.maximum(newest, 1e-5)}, x_title="width d of the state", x_log=True,
        y_log=True, markers=True, room=96,
    )  # fmt: skip
    plot = mark_x(plot, result.controls.width, "shown").update_xaxes(tickvals=WIDTHS, ticktext=list(map(str, WIDTHS)))
    plot.update_yaxes(
        title={"text": "nats per token"},
        range=[-4.4, 0.6],
        tickvals=[1, 0.1, 0.01, 0.001, 0.0001],
        ticktext=["1", "0.1", "0.01", "0.001", "0.0001"],
    )
    return Figure(
        title="What the loss has above the least possible one",
        caption=f"Eight heads learn one table of {TOKENS} × {TOKENS} probabilities. The least loss is its entropy.",
        text=(
            f"At width {RANK} the excess loss is {metrics['excess_at_rank_nats']:.2g} nats per token; at width 2 it is"
            f" {newest[1]:.2g}. The entropy of the table is {metrics['entropy_nats']:.2f} nats."
        ),
        plot=plot,
        height=290,
        sources=[Plotted(made, trace="excess loss")],
    )


def _table(result: RankResult, metrics: Measurements) -> Figure:
    P, z = result.P, computed(head, h=result.h, E=result.E)
    p = computed(softmax, z=z)
    pair = np.stack([P[:SHOWN, :SHOWN].numpy(), p.tensor[:SHOWN, :SHOWN].numpy()])[None]
    return Figure(
        title=f"The table, and what width {result.controls.width} makes of it",
        caption=f"Rows are contexts, columns tokens; the first {SHOWN} of each. Strong colour: probable.",
        text=f"The excess loss at this width is {metrics['excess_nats']:.2g} nats per token.",
        plot=tiles(pair, row_labels=[""], column_labels=["table", f"width {result.controls.width}"]).update_layout(
            margin={"l": 8, "r": 8, "t": 24, "b": 6}
        ),
        height=250,
        half=True,
        sources=[Plotted(p, _right_tile, trace="tiles", unit=None)],
    )


def _right_tile(p: Tensor) -> Tensor:
    """The first rows and columns, where the second of two tiles stands."""
    return torch.cat([p.new_full((SHOWN, SHOWN + GAP), torch.nan), p[:SHOWN, :SHOWN]], dim=1)


def _plane(result: RankResult, metrics: Measurements) -> Figure:
    return Figure(
        title=f"{TOKENS} output rows in two dimensions",
        caption="{trace:can be first|First} for some state; {ink-3|never first}: inside the hull of the others.",
        text=(
            f"{metrics['never_first_share']:.0%} of these random rows are never the first choice, whatever the state."
            f" Of the rows fitted at width 2 it is {metrics['fitted_never_first_share']:.0%}."
        ),
        plot=winning_points(result.rows.numpy(), result.first.numpy()),
        height=250,
        half=True,
    )
