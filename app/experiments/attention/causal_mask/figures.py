"""The three figures of a changed word: one head's map, which vectors change, which predictions change."""

import torch

from app.experiments.attention.causal_mask.run import MaskResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Plotted
from visualizers.distribution import bars
from visualizers.marks import outline
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, INK_3, note

MAP_CAPTIONS = {
    "causal": "Rows are queries, columns are keys. Right of the line are later tokens: every weight there is 0.",
    "none": "Without the mask every token attends to all tokens, later ones too.",
    "self": "Only the diagonal is left: every token attends to itself alone.",
}

STREAM_CAPTIONS = {
    "causal": "Bottom row: one input vector is replaced. Higher up, the change reaches that token and later ones only.",
    "none": "Bottom row: one input vector is replaced. Higher up, the change reaches every token.",
    "self": "Bottom row: one input vector is replaced. Higher up, it stays in its own column.",
}


def figures(result: MaskResult, metrics: Measurements) -> Figures:
    return {"map": _map(result, metrics), "stream": _stream(result), "prediction": _prediction(result, metrics)}


def _map(result: MaskResult, metrics: Measurements) -> Figure:
    controls, tokens = result.controls, result.pieces
    weights = result.shown.weights[controls.layer, 0, controls.head].masked_fill(~result.allowed, torch.nan)
    weights_of_layer = origins_of(result.shown.layers[controls.layer], result.allowed).weights
    drawn = heatmap(weights.numpy(), rows=tokens, columns=tokens, column_title="key", sets=(None, "changed"))
    return Figure(
        title=f"Attention weights: layer {controls.layer}, head {controls.head}",
        caption=MAP_CAPTIONS[controls.mask],
        text=(
            f"{metrics['allowed_pairs']:g} of {len(tokens) ** 2} pairs are allowed. The largest weight that any token"
            f" puts on later ones is {metrics['attention_on_the_future']:.3g}."
        ),
        plot=outline(drawn, result.allowed.numpy()),
        height=330,
        half=True,
        sources=[Plotted(weights_of_layer, lambda w: w[0, controls.head], trace="values")],
    )


def _stream(result: MaskResult) -> Figure:
    moved, place = result.shown.stream[:, 0], int(result.shown.places[0])
    layers = [f"layer {layer}" for layer in reversed(range(len(moved) - 1))]
    return Figure(
        title="How far each token’s vector changes, layer by layer",
        caption=STREAM_CAPTIONS[result.controls.mask],
        text=f"The change is {result.pieces[place]} → {result.instead}. {_before(result, place)}",
        plot=heatmap(
            moved.flip(0).numpy(), rows=[*layers, "input"], columns=result.pieces, high=1.0, sets=(None, "changed")
        ),
        height=330,
        half=True,
    )


def _before(result: MaskResult, place: int) -> str:
    if not place:
        return "No token comes before it."
    largest = result.shown.logits[0][:place].max().item()
    return (
        f"No earlier logit changes by more than {largest:.3g}."
        if largest
        else "Every earlier logit changes by exactly 0."
    )


def _prediction(result: MaskResult, metrics: Measurements) -> Figure:
    place, count = int(result.shown.places[0]), len(result.pieces)
    moved = result.shown.prediction[0].numpy()
    drawn = bars(
        moved,
        labels=result.pieces,
        write=False,
        y_range=(0, 1.05),
        sets="changed",
        colours=[INK_3 if index < place else ACCENT for index in range(count)],
    )
    drawn.update_layout(margin={"b": 58})
    if place > 1 and not moved[:place].any():
        drawn.add_annotation(**note((place - 1) / 2, 0, "exactly 0", colour=INK_3, yanchor="bottom", yshift=2))
    return Figure(
        title="How far each prediction of the next token changes, 0 to 1",
        caption="{ink-3|Before} the changed word and {accent|from it on}. Click a bar to change that word instead.",
        text=f"Predictions after it change by {metrics['mean_prediction_change_after']:.2g} on average, of at most 1.",
        plot=drawn,
        height=215,
    )
