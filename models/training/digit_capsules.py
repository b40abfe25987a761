"""Capsule networks on digits: ``python -m models.training.digit_capsules``.

With three iterations of routing, with one, and with another squash; three trainings each. All lie in one checkpoint
under ``<training>.<kind>``.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from models.convolution.capsule_network import CapsuleNetwork, lengths_of, margin_loss, masked
from models.convolution.dynamic_routing import exponential_squash
from models.convolution.pretrained_networks import digit_capsules
from models.data.digits import Digits, digits
from models.seeding import generator, seeded
from models.training.digit_pictures import DATA, begin, picked
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.recipes import Made

NAME = "digit_capsules"
KINDS: Mapping[str, Mapping[str, Any]] = {
    "three iterations": {},
    "one iteration": {"iterations": 1},
    "exponential": {"squashed": exponential_squash},
}
"""How each network is built, where that differs from the first."""
TRAININGS = 3
PLAN = Plan(steps=1000, learning_rate=4e-3, weight_decay=0.0)
BATCH = 64
DRAWING_WEIGHT = 10.0
"""Of the mean squared error of a pixel beside the margin loss. The paper's 0.0005 per pixel is 0.032 of the mean: with
so little these capsules learn no way of writing."""


def ink(images: Tensor) -> Tensor:
    """Images from −1 to 1 as ink from 0 to 1."""
    return (images + 1) / 2


def started(build: Callable[[], CapsuleNetwork], seed: int, device: str) -> CapsuleNetwork:
    """Weights to begin with: votes are about as long as what they are made of, else nothing agrees for long."""
    model = seeded(build, seed, device)
    P = model.votes.shape[-1]
    nn.init.normal_(model.votes, std=P**-0.5, generator=generator(seed))
    return model


def loss_of(model: CapsuleNetwork, images: Tensor, labels: Tensor) -> Tensor:
    v, _ = model(images)
    drawn = model.decode(masked(v, labels))
    return margin_loss(lengths_of(v), labels) + DRAWING_WEIGHT * mse_loss(drawn, ink(images))


@torch.inference_mode()
def measured(models: Mapping[tuple[int, str], CapsuleNetwork], held_out: Digits) -> dict[str, float]:
    """Held-out accuracy, margin and squared error per pixel, the lowest and the highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (_, kind), model in models.items():
        v, _ = model(held_out.images)
        lengths = lengths_of(v)
        right = lengths.gather(1, held_out.labels[:, None]).squeeze(1)
        wrong = lengths.scatter(1, held_out.labels[:, None], -1.0).amax(dim=1)
        values = {
            "accuracy": (right > wrong).float().mean(),
            "length_margin": (right - wrong).mean(),
            "squared_error": mse_loss(model.decode(masked(v, held_out.labels)), ink(held_out.images)),
        }
        for name, value in values.items():
            found.setdefault(f"{name}_{kind.replace(' ', '_')}", []).append(value.item())
    return extremes(found)


def main() -> None:
    options, learned, held_out = begin(__doc__)
    plan, batch = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), options.batch or BATCH
    models, seconds = dict[tuple[int, str], CapsuleNetwork](), 0.0
    for training in range(TRAININGS):
        for kind, how in KINDS.items():
            model = started(partial(CapsuleNetwork, **how), training, options.device)

            def loss(draws: torch.Generator, model: CapsuleNetwork = model) -> Tensor:
                return loss_of(model, *picked(learned, batch, draws))

            seconds += train(model, loss, dataclasses.replace(plan, seed=training))
            for parameter in model.parameters():
                parameter.data = parameter.data.half().float()  # as it is shipped
            models[training, kind] = model
    told = {"data": DATA, "trainings": TRAININGS, "kinds": list(KINDS), "seconds": round(seconds, 1)}
    state = {f"{t}.{kind}.{n}": w for (t, kind), m in models.items() for n, w in m.state_dict().items()}
    every = nn.ModuleList(models.values())
    finish(NAME, every, plan, options, measured(models, held_out), state=state, **told)


CHECKPOINTS = {
    NAME: Made(
        lambda: measured(
            {(t, kind): digit_capsules(t, kind, **how) for t in range(TRAININGS) for kind, how in KINDS.items()},
            digits()[1],
        )
    )
}


if __name__ == "__main__":
    main()
