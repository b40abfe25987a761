"""The symbols of one block with their values, one head's weights, and the loss by mistake."""

import numpy as np

from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.wiring_mistakes.run import MistakeResult, Symbols
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap
from visualizers.tokens import token_bars

SHOWN = 24
"""Numbers of each vector that are drawn."""
NAMES = {
    "x": "x", "normed": "n₁(x)", "q": "q, rotated", "k": "k, rotated", "v": "v", "weights": "α", "o": "o = Σ α v",
    "y": "y = x + W_O o", "normed_y": "n₂(y)", "gate": "y W", "value": "y V", "neurons": "swish(yW) ⊗ yV",
    "out": "x⁺",
}  # fmt: skip


def figures(result: MistakeResult, metrics: Measurements) -> Figures:
    drawn = {"symbols": _symbols(result, metrics)}
    if result.losses is not None:
        drawn["mistakes"] = _mistakes(result, metrics)
    return drawn | {"weights": _weights(result)}


def scaled(vectors: Symbols) -> np.ndarray:
    """The first numbers of each, over the largest of that vector; gaps behind short ones: (symbols, SHOWN)."""
    rows = np.full((len(vectors), SHOWN), np.nan)
    for row, vector in zip(rows, vectors, strict=True):
        first = vector[:SHOWN].numpy()
        row[: len(first)] = first / max(np.abs(first).max(), 1e-12)
    return rows


def _symbols(result: MistakeResult, metrics: Measurements) -> Figure:
    c, found = result.controls, result.symbols
    labels = [f"{NAMES[name]}  {len(vector)}" for name, vector in zip(Symbols._fields, found, strict=True)]
    plot = heatmap(
        scaled(found), rows=labels, columns=[str(n) for n in range(SHOWN)], column_title=f"first {SHOWN} numbers",
        signed=True,
    ).update_layout(margin={"l": 132, "r": 8, "t": 8, "b": 40})  # fmt: skip
    plot.update_xaxes(tickvals=list(range(0, SHOWN, 4)), ticktext=list(map(str, range(0, SHOWN, 4))))
    plot.data[0].meta = {"gaps": True}
    return Figure(
        title=f"Block {c.layer} at “{result.pieces[result.at]}”: each symbol and its values",
        caption=(
            "From top to bottom as the block computes, with the length of each vector. Colours are relative to the"
            " largest number of a row."
        ),
        text=(
            f"The block has {number(metrics['block_weights'])} weights. Before it the token's vector is"
            f" {found.x.norm():.3g} long, behind it {found.out.norm():.3g}."
        ),
        plot=plot,
        height=370,
    )


def _mistakes(result: MistakeResult, metrics: Measurements) -> Figure:
    assert result.losses is not None
    rises = {name: value - result.losses["none"] for name, value in result.losses.items() if name != "none"}
    return Figure(
        title="Rise of the loss by mistake",
        caption="Nats per token on held-out text, in all blocks. Each mistake keeps all sizes.",
        text=(
            f"Rotary pairs in halves raise the loss by {rises['rotary pairs in halves']:.2f} nats per token, tiled KV"
            f" heads by {rises['KV heads tiled']:.2f}. With the weights reordered to match, the rises are"
            f" {rises['pairs in halves, rows moved']:.2f} and {rises['KV heads tiled, heads reordered']:.2f}."
            f" As it runs now, {metrics['stated_right_share']:.0%} of 64 stated facts are answered."
        ),
        plot=horizontal_bars(
            np.array([max(rise, 0.0) for rise in rises.values()]), labels=list(rises), left=204,
            picked=result.controls.mistake, sets="mistake",
        ),
        height=270,
        half=True,
    )  # fmt: skip


def _weights(result: MistakeResult) -> Figure:
    c, at = result.controls, result.at
    weights, seen = result.symbols.weights, result.pieces[: at + 1]
    most = int(weights.argmax())
    right = c.mistake in ("none", "gate and value exchanged")
    return Figure(
        title=f"α: the weights of head {c.head}",
        caption="What the token attends to in this head.",
        text=f"Most weight, {weights[most]:.2f}, is on “{seen[most]}”.",
        plot=token_bars(seen, {"weight": weights.numpy()}),
        height=270,
        half=True,
        sources=[
            Plotted(origins_of(result.trace.blocks[c.layer].attention).weights, lambda w: w[0, c.head, at, : at + 1])
        ] if right else [],
    )  # fmt: skip
