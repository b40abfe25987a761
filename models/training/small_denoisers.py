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
from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from models.checkpoints import load_state, restored
from models.data.digits import Digits, digits
from models.generative.denoiser import Denoiser, T, drop_labels, trained_alpha_bar
from models.generative.diffusion import q_sample, velocity
from models.generative.diffusion_transformer import DiffusionTransformer
from models.training.denoiser_arms import BUILDS, SIZES, started
from models.training.denoiser_measures import gate_sizes, held_out_loss, questions
from models.training.digit_denoiser import DROPPED
from models.training.digit_pictures import DATA, begin
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.recipes import Made
from models.training.side_by_side import SideBySide, shipped

NAME = "small_denoisers"
TRAININGS, BATCH, EVERY = 5, 32, 80
PLAN = Plan(steps=1600, learning_rate=4e-3, warm_up=80, floor=0.02, weight_decay=0.01)
SHIPPED = "patch 1", "patch 2", "patch 4", "U-Net"
"""Arms of which the weights are kept; of the others only what was recorded."""


@cache
def pretrained(arm: str, training: int, device: str = "cpu") -> Denoiser:
    """One of the shipped ones."""
    return restored(BUILDS[arm], NAME, device, own=f"{arm}.{training}.")  # type: ignore[return-value]


def recorded(arm: str) -> tuple[Tensor, Tensor | None]:
    """Held-out loss (K, N) and mean size of each gate (K, N, L, 2) over the training, every ``EVERY`` steps from 0."""
    state = load_state(NAME)
    return state[f"{arm}.held_out_loss"], state.get(f"{arm}.gates")


def measured(models: Mapping[tuple[str, int], Denoiser]) -> dict[str, float]:
    """Held-out loss of each arm, the lowest and the highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (arm, _), model in models.items():
        found.setdefault(arm.replace(", ", "_").replace(" ", "_"), []).append(held_out_loss(model, digits()[1]))
    return extremes(found, "{which}_loss_{name}")


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
