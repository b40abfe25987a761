"""Small denoisers of digits, trained alike: transformers by size of the patches, and a U-Net.

``python -m models.training small_denoisers``. Arms differ in the network alone: data, noise, steps and batch are equal.
Each arm is trained five times; the weights lie in one checkpoint under ``<arm>.<training>``, beside what was recorded
on the way, ``<arm>.held_out_loss`` and, for transformers, ``<arm>.gates``. Of two arms only the records are kept.

Symbols
    N  trainings side by side        B  digits of a batch        K  points of the training at which is recorded
    L  blocks        D  width        P  held-out digits, each at several times
"""

import dataclasses
import time
from collections.abc import Callable, Mapping
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from models.checkpoints import load_state, restored
from models.data.digits import Digits, digits
from models.generative.denoiser import Denoiser, T, denoising_loss, drop_labels, trained_alpha_bar
from models.generative.diffusion import q_sample, velocity
from models.generative.diffusion_transformer import DiffusionTransformer
from models.generative.digit_unet import DigitUNet
from models.seeding import normal, seeded
from models.training.digit_denoiser import DROPPED
from models.training.digit_pictures import DATA, begin
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped

NAME = "small_denoisers"
SIZES = {"width": 24, "layers": 2, "heads": 2, "hidden": 48}
TRAININGS, BATCH, EVERY = 5, 32, 80
PLAN = Plan(steps=1600, learning_rate=4e-3, warm_up=80, floor=0.02, weight_decay=0.01)


def transformer(side: int) -> DiffusionTransformer:
    return DiffusionTransformer(side, **SIZES)


def unet() -> DigitUNet:
    return DigitUNet((10, 20), 32, groups=5, dropout=0.0)


BUILDS: Mapping[str, Callable[[], nn.Module]] = {
    "patch 1": lambda: transformer(1),
    "patch 2": lambda: transformer(2),
    "patch 4": lambda: transformer(4),
    "U-Net": unet,
    "patch 2, gates start at 1": lambda: transformer(2),
    "patch 2, scales start at 1": lambda: transformer(2),
}
"""Arm → its network."""
SHIPPED = "patch 1", "patch 2", "patch 4", "U-Net"
"""Arms of which the weights are kept; of the others only what was recorded."""
OPENED = {"gates": ("gate", "feed-forward gate"), "scales": ("scale", "feed-forward scale")}
"""Which of a block's six vectors of adaLN start at 1 in the last two arms."""


@torch.no_grad()
def started(arm: str, training: int) -> nn.Module:
    """The network of an arm as its training begins. Weights of transformers of one patch size are the same."""
    model = seeded(BUILDS[arm], training)
    if isinstance(model, DiffusionTransformer):
        model.start()
        for vector in (one for name, chosen in OPENED.items() if f"{name} start" in arm for one in chosen):
            for block in model.blocks:
                block.hold(vector, 1.0)
    return model


@cache
def pretrained(arm: str, training: int, device: str = "cpu") -> Denoiser:
    """One of the shipped ones."""
    return restored(BUILDS[arm], NAME, device, own=f"{arm}.{training}.")  # type: ignore[return-value]


def recorded(arm: str) -> tuple[Tensor, Tensor | None]:
    """Held-out loss (K, N) and mean size of each gate (K, N, L, 2) over the training, every ``EVERY`` steps from 0."""
    state = load_state(NAME)
    return state[f"{arm}.held_out_loss"], state.get(f"{arm}.gates")


def questions(held_out: Digits, rounds: int = 4, seed: int = UNSEEN) -> tuple[Tensor, ...]:
    """Held-out digits, their labels, times spread evenly over 1 … T, and noise: the same for every arm."""
    images, labels = held_out.images.repeat(rounds, 1, 1, 1), held_out.labels.repeat(rounds)
    t = torch.linspace(1, T, len(images)).round().long()
    return images, labels, t, normal(*images.shape, seed=seed)


@torch.inference_mode()
def held_out_loss(model: Denoiser, held_out: Digits) -> float:
    """Mean squared error of the velocity on held-out digits, per pixel."""
    images, labels, t, noise = questions(held_out)
    return denoising_loss(model, images, labels, t, noise, trained_alpha_bar().float()).mean().item()


def measured(models: Mapping[tuple[str, int], Denoiser]) -> dict[str, float]:
    """Held-out loss of each arm, the lowest and the highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (arm, _), model in models.items():
        found.setdefault(arm.replace(", ", "_").replace(" ", "_"), []).append(held_out_loss(model, digits()[1]))
    return extremes(found, "{which}_loss_{name}")


def gate_sizes(model: Denoiser, labels: Tensor, t: Tensor) -> Tensor:
    """Mean |α| of each block's two gates over these classes and times.  → (L, 2)"""
    _, trace = model(torch.zeros(len(t), 1, 8, 8), t.float(), labels)
    gates = [(block.attention_gate, block.feed_forward_gate) for block in trace.blocks]
    return torch.stack([torch.stack([gate.abs().mean() for gate in pair]) for pair in gates])


def trained(arm: str, plan: Plan, batch: int, learned: Digits, held_out: Digits) -> tuple[dict[str, Tensor], float]:
    """Weights of all trainings of an arm, what was recorded, and the seconds it took."""
    together = SideBySide([started(arm, training) for training in range(TRAININGS)])
    alpha_bar = trained_alpha_bar().float()
    losses, gates = [], []

    def models() -> list[Denoiser]:
        return [shipped(BUILDS[arm], state).eval() for state in together.states()]  # type: ignore[misc]

    @torch.inference_mode()
    def record(step: int) -> None:
        if step % EVERY:
            return
        now = models()
        losses.append(torch.tensor([held_out_loss(model, held_out) for model in now]))
        if isinstance(now[0], DiffusionTransformer):
            _, labels, t, _ = questions(held_out, rounds=1)
            gates.append(torch.stack([gate_sizes(model, labels, t) for model in now]))

    def loss(draws: torch.Generator) -> Tensor:
        shape = TRAININGS, batch
        rows = torch.randint(len(learned.labels), shape, generator=draws)
        t = torch.randint(1, T + 1, shape, generator=draws)
        x0 = learned.images[rows]
        noise = torch.randn(x0.shape, generator=draws)
        label = drop_labels(learned.labels[rows], 10, DROPPED, draws)
        a = alpha_bar[t].view(*shape, 1, 1, 1)
        v = together(q_sample(x0, a, noise), t.float(), label).float()
        return TRAININGS * mse_loss(v, velocity(x0, noise, a))  # each model's gradient as if it were alone

    record(0)
    clipped = dataclasses.replace(plan, clip=plan.clip * TRAININGS**0.5)  # one norm over all models
    began = time.perf_counter()
    train(together, loss, clipped, after=record)
    weights = together.states() if arm in SHIPPED else []
    found = {f"{n}.{key}": weight for n, state in enumerate(weights) for key, weight in state.items()}
    found["held_out_loss"] = torch.stack(losses)
    if gates:
        found["gates"] = torch.stack(gates)
    return {f"{arm}.{key}": value for key, value in found.items()}, time.perf_counter() - began


def main() -> None:
    options, learned, held_out = begin(__doc__)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    state: dict[str, Tensor] = {}
    seconds = 0.0
    for arm in BUILDS:
        found, took = trained(arm, plan, options.batch or BATCH, learned, held_out)
        state |= found
        seconds += took
    models = {
        (arm, n): shipped(
            BUILDS[arm], {k.removeprefix(f"{arm}.{n}."): w for k, w in state.items() if k.startswith(f"{arm}.{n}.")}
        ).eval()
        for arm in SHIPPED
        for n in range(TRAININGS)
    }
    told = {"data": DATA, "architecture": SIZES, "trainings": TRAININGS, "batch": options.batch or BATCH}
    told["seconds"] = round(seconds, 1)
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {
    NAME: Made(lambda: measured({(arm, n): pretrained(arm, n) for arm in SHIPPED for n in range(TRAININGS)}))
}


if __name__ == "__main__":
    main()
