"""Scores lowered by distance, each head at its own slope; five position schemes read past their trained length."""

import math
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Experiment, Figure, Figures, Measurements
from app.experiments.position.long_texts import NAMES, Read, by_place, read_long_texts
from models.language.loss_by_length import TRAINED, recorded, scheme_model, texts
from models.position.alibi import alibi_bias, slopes
from visualizers.curve import curves
from visualizers.matrix import tiles
from visualizers.theme import SERIES

MAP = 40
RIVALS = ("learned", "rope")
COLOURS = dict(zip(("alibi", "rope", "learned", "sinusoidal", "none"), SERIES))

Scheme = Literal["alibi", "rope", "learned", "sinusoidal", "none"]


class AlibiControls(Controls):
    scheme: Scheme = Field(
        "alibi", title="Positions told by", description="Five decoders of one size, trained on texts of 64 tokens"
    )
    heads: Literal[4, 8, 12, 16] = Field(8, title="Heads of the bias maps")


class AlibiResult(NamedTuple):
    controls: AlibiControls
    slopes: Tensor  # (H,)
    kept: Tensor  # (H, MAP, MAP) e^bias, 0 in the future
    read: Read
    rivals: tuple[Read, ...]
    reach: Tensor  # (L, heads) mean distance that a head of the trained model looks back, in tokens


@lru_cache(maxsize=32)
def reach(scheme: str, seed: int, device: str) -> Tensor:
    """Σ weight · distance, the mean over queries of one text inside the trained length: (L, H)."""
    ids = texts(seed, 1, TRAINED).to(device)
    _, trace = scheme_model(scheme, device)(ids)
    place = torch.arange(TRAINED, device=device)
    distance = (place[:, None] - place).clamp(min=0)
    return torch.stack([(weights * distance).sum(-1).mean(-1)[0] for weights in trace.weights])


@torch.inference_mode()
def run(controls: AlibiControls, device: str) -> AlibiResult:
    slope, place = slopes(controls.heads), torch.arange(MAP)
    return AlibiResult(
        controls=controls,
        slopes=slope,
        kept=alibi_bias(place, place, slope).exp().tril(),
        read=read_long_texts(controls.scheme, None, controls.seed, device),
        rivals=tuple(read_long_texts(rival, None, controls.seed, device) for rival in RIVALS),
        reach=reach(controls.scheme, controls.seed, device),
    )


def measure(result: AlibiResult) -> Measurements:
    steepest, *_, flattest = result.reach.mean(dim=0).tolist()
    return {
        "loss_past_the_trained_length_nats": result.read.beyond.item(),
        "lead_over_learned_and_rotary_positions_nats": min(
            (rival.beyond - result.read.beyond).item() for rival in result.rivals
        ),
        "cost_of_long_sight_nats": result.read.cost_of_long_sight,
        "steepest_head_looks_back_tokens": steepest,
        "flattest_head_looks_back_tokens": flattest,
        "flattest_over_steepest_head_distance": flattest / steepest,
        "steepest_slope": result.slopes.max().item(),
        "flattest_slope": result.slopes.min().item(),
        "distance_that_halves_a_weight_in_the_flattest_head_tokens": math.log(2) / result.slopes.min().item(),
    }


def draw(result: AlibiResult) -> Figures:
    measured = measure(result)
    return {"length": _length(result, measured), "bias": _bias(result, measured), "sight": _sight(result, measured)}


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
            result.kept[order].reshape(2, columns, MAP, MAP).numpy(),
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


EXPERIMENT = Experiment(
    "alibi", AlibiControls, run, measure, draw, badge="trained toy", parameters=lambda result: result.read.parameters
)
