"""A trained layer’s heads on devices in a ring: which block is where, what is computed, and when."""

from typing import ClassVar, Literal, NamedTuple

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
from models.cost.ring_timeline import Timeline, timeline
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import generator

CHECKPOINT, HEADS, WIDTH = "decoder_multi_head", 8, 16
TEXTS, TOKENS, RANDOM = 2, 64, 96
LAYOUTS = {"chunks": contiguous, "stripes": striped}


class RingControls(Controls):
    devices: Literal[2, 4, 8] = Field(4, title="Devices P")
    layout: Literal["chunks", "stripes"] = Field(
        "chunks", title="Tokens of a device", description="A chunk of the text, or every P-th token"
    )
    rounds: Literal["all", "one fewer"] = Field("all", title="Rounds", description="As many as devices, or one fewer")
    sending: Literal["while computing", "after computing"] = Field("while computing", title="A block is passed on")
    tokens: int = Field(
        32_768,
        ge=256,
        le=262_144,
        title="Tokens per device c",
        description="For the times",
        json_schema_extra={"log": True},
    )
    link: Literal["within a machine", "between machines"] = Field(
        "between machines", title="Link", description="300 or 25 GB per second to the neighbour"
    )
    layer: int = Field(1, ge=0, le=2, title="Layer", json_schema_extra=MORE)
    renamed: ClassVar = {"layout=in stretches": "chunks", "layout=in stripes": "stripes"}


class RingResult(NamedTuple):
    controls: RingControls
    places: list[Tensor]  # positions of the text’s tokens, (c,) for each device
    turns: list[list[Turn]]
    difference: float  # from full attention, of the layer's heads and of random ones, as a share of the largest number
    sent: int  # bytes by each device, this text and layer
    block_seconds: float  # computing a whole block
    time: Timeline  # simulated, as for blocks of that many tokens
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
    q2, k2, v2 = 2 * torch.randn(3, 4, RANDOM, WIDTH, generator=generator(controls.seed)).to(device)
    drawn, _ = ring_attention(q2, k2, v2, deal(RANDOM, P), rounds)
    exact = [scaled_dot_product(q, k, v, causal_mask(TOKENS, device=q.device)).output]
    exact.append(scaled_dot_product(q2, k2, v2, causal_mask(RANDOM, device=q.device)).output)
    compute, pass_on = block_seconds(controls.tokens, 1.0, A100_FLOPS, LINKS[controls.link])
    return RingResult(
        controls=controls,
        places=places,
        turns=turns,
        difference=max(apart(found, exact[0]), apart(drawn, exact[1])),
        sent=sent_bytes(TOKENS, P, WIDTH, HEADS, 2),
        block_seconds=compute,
        time=timeline(turns, compute / (TOKENS // P) ** 2, pass_on, controls.sending == "while computing"),
        parameters=parameter_count(pretrained(CHECKPOINT, device)),
    )


def measure(result: RingResult) -> Measurements:
    P, time = result.controls.devices, result.time
    busy = [time.busy(device) for device in range(P)]
    return {
        "largest_difference_from_full_share": 1.0 if result.difference != result.difference else result.difference,
        "sent_by_a_device_bytes": float(result.sent),
        "time_over_computing": time.seconds / max(busy),
        "smallest_hidden_block_tokens": smallest_block(A100_FLOPS, LINKS[result.controls.link]),
        "idle_share": 1 - sum(busy) / (P * time.seconds),
        "keys_held_share": 2 / P,
    }
