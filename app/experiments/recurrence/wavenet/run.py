"""A WaveNet is given a random pattern once and a bit, and continues it: what its dilations let it reach."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.convolution.pretrained_wavenets import STACKS, pattern_wavenet
from models.convolution.wavenet import receptive_field
from models.convolution.wavenet_generation import generate
from models.data.waveforms import PATTERN_LEVELS, PERIOD, patterns
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.wavenet_patterns import SAMPLES, pattern_loss

ROWS, GENERATED_ROWS = 32, 8
GIVEN_MORE, GENERATED = 20, 120
"""Samples of the second period that are given, and how many are generated."""
FARTHEST = 70
"""Of the samples whose gradient is measured: beyond the reach of every stack."""

Dilations = Literal["growing", "all 1", "shrinking"]


class PatternControls(Controls):
    dilations: Dilations = Field(
        "growing", title="Dilations", description="1, 2 … 32; six times 1; 32 … 2, 1: each trained by itself"
    )
    period: int = Field(PERIOD, ge=24, le=56, multiple_of=4, title="Period", description="Trained with 40 samples")
    training: int = Field(1, ge=1, le=3, title="Training", description="Three of each stack")


class PatternResult(NamedTuple):
    controls: PatternControls
    dilations: tuple[int, ...]
    loss: float  # nats per sample
    truth: Tensor  # (T,) codes of the pattern shown
    given: int  # so many of them are given
    generated: Tensor  # (GENERATED,) codes
    right: float  # share of generated samples that continue the pattern, over GENERATED_ROWS patterns
    influence: Tensor  # (FARTHEST,) share of the gradient by distance, from 1 sample before the one predicted
    parameters: int


class Continued(NamedTuple):
    codes: Tensor  # (GENERATED_ROWS, T) patterns
    generated: Tensor  # (GENERATED_ROWS, GENERATED)
    loss: float  # on other patterns


@memo
@torch.inference_mode()
def continued(dilations: Dilations, training: int, period: int, seed: int) -> Continued:
    network, draws = pattern_wavenet(dilations, training), generator(seed)
    loss = pattern_loss(network, patterns(ROWS, SAMPLES, period, draws), period).item()
    codes = patterns(GENERATED_ROWS, period + GIVEN_MORE + GENERATED, period, draws)
    label = torch.zeros(GENERATED_ROWS, dtype=torch.long)
    made = generate(network, codes[:, : period + GIVEN_MORE], label, GENERATED, draws, temperature=0)
    return Continued(codes, made, loss)


@memo
def influence(dilations: Dilations, training: int, period: int, seed: int) -> Tensor:
    """Share of the gradient of the true next sample's logit on each sample before it, by distance: (FARTHEST,)"""
    network = pattern_wavenet(dilations, training)
    codes = patterns(ROWS, SAMPLES, period, generator(seed))
    with torch.enable_grad():
        x = network.embedding(codes[:, :-1]).detach().requires_grad_()
        logits = network.predict(x, torch.zeros_like(codes[:, 0]))[0][:, -1]
        logits.gather(1, codes[:, -1:]).sum().backward()
    size = x.grad.norm(dim=-1).mean(dim=0).flip(0)[:FARTHEST]
    return size / size.sum().clamp(min=1e-12)


def run(controls: PatternControls, device: str) -> PatternResult:
    c = controls
    codes, made, loss = continued(c.dilations, c.training, c.period, c.seed)
    given = c.period + GIVEN_MORE
    return PatternResult(
        controls,
        STACKS[c.dilations],
        loss,
        codes[0],
        given,
        made[0],
        (made == codes[:, given:]).float().mean().item(),
        influence(c.dilations, c.training, c.period, c.seed),
        parameter_count(pattern_wavenet(c.dilations, c.training)),
    )


def measure(result: PatternResult) -> Measurements:
    reached = (result.influence > 0).nonzero()
    return {
        "loss_nats": result.loss,
        "chance_loss_nats": math.log(PATTERN_LEVELS),
        "generated_right_share": result.right,
        "influence_one_period_back_share": result.influence[result.controls.period - 1].item(),
        "influence_40_back_share": result.influence[PERIOD - 1].item(),
        "reach_samples": int(reached[-1]) + 1 if len(reached) else 0,
        "receptive_field_samples": receptive_field(result.dilations),
    }
