"""Scores lowered by distance, each head at its own slope; five position schemes read past their trained length."""

import math
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.position.long_texts import Read, read_long_texts
from app.provenance.origin import Computed, computed
from models.interpretability.head_patterns import mean_distance
from models.language.loss_by_length import TRAINED, scheme_model, texts
from models.position.alibi import alibi_bias, share_left, slopes

MAP = 40  # tokens of a bias map

RIVALS = ("learned", "rope")

Scheme = Literal["alibi", "rope", "learned", "sinusoidal", "none"]


class AlibiControls(Controls):
    scheme: Scheme = Field(
        "alibi", title="Positions told by", description="Five decoders of one size, trained on texts of 64 tokens"
    )
    heads: Literal[4, 8, 12, 16] = Field(8, title="Heads of the bias maps")


class AlibiResult(NamedTuple):
    controls: AlibiControls
    slopes: Tensor  # (H,)
    kept: Tensor  # (H, MAP, MAP) what the bias leaves of a weight
    read: Read
    rivals: tuple[Read, ...]
    reach: Tensor  # (L, heads) mean distance that a head of the trained model looks back, in tokens


@lru_cache(maxsize=32)
def reach(scheme: str, seed: int, device: str) -> Tensor:
    """How far each head looks back in one text inside the trained length: (L, H)."""
    ids = texts(seed, 1, TRAINED).to(device)
    _, trace = scheme_model(scheme, device)(ids)
    return torch.stack([mean_distance(weights) for weights in trace.weights])


def left_by_bias(heads: int) -> Computed:
    place = torch.arange(MAP)
    return computed(
        share_left,
        bias=computed(alibi_bias, query_positions=place, key_positions=place, slope=computed(slopes, heads=heads)),
    )


@torch.inference_mode()
def run(controls: AlibiControls, device: str) -> AlibiResult:
    return AlibiResult(
        controls=controls,
        slopes=slopes(controls.heads),
        kept=left_by_bias(controls.heads).tensor,
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
