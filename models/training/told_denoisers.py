"""U-Nets told class and ink of a digit, by norms or by cross-attention: ``python -m models.training told_denoisers``.

The two ways share data, noise, steps and batch. Each is trained three times; the weights lie in one checkpoint under
``<way>.<training>``.

Symbols
    N  trainings side by side        B  digits of a batch
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from models.checkpoints import restored
from models.data.digit_ink import ink_levels
from models.data.digits import Digits, digits
from models.generative.cross_attention_unet import CrossAttentionUNet, NormConditionedUNet
from models.generative.denoiser import T, drop_labels, trained_alpha_bar
from models.generative.diffusion import q_sample, velocity
from models.seeding import seeded
from models.training.denoiser_measures import questions
from models.training.digit_denoiser import DROPPED
from models.training.digit_pictures import DATA, begin
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.recipes import Made
from models.training.side_by_side import SideBySide, shipped

NAME = "told_denoisers"
TRAININGS, BATCH = 3, 32
PLAN = Plan(steps=1200, learning_rate=4e-3, warm_up=80, floor=0.02, weight_decay=0.01)
WAYS: Mapping[str, Callable[[], NormConditionedUNet]] = {"norm": NormConditionedUNet, "attention": CrossAttentionUNet}


@cache
def pretrained(way: str, training: int, device: str = "cpu") -> NormConditionedUNet:
    """One of the shipped ones."""
    return restored(WAYS[way], NAME, device, own=f"{way}.{training}.")


@torch.inference_mode()
def held_out_loss(model: NormConditionedUNet, held_out: Digits) -> float:
    """Mean squared error of the velocity on held-out digits, per pixel."""
    images, labels, t, noise = questions(held_out)
    a = trained_alpha_bar().float()[t].view(-1, 1, 1, 1)
    v, _ = model(q_sample(images, a, noise), t.float(), labels, ink_levels(images))
    return mse_loss(v, velocity(images, noise, a)).item()


def measured(models: Mapping[tuple[str, int], NormConditionedUNet]) -> dict[str, float]:
    """Held-out loss of each way, the lowest and the highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (way, _), model in models.items():
        found.setdefault(way, []).append(held_out_loss(model, digits()[1]))
    return extremes(found, "{which}_loss_{name}")


def trained(way: str, plan: Plan, batch: int, learned: Digits) -> tuple[list[Mapping[str, Tensor]], float]:
    """The weights of all trainings of one way, and the seconds they took."""
    together = SideBySide([seeded(WAYS[way], training) for training in range(TRAININGS)])
    alpha_bar, inks = trained_alpha_bar().float(), ink_levels(learned.images)

    def loss(draws: torch.Generator) -> Tensor:
        shape = TRAININGS, batch
        rows = torch.randint(len(learned.labels), shape, generator=draws)
        t = torch.randint(1, T + 1, shape, generator=draws)
        x0 = learned.images[rows]
        noise = torch.randn(x0.shape, generator=draws)
        label, ink = drop_labels(learned.labels[rows], 10, DROPPED, draws), drop_labels(inks[rows], 3, DROPPED, draws)
        a = alpha_bar[t].view(*shape, 1, 1, 1)
        v = together(q_sample(x0, a, noise), t.float(), label, ink).float()
        return TRAININGS * mse_loss(v, velocity(x0, noise, a))  # each model's gradient as if it were alone

    seconds = train(together, loss, dataclasses.replace(plan, clip=plan.clip * TRAININGS**0.5))
    return together.states(), seconds


def main() -> None:
    options, learned, _ = begin(__doc__)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    state, seconds = dict[str, Tensor](), 0.0
    models: dict[tuple[str, int], NormConditionedUNet] = {}
    for way, build in WAYS.items():
        states, took = trained(way, plan, options.batch or BATCH, learned)
        seconds += took
        for n, weights in enumerate(states):
            models[way, n] = shipped(build, weights).eval()
            state |= {f"{way}.{n}.{key}": weight for key, weight in weights.items()}
    told = {"data": DATA, "trainings": TRAININGS, "batch": options.batch or BATCH, "seconds": round(seconds, 1)}
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {NAME: Made(lambda: measured({(way, n): pretrained(way, n) for way in WAYS for n in range(TRAININGS)}))}


if __name__ == "__main__":
    main()
