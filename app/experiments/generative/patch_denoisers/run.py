"""Diffusion transformers with patches of three sizes, and what their gates do at the start, in training and after."""

import copy
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.cost.denoiser_cost import dit_multiplications, patch_count, unet_multiplications
from models.data.digits import digits
from models.generative.denoiser import T, denoising_loss, noise_predictor, trained_alpha_bar
from models.generative.diffusion import predicted_x0, q_sample
from models.generative.diffusion_transformer import DiffusionTransformer
from models.generative.digit_unet import DigitUNet
from models.parameter_count import parameter_count
from models.seeding import generator, normal
from models.training.small_denoisers import EVERY, PLAN, SIZES, TRAININGS, pretrained, recorded, started

SIDES = (1, 2, 4)
SIZE = 8
JUDGED = 200
SHOWN_TIME = 700
EARLY = (160, 400)
"""Steps between which an early lead is averaged."""
GATE_TIMES = (1, 125, 250, 375, 500, 625, 750, 875, 1000)
GATES = ("attention, block 1", "feed-forward, block 1", "attention, block 2", "feed-forward, block 2")

Closed = Literal["nothing", "attention gates", "scales"]
Start = Literal["gates at 0", "gates at 1", "scales at 1"]
HELD: dict[Closed, tuple[str, ...]] = {
    "nothing": (),
    "attention gates": ("gate",),
    "scales": ("scale", "feed-forward scale"),
}
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
    pictures: Tensor  # (5, 8, 8) noisy, the prediction of each patch size, true
    gates: Tensor  # (K, 4) mean size of GATES over the training
    gates_by_time: Tensor  # (9, 4) of the trained one with patches of 2, at GATE_TIMES
    start_change: float  # largest change that the blocks make before any training
    parameters: int


@memo
def altered(side: int, closed: Closed, training: int, device: str) -> DiffusionTransformer:
    """A trained transformer with some vectors of its blocks held at 0."""
    model = pretrained(f"patch {side}", training, device)
    assert isinstance(model, DiffusionTransformer)
    if not HELD[closed]:
        return model
    model = copy.deepcopy(model)
    for block in model.blocks:
        for vector in HELD[closed]:
            block.hold(vector, 0.0)  # type: ignore[operator]
    return model


class Question(NamedTuple):
    images: Tensor  # (B, 1, 8, 8)
    labels: Tensor  # (B,)
    t: Tensor  # (B,)
    noise: Tensor  # (B, 1, 8, 8)


@memo
def questions(seed: int) -> Question:
    """Held-out digits under noise of all levels, evenly spread."""
    held_out, draws = digits()[1], generator(seed)
    rows = torch.randperm(len(held_out.labels), generator=draws)[:JUDGED]
    noise = torch.randn(JUDGED, 1, SIZE, SIZE, generator=draws)
    t = torch.linspace(1, T, JUDGED).round().long()
    return Question(held_out.images[rows], held_out.labels[rows], t, noise)


@memo
@torch.inference_mode()
def losses(network: str, closed: Closed, seed: int, device: str) -> Tensor:
    """Held-out loss of each of the trainings.  (N,)"""
    images, labels, t, noise = (part.to(device) for part in questions(seed))
    found = []
    for training in range(TRAININGS):
        side = int(network[-1]) if network.startswith("patch") else 0
        model = altered(side, closed, training, device) if side else pretrained(network, training, device)
        alpha_bar = trained_alpha_bar().float().to(device)
        found.append(denoising_loss(model, images, labels, t, noise, alpha_bar).mean().cpu())
    return torch.stack(found)


@torch.inference_mode()
def predictions(image: int, closed: Closed, seed: int, device: str) -> Tensor:
    """One digit noisy, as each patch size predicts it, and true.  (5, 8, 8)"""
    given, a = questions(seed), trained_alpha_bar()[SHOWN_TIME].item()
    clean, label = given.images[[image]].to(device), given.labels[[image]].to(device)
    x = q_sample(clean, a, given.noise[[image]].to(device))
    guesses = []
    for side in SIDES:
        noise = noise_predictor(altered(side, closed, 0, device), label, 1.0, trained_alpha_bar())(x, SHOWN_TIME)
        guesses.append(predicted_x0(x, noise, a).clamp(-1, 1))
    return torch.stack([x, *guesses, clean])[:, 0, 0].cpu()


@memo
@torch.inference_mode()
def gates_by_time(device: str) -> Tensor:
    """Mean size of each gate over the ten classes and the trainings, at GATE_TIMES.  (9, 4)"""
    found = torch.zeros(TRAININGS, len(GATE_TIMES), len(GATES))
    label = torch.arange(10, device=device)
    for training in range(TRAININGS):
        for at, t in enumerate(GATE_TIMES):
            _, trace = altered(2, "nothing", training, device)(
                torch.zeros(10, 1, SIZE, SIZE, device=device), torch.full((10,), float(t), device=device), label
            )
            pairs = [gate for block in trace.blocks for gate in (block.attention_gate, block.feed_forward_gate)]
            found[training, at] = torch.stack([gate.abs().mean() for gate in pairs]).cpu()
    return found.mean(dim=0)


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
        predictions(c.image, c.closed, c.seed, device),
        started_so.mean(dim=1).flatten(1),
        gates_by_time(device),
        change_at_the_start(c.start, c.seed),
        parameter_count(shown),
    )


def early_lead(courses: dict[str, Tensor]) -> float:
    """Loss with patches of 4 minus that with patches of 2 and the chosen start, early in the training."""
    steps = slice(EARLY[0] // EVERY, EARLY[1] // EVERY + 1)
    return (courses["patch 4"] - courses["chosen start"])[steps].mean().item()


def measure(result: PatchDenoiserResult) -> Measurements:
    loss = {name: values.mean().item() for name, values in result.losses.items()}
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
        "training_steps": float(PLAN.steps),
    }
