"""A trained router's batch on simulated devices: the traffic between them, the waiting, and what is dropped."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.routing.mixture_decoder import EXPERTS, Balancing, held_out_text, mixture_decoder
from models.cost.accelerators import A100_FLOPS, LINKS
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS
from models.published.mixtures import mixture_count
from models.routing.capacity import within_capacity
from models.routing.expert_parallel import (
    StepTime,
    computed_apart,
    expert_functions,
    home_of_token,
    step_time,
    traffic,
)
from models.routing.mixture_of_experts import softmax_over_chosen
from models.routing.rerouted import mixtures, routings

FACTORS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)

BYTES_A_NUMBER = 2


class ExpertParallelismControls(Controls):
    devices: Literal[2, 4, 8] = Field(4, title="Devices P", description="For 8 experts")
    balancing: Balancing = Field("on", title="Balancing loss in training")
    capacity_factor: float = Field(
        4.0, ge=0.5, le=4, multiple_of=0.25, title="Capacity factor", description="Capacity over a uniform share"
    )
    layer: Literal[0, 1] = Field(1, title="Layer", description="0 is the first")
    link: Literal["within a machine", "between machines"] = Field(
        "between machines", title="Link", description="300 or 25 GB per second per device"
    )
    shape: Literal["Mixtral 8×7B", "DeepSeek-V3"] = Field(
        "DeepSeek-V3", title="Size of the experts", description="For the times only"
    )


class Routed(NamedTuple):
    """A batch of 1,024 held-out tokens as one layer routes it."""

    x: Tensor  # (N, D)
    logits: Tensor  # (N, E)
    y: Tensor  # (N, D) output of the layer


class Limited(NamedTuple):
    """The batch with that much capacity per expert."""

    M: Tensor  # (P, P) copies from device to device
    dropped_share: float
    time: StepTime


class ExpertParallelismResult(NamedTuple):
    controls: ExpertParallelismControls
    here: Limited
    by_factor: dict[str, list[Limited]]  # balancing → for each of FACTORS
    uniform: StepTime  # of the same number of copies, spread uniformly
    difference: float  # of the output put together, from that of one device, as a share of the largest number
    parameters: int


@memo
def routed(balancing: Balancing, layer: int, seed: int, device: str) -> Routed:
    model, ids = mixture_decoder(balancing, device), held_out_text(seed).to(device)
    with torch.inference_mode():
        found = routings(model(ids)[1])[layer]
        y, _ = mixtures(model)[layer](found.x)
    return Routed(found.x.flatten(0, 1), found.logits.flatten(0, 1), y.flatten(0, 1))


def limited_choice(batch: Routed, factor: float) -> tuple[Tensor, Tensor]:
    """Gates, zero where an expert was full, and the experts, (N, 2) both."""
    return within_capacity(softmax_over_chosen, factor)(batch.logits, 2)


def costs(controls: ExpertParallelismControls) -> dict[str, float]:
    """Of one token and of the machine."""
    return {
        "expert_flops": 2.0 * mixture_count(CONFIGS[controls.shape]).expert,
        "row_bytes": float(BYTES_A_NUMBER * CONFIGS[controls.shape].width),
        "flops": A100_FLOPS,
        "bandwidth": LINKS[controls.link],
    }


def times(controls: ExpertParallelismControls, M: Tensor) -> StepTime:
    return step_time(M, **costs(controls))


@memo
def counted(way: Balancing, layer: int, P: int, factor: float, seed: int, device: str) -> tuple[Tensor, float]:
    """Copies from device to device (P, P), and the share of all that was dropped."""
    with torch.inference_mode():
        gates, chosen = limited_choice(routed(way, layer, seed, device), factor)
        home = home_of_token(len(chosen), P).to(chosen.device)
        return traffic(chosen, gates > 0, home, EXPERTS, P), 1 - (gates > 0).float().mean().item()


def limit(controls: ExpertParallelismControls, way: Balancing, factor: float, device: str) -> Limited:
    M, dropped = counted(way, controls.layer, controls.devices, factor, controls.seed, device)
    return Limited(M, dropped, times(controls, M))


@torch.inference_mode()
def run(controls: ExpertParallelismControls, device: str) -> ExpertParallelismResult:
    P, model = controls.devices, mixture_decoder(controls.balancing, device)
    ways: tuple[Balancing, ...] = ("on", "off")
    batch = routed(controls.balancing, controls.layer, controls.seed, device)
    gates, chosen = limited_choice(batch, controls.capacity_factor)
    home = home_of_token(len(chosen), P).to(chosen.device)
    layer = mixtures(model)[controls.layer]
    spread = computed_apart(expert_functions(layer), batch.x, gates, chosen, home, P)
    evenly = torch.full((P, P), chosen.numel() / P**2)
    return ExpertParallelismResult(
        controls=controls,
        here=limit(controls, controls.balancing, controls.capacity_factor, device),
        by_factor={way: [limit(controls, way, factor, device) for factor in FACTORS] for way in ways},
        uniform=times(controls, evenly),
        difference=((spread.y - batch.y).abs().max() / batch.y.abs().max()).item(),
        parameters=parameter_count(model),
    )


def measure(result: ExpertParallelismResult) -> Measurements:
    M, time = result.here.M.double(), result.here.time
    received = M.sum(dim=0)
    width = CONFIGS[result.controls.shape].width
    return {
        "largest_difference_from_one_device_share": result.difference,
        "busiest_device_over_uniform": (received.max() / received.mean()).item(),
        "moved_copies_share": (1 - M.diagonal().sum() / M.sum()).item(),
        "dropped_share": result.here.dropped_share,
        "waiting_share_of_compute": (1 - time.compute.mean() / time.compute.max()).item(),
        "traffic_share_of_time": 1 - (time.compute.max() / time.total).item(),
        "time_over_uniform": time.total / result.uniform.total,
        "layer_microseconds": 1e6 * time.total,
        "largest_sent_by_a_device_bytes": float((M.sum(dim=1) - M.diagonal()).max() * BYTES_A_NUMBER * width),
    }
