"""Networks that predict hidden patches of digits, by their vectors or their pixels.

``python -m models.training.hidden_patches``: five trainings of each kind in one checkpoint, and what a linear probe
reads from them.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from models.contrastive.latent_prediction import LatentPrediction, PixelPrediction
from models.contrastive.patch_probe import SIDE, pixel_probe, probe
from models.data.digits import digits
from models.data.patch_masks import Shape, hidden_patches, others, textured
from models.seeding import generator, seeded
from models.training.cells import TRAININGS, Kind, all_trained, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide
from models.transformer.vision_transformer import patches

NAME = "hidden_patches"
PLAN = plan_of(1500, learning_rate=3e-3)
BATCH = 64
TEXTURES = {"": 0.0, "_textured": 0.5, "_strong": 1.0}
"""What an arm's name ends with → the standard deviation of the noise that it is trained under."""

MOMENTUM = 0.98
"""Of the target encoder at the start; it rises evenly to 1."""


STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the noise on the digits that the probes are asked about."""


def ending(strength: float) -> str:
    """Of the arms for digits under this noise: those trained under as much, or under the next more."""
    return next(name for name, texture in TEXTURES.items() if strength <= texture)


class Arm(NamedTuple):
    build: type[LatentPrediction] = LatentPrediction
    shape: Shape = "block"
    texture: float = 0.0


ARMS = {
    f"{name}{ending}": Arm(build, texture=texture)
    for name, build in (("latent", LatentPrediction), ("pixels", PixelPrediction))
    for ending, texture in TEXTURES.items()
}


def started(model: LatentPrediction) -> None:
    """The target encoder begins as the context encoder."""
    model.target.load_state_dict(model.context.state_dict())


@torch.no_grad()
def follow(models: SideBySide, m: float) -> None:
    """θ̄ ← m θ̄ + (1 − m) θ, for all trainings at once."""
    weights = dict(zip(models.names, models.stacked, strict=True))
    for name, slow in weights.items():
        if name.startswith("target."):
            slow.lerp_(weights[name.replace("target.", "context.", 1)], 1 - m)


class Loss:
    """The sum of the trainings' mean errors; each has its own digits and masks. Counts its calls."""

    def __init__(self, arm: Arm, steps: int, batch: int) -> None:
        self.arm, self.steps, self.batch, self.done = arm, steps, batch, 0

    def __call__(self, models: SideBySide, draws: torch.Generator) -> Tensor:
        follow(models, MOMENTUM + (1 - MOMENTUM) * self.done / self.steps)
        self.done += 1
        images, count = digits()[0].images, TRAININGS * self.batch
        chosen = images[torch.randint(len(images), (count,), generator=draws)]
        hidden = hidden_patches(count, self.arm.shape, draws)
        given = patches(textured(chosen, self.arm.texture, draws), SIDE), others(hidden), hidden
        with torch.autocast("cpu", enabled=False):
            return TRAININGS * models(*(part.unflatten(0, (TRAININGS, -1)) for part in given)).mean()


def untrained(training: int) -> LatentPrediction:
    model = seeded(LatentPrediction, training)
    started(model)
    return model


def probes(models: Mapping[str, list[LatentPrediction]]) -> dict[str, Tensor]:
    """What is named at each of STRENGTHS, (TRAININGS, 5), and from the noisy pixels themselves, (1, 5)."""
    share = lambda find: torch.tensor([[find(k, s) for s in STRENGTHS] for k in range(TRAININGS)])
    return {
        "probe.latent": share(lambda k, s: probe(models[f"latent{ending(s)}"][k], s)),
        "probe.pixels": share(lambda k, s: probe(models[f"pixels{ending(s)}"][k], s)),
        "probe.untrained": share(lambda k, s: probe(untrained(k), s)),
        "probe.raw": torch.tensor([[pixel_probe(s) for s in STRENGTHS]]),
    }


@torch.inference_mode()
def held_out_error(arm: Arm, model: LatentPrediction) -> float:
    """Mean error of hidden patches of held-out digits."""
    draws = generator(UNSEEN)
    images = textured(digits()[1].images, arm.texture, draws)
    hidden = hidden_patches(len(images), arm.shape, draws)
    return model(patches(images, SIDE), others(hidden), hidden)[0].mean().item()


def measured(models: Mapping[str, list[LatentPrediction]]) -> dict[str, float]:
    """Mean over the trainings of each kind."""
    return {
        f"{name}_error": sum(held_out_error(ARMS[name], one) for one in trainings) / TRAININGS
        for name, trainings in models.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, (PLAN.steps,))
    kinds = {
        name: Kind(arm.build, Loss(arm, plan.steps, options.batch or BATCH), started) for name, arm in ARMS.items()
    }
    made = all_trained(kinds, plan, snapshots or (plan.steps,))
    told = {"data": "digits, a block of 6 of 16 patches hidden, noise of 0.5 or 1 as texture"} | made.told
    finish(
        NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state | probes(made.models), **told
    )


@lru_cache(maxsize=32)
def pretrained(arm: str, training: int, device: str = "cpu") -> LatentPrediction:
    """One training; share it."""
    return restored(NAME, arm, ARMS[arm].build, training).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(ARMS, pretrained)))}


if __name__ == "__main__":
    main()
