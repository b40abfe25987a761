"""Loss past the trained length, what distance leaves of a weight, and how far it pays to look, drawn."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.alibi.run import MAP, AlibiResult, left_by_bias
from app.experiments.position.long_texts import NAMES, by_place
from app.provenance.origin import Drawn
from app.provenance.views import tiled
from models.language.loss_by_length import TRAINED, recorded
from visualizers.curve import curves
from visualizers.matrix import GAP, tiles
from visualizers.theme import SERIES

COLOURS = dict(zip(("alibi", "rope", "learned", "sinusoidal", "none"), SERIES))


def figures(result: AlibiResult, measured: Measurements) -> Figures:
    return with_sources(
        {"length": _length(result, measured), "bias": _bias(result, measured), "sight": _sight(result, measured)},
        origins(result),
    )


def _length(result: AlibiResult, measured: Measurements) -> Figure:
    record, name = recorded(), NAMES[result.controls.scheme]
    ends = ", ".join(f"{NAMES[scheme]} {record.whole[scheme][-1]:.2f}" for scheme in COLOURS)
    return Figure(
        title="Loss by place in the text, nats",
        caption=f"Five decoders, trained on texts of 64 tokens. {{accent|Dots}}: {name} on this seed’s texts.",
        text=(
            f"Past token 64 {name} loses {measured['loss_past_the_trained_length_nats']:.2f} nats a token on the texts"
            f" of this seed; recorded near token {record.places[-1]:.0f}: {ends}."
        ),
        plot=by_place(
            record.places,
            {NAMES[scheme]: record.whole[scheme] for scheme in COLOURS},
            {NAMES[scheme]: colour for scheme, colour in COLOURS.items()},
            result.read.loss,
            room=78,
            height=250,
        ),
        height=250,
    )


def _bias(result: AlibiResult, measured: Measurements) -> Figure:
    order = result.slopes.argsort(descending=True)
    names = [f"1/{1 / slope:.3g}" for slope in result.slopes[order].tolist()]
    columns = len(names) // 2
    halves = measured["distance_that_halves_a_weight_in_the_flattest_head_tokens"]
    return Figure(
        title="What distance leaves of a weight",
        caption=f"e to the bias, {{seq|0 to 1}}, in {len(names)} heads of slope {names[0]} to {names[-1]}.",
        text=(
            f"Slopes run from {names[0]} to {names[-1]}; the last halves a weight every {halves:.3g} tokens. In the"
            f" trained model, {NAMES[result.controls.scheme]}, the first head looks back"
            f" {measured['steepest_head_looks_back_tokens']:.1f} tokens on average, the eighth"
            f" {measured['flattest_head_looks_back_tokens']:.1f}."
        ),
        plot=tiles(
            result.kept.tril()[order].reshape(2, columns, MAP, MAP).numpy(),
            row_labels=[f"{names[0]} …", f"{names[columns]} …"],
            column_labels=[""] * columns,
        ),
        height=210,
        half=True,
    )


def _sight(result: AlibiResult, measured: Measurements) -> Figure:
    record, chosen = recorded(), result.controls.scheme
    schemes = dict.fromkeys(("alibi", "rope", chosen))
    drawn = curves(
        record.sights,
        {NAMES[scheme]: np.array(record.by_sight[scheme]) for scheme in schemes},
        x_title="tokens it may look at",
        x_log=True,
        colours={NAMES[scheme]: COLOURS[scheme] for scheme in schemes},
        markers=True,
        room=64,
    )
    ticks = [*record.sights[::2], TRAINED]
    drawn.update_xaxes(tickmode="array", tickvals=ticks, ticktext=[str(sight) for sight in ticks], tickangle=0)
    drawn.update_yaxes(range=[0, 1.1 * max(max(record.by_sight[scheme]) for scheme in schemes)])
    return Figure(
        title="Loss past token 64, nats, by how far it looks",
        caption="With more than 64 tokens of sight {c1|ALiBi} neither gains nor loses; {c2|RoPE} is hurt.",
        text=(
            f"Reading everything instead of the last 64 tokens changes the loss of {NAMES[chosen]} by"
            f" {measured['cost_of_long_sight_nats']:+.3f} nats on this seed’s texts."
        ),
        plot=drawn,
        height=210,
        half=True,
    )


def origins(result: AlibiResult) -> list[Drawn]:
    order = result.slopes.argsort(descending=True)

    def tiles(kept: Tensor) -> Tensor:
        return tiled(kept.tril()[order].reshape(2, -1, MAP, MAP), GAP)

    return [Drawn("bias", left_by_bias(result.controls.heads), tiles, unit=None)]
