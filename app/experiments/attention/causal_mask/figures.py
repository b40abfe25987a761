"""The three figures of a changed word: who looks at whom, which vectors move, which forecasts move."""

import torch

from app.experiments.attention.causal_mask.run import MaskResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Drawn
from visualizers.distribution import bars
from visualizers.marks import outline
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, INK_3, note

MAP_CAPTIONS = {
    "causal": "Strong colour is much attention. Right of the stairs lies the future: every weight there is 0.",
    "none": "No stairs: every token looks everywhere, also at what comes after it.",
    "self": "Only the diagonal is left: every token looks at itself alone.",
}


def figures(result: MaskResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"map": _map(result, numbers), "stream": _stream(result), "forecast": _forecast(result, numbers)},
        origins(result),
    )


def _map(result: MaskResult, numbers: Measurements) -> Figure:
    controls, tokens = result.controls, result.pieces
    weights = result.shown.weights[controls.layer, 0, controls.head].masked_fill(~result.allowed, torch.nan)
    drawn = heatmap(weights.numpy(), rows=tokens, columns=tokens, column_title="looks at", sets=(None, "changed"))
    return Figure(
        title=f"Who looks at whom: layer {controls.layer}, head {controls.head}",
        caption=MAP_CAPTIONS[controls.mask],
        text=(
            f"{numbers['allowed_pairs']:g} of {len(tokens) ** 2} pairs are allowed, and the most attention that any"
            f" token spends on later ones is {numbers['attention_on_the_future']:.3g}."
        ),
        plot=outline(drawn, result.allowed.numpy()),
        height=330,
        half=True,
    )


def _stream(result: MaskResult) -> Figure:
    moved, place = result.shown.stream[:, 0], int(result.shown.places[0])
    layers = [f"layer {layer}" for layer in reversed(range(len(moved) - 1))]
    return Figure(
        title="What the change of one word reaches",
        caption="Bottom row: one input vector is another. Each layer up: how far every token’s vector has moved.",
        text=f"The change is {result.pieces[place]} → {result.instead}. {_before(result, place)}",
        plot=heatmap(
            moved.flip(0).numpy(), rows=[*layers, "input"], columns=result.pieces, high=1.0, sets=(None, "changed")
        ),
        height=330,
        half=True,
    )


def _before(result: MaskResult, place: int) -> str:
    if not place:
        return "Nothing stands before it."
    largest = result.shown.logits[0][:place].max().item()
    return (
        f"No earlier logit changes by more than {largest:.3g}."
        if largest
        else "Every earlier logit changes by exactly 0."
    )


def _forecast(result: MaskResult, numbers: Measurements) -> Figure:
    place, count = int(result.shown.places[0]), len(result.pieces)
    moved = result.shown.forecast[0].numpy()
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
        title="How far each forecast of the next token moves, 0 to 1",
        caption="{ink-3|Before} the changed word, and {accent|from it on}. Click a bar to change that word instead.",
        text=f"Forecasts after it move by {numbers['mean_forecast_change_after']:.2g} on average.",
        plot=drawn,
        height=215,
    )


def origins(result: MaskResult) -> list[Drawn]:
    weights = origins_of(result.shown.layers[result.controls.layer], result.allowed).weights
    return [Drawn("map", weights, lambda w: w[0, result.controls.head])]
