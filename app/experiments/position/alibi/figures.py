"""Loss past the trained length, what distance leaves of a weight, and what is copied, drawn."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.alibi.run import MAP, SCHEMES, AlibiResult
from app.experiments.position.long_texts import NAMES, loss_by_place
from app.provenance.origin import Plotted
from app.provenance.views import tiled
from visualizers.distribution import grouped_bars
from visualizers.matrix import GAP, tiles
from visualizers.theme import SERIES

COLOURS = dict(zip(SCHEMES, SERIES))


def figures(result: AlibiResult, metrics: Measurements) -> Figures:
    return {"length": _length(result, metrics), "copies": _copies(result, metrics), "bias": _bias(result, metrics)}


def _length(result: AlibiResult, metrics: Measurements) -> Figure:
    c = result.controls
    name = NAMES[c.scheme] + ("" if c.slopes == "as trained" or c.scheme != "alibi" else f" (slopes {c.slopes})")
    return loss_by_place(
        result.read.loss,
        COLOURS,
        {NAMES[scheme]: colour for scheme, colour in COLOURS.items()},
        caption=f"Five decoders, trained on texts of 64 tokens. {{accent|Dots}}: {name} on this seed's texts.",
        text=(
            f"Past token 64 the loss of {name} is {metrics['loss_past_the_trained_length_nats']:.2f} nats per token on"
            " these texts. Over the recorded texts it is"
            f" {metrics['recorded_loss_within_the_trained_length_nats']:.2f} within 64 tokens."
            f" That differs from RoPE's by"
            f" {metrics['recorded_extra_loss_over_rope_within_the_trained_length_nats']:+.2f}."
        ),
    )


def _copies(result: AlibiResult, metrics: Measurements) -> Figure:
    drawn = grouped_bars(
        {
            "first time": np.array([one.first for one in result.repeated.values()]),
            "read again": np.array([one.again for one in result.repeated.values()]),
        },
        labels=[NAMES[scheme] for scheme in result.repeated],
    )
    return Figure(
        title="Loss on random tokens, nats per token",
        caption="24 tokens, then {c2|the same again}: only copying predicts them. {c1|First time} beside it.",
        text=(
            f"When random tokens are read again, {NAMES[result.controls.scheme]} gains"
            f" {metrics['gain_on_repeated_tokens_nats']:.2f} nats per token and predicts"
            f" {metrics['right_on_repeated_tokens_percent']:.0f} % of them right."
        ),
        plot=drawn,
        height=230,
        half=True,
    )


def _bias(result: AlibiResult, metrics: Measurements) -> Figure:
    order = result.slopes.argsort(descending=True)
    names = [f"1/{1 / slope:.3g}" for slope in result.slopes[order].tolist()]
    columns = len(names) // 2

    def in_tiles(kept: Tensor) -> Tensor:
        return kept.tril()[order].reshape(2, columns, MAP, MAP)

    halves = metrics["distance_that_halves_a_weight_in_the_flattest_head_tokens"]
    return Figure(
        title="Factor by which distance reduces a weight",
        caption=f"{{seq|0 to 1}}, {len(names)} heads by slope; rows are queries, columns keys.",
        text=(
            f"Slopes run from {names[0]} to {names[-1]}. The flattest head halves a weight every {halves:.3g} tokens."
            f" In the trained decoder, {NAMES[result.controls.scheme]}, the mean attention distance is"
            f" {metrics['steepest_head_distance_tokens']:.1f} tokens in the first head and"
            f" {metrics['flattest_head_distance_tokens']:.1f} in the eighth."
        ),
        plot=tiles(
            in_tiles(result.bias.tensor).numpy(),
            row_labels=[f"{names[0]} …", f"{names[columns]} …"],
            column_labels=[""] * columns,
        ),
        height=230,
        half=True,
        sources=[Plotted(result.bias, lambda kept: tiled(in_tiles(kept), GAP), "tiles", unit=None)],
    )
