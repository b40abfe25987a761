"""Diffusion transformers with patches of three sizes: loss, gates at the start and in training, and attention."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import Controls, Measurements
from app.experiments.generative.patch_denoisers.altered import JUDGED, SIZE, Closed, altered, losses
from app.experiments.generative.patch_denoisers.by_noise import (
    ATTENDING,
    SIDES,
    TIMES,
    Attended,
    Sheet,
    attended,
    gates_by_time,
    sheet_of,
)
from models.cost.denoiser_cost import dit_multiplications, patch_count, unet_multiplications
from models.generative.diffusion_transformer import DiffusionTransformer
from models.generative.digit_unet import DigitUNet
from models.interpretability.patch_attention import attended_distance
from models.parameter_count import parameter_count
from models.seeding import normal
from models.training.denoiser_arms import SIZES, started
from models.training.small_denoisers import EVERY, PLAN, TRAININGS, pretrained, recorded

EARLY = (160, 400)
"""Steps between which an early lead is averaged."""

Start = Literal["gates at 0", "gates at 1", "scales at 1"]
ARMS: dict[Start, str] = {
    "gates at 0": "patch 2",
    "gates at 1": "patch 2, gates start at 1",
    "scales at 1": "patch 2, scales start at 1",
}


class PatchDenoiserControls(Controls):
    closed: Closed = Field(
        "nothing", title="Held at 0 after training", description="In every block, with no retraining"
    )
    start: Start = Field("gates at 0", title="Start of training", description="Patches of 2; adaLN-zero has gates at 0")
    image: int = Field(6, ge=0, le=JUDGED - 1, title="Held-out digit shown")


class PatchDenoiserResult(NamedTuple):
    controls: PatchDenoiserControls
    courses: dict[str, Tensor]  # arm → (K, N) held-out loss over the training
    losses: dict[str, Tensor]  # network → (N,) held-out loss now, with what is held
    multiplications: dict[str, int]  # network → for one image
    sheet: Sheet
    gates: Tensor  # (K, 4) mean size of GATES over the training
    gates_by_time: Tensor  # (9, 4) of the trained one with patches of 2, at TIMES
    attended: Attended  # with patches of 2
    start_change: float  # largest change that the blocks make before any training
    parameters: int


@torch.inference_mode()
def change_at_the_start(start: Start, seed: int) -> float:
    """The largest change that a block makes to random vectors before any training."""
    model = started(ARMS[start], seed % TRAININGS)
    assert isinstance(model, DiffusionTransformer)
    h, condition = normal(4, patch_count(SIZE, 2), SIZES["width"], seed=seed), normal(4, SIZES["width"], seed=seed + 1)
    return max((block(h, condition)[0] - h).abs().max().item() for block in model.blocks)


def run(controls: PatchDenoiserControls, device: str) -> PatchDenoiserResult:
    c, networks = controls, [f"patch {side}" for side in SIDES] + ["U-Net"]
    unet = pretrained("U-Net", 0, device)
    assert isinstance(unet, DigitUNet)
    width, hidden, layers = SIZES["width"], SIZES["hidden"], SIZES["layers"]
    costs = {
        f"patch {side}": dit_multiplications(patch_count(SIZE, side), side, width, hidden, layers) for side in SIDES
    }
    started_so = recorded(ARMS[c.start])[1]
    assert started_so is not None
    shown: nn.Module = altered(2, "nothing", 0, device)
    return PatchDenoiserResult(
        c,
        {name: recorded(name)[0] for name in networks} | {"chosen start": recorded(ARMS[c.start])[0]},
        {name: losses(name, c.closed, c.seed, device) for name in networks},
        costs | {"U-Net": unet_multiplications(unet, SIZE)},
        sheet_of(c.image, c.closed, c.seed, device),
        started_so.mean(dim=1).flatten(1),
        gates_by_time(device),
        attended(ATTENDING, c.closed, c.seed, device),
        change_at_the_start(c.start, c.seed),
        parameter_count(shown),
    )


def early_lead(courses: dict[str, Tensor]) -> float:
    """Loss with patches of 4 minus that with patches of 2 and the chosen start, early in the training."""
    steps = slice(EARLY[0] // EVERY, EARLY[1] // EVERY + 1)
    return (courses["patch 4"] - courses["chosen start"])[steps].mean().item()


def measure(result: PatchDenoiserResult) -> Measurements:
    loss = {name: values.mean().item() for name, values in result.losses.items()}
    patches = result.attended.patches.mean(dim=(0, 2))  # (9,)
    uniform = torch.full((patch_count(SIZE, ATTENDING),) * 2, 1 / patch_count(SIZE, ATTENDING))
    attention, feed_forward = result.gates[1, ::2].mean(), result.gates[1, 1::2].mean()
    return {
        "loss_patch_1": loss["patch 1"],
        "loss_patch_2": loss["patch 2"],
        "loss_patch_4": loss["patch 4"],
        "loss_unet": loss["U-Net"],
        "patch_gap": loss["patch 4"] - loss["patch 1"],
        "cost_patch_1_over_4": result.multiplications["patch 1"] / result.multiplications["patch 4"],
        "early_lead": early_lead(result.courses),
        "final_lead": (result.courses["patch 4"] - result.courses["chosen start"])[-1].mean().item(),
        "start_change": result.start_change,
        "feed_forward_gate_at_80": feed_forward.item(),
        "attention_gate_at_80": attention.item(),
        "feed_forward_over_attention_gate": (feed_forward / attention).item(),
        "attended_patches_at_1000": patches[TIMES.index(1000)].item(),
        "attended_patches_at_1": patches[TIMES.index(1)].item(),
        "attended_distance": result.attended.distance.mean().item(),
        "uniform_distance": attended_distance(uniform, ATTENDING).mean().item(),
        "training_steps": float(PLAN.steps),
    }
