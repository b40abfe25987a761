"""A trained layer's heads on devices in a ring: who has whose block, what everyone has seen, what hides behind what."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.quality_cost import new_texts
from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.attention.dot_product import scaled_dot_product
from models.attention.masks import causal_mask
from models.attention.ring import Turn, block_seconds, contiguous, ring_attention, sent_bytes, smallest_block, striped
from models.cost.accelerators import A100_FLOPS, LINKS
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import generator

CHECKPOINT, HEADS, WIDTH = "decoder_multi_head", 8, 16
TEXTS, TOKENS, RANDOM = 2, 64, 96
LAYOUTS = {"in stretches": contiguous, "in stripes": striped}


class RingControls(Controls):
    devices: Literal[2, 4, 8] = Field(4, title="Devices P")
    layout: Literal["in stretches", "in stripes"] = Field(
        "in stretches", title="Tokens dealt", description="A stretch to each, or every P-th token"
    )
    rounds: Literal["all", "one fewer"] = Field("all", title="Rounds", description="P, so that all meet")
    tokens: int = Field(
        32_768,
        ge=256,
        le=262_144,
        title="Tokens a device c",
        description="For the times",
        json_schema_extra={"log": True},
    )
    link: Literal["within a machine", "between machines"] = Field(
        "between machines", title="Link", description="300 or 25 GB a second to the neighbour"
    )
    layer: int = Field(1, ge=0, le=2, title="Layer", json_schema_extra=MORE)


class RingResult(NamedTuple):
    controls: RingControls
    places: list[Tensor]  # of the text's tokens, (c,) for each device
    turns: list[list[Turn]]
    difference: float  # from full attention, of the layer's heads and of random ones, as a share of the largest number
    sent: int  # bytes by each device, this text and layer
    seconds: tuple[float, float]  # of a block: computing, passing on
    parameters: int


def apart(found: Tensor, exact: Tensor) -> float:
    return ((found - exact).abs().max() / exact.abs().max()).item()


@memo
def heads(layer: int, seed: int, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values of all heads of a layer on new texts, (B, H, T, K)."""
    with torch.inference_mode():
        ids = new_texts(CHECKPOINT, "evaluation", seed, TEXTS, TOKENS).to(device)
        trace = pretrained(CHECKPOINT, device)(ids)[1].blocks[layer].attention
    return trace.q, trace.k, trace.v


@torch.inference_mode()
def run(controls: RingControls, device: str) -> RingResult:
    P, deal = controls.devices, LAYOUTS[controls.layout]
    rounds = P if controls.rounds == "all" else P - 1
    q, k, v = heads(controls.layer, controls.seed, device)
    places = deal(TOKENS, P)
    found, turns = ring_attention(q, k, v, places, rounds)
    asked, answering, sent = 2 * torch.randn(3, 4, RANDOM, WIDTH, generator=generator(controls.seed)).to(device)
    drawn, _ = ring_attention(asked, answering, sent, deal(RANDOM, P), rounds)
    exact = [scaled_dot_product(q, k, v, causal_mask(TOKENS, device=q.device)).output]
    exact.append(scaled_dot_product(asked, answering, sent, causal_mask(RANDOM, device=q.device)).output)
    return RingResult(
        controls=controls,
        places=places,
        turns=turns,
        difference=max(apart(found, exact[0]), apart(drawn, exact[1])),
        sent=sent_bytes(TOKENS, P, WIDTH, HEADS, 2),
        seconds=block_seconds(controls.tokens, 1.0, A100_FLOPS, LINKS[controls.link]),
        parameters=parameter_count(pretrained(CHECKPOINT, device)),
    )


def measure(result: RingResult) -> Measurements:
    P, (compute, pass_on) = result.controls.devices, result.seconds
    work = [max(turn.pairs for turn in turns) for turns in result.turns]
    done = sum(turn.pairs for turns in result.turns for turn in turns)
    last = compute + (P - 1) * max(compute, pass_on)  # while a block is computed the next one comes
    return {
        "largest_difference_from_full_share": 1.0 if result.difference != result.difference else result.difference,
        "sent_by_a_device_bytes": float(result.sent),
        "time_over_computing": last / (P * compute),
        "smallest_hidden_block_tokens": smallest_block(A100_FLOPS, LINKS[result.controls.link]),
        "idle_share": 1 - done / (P * sum(work)),
        "keys_held_share": 2 / P,
    }
