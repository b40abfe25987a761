"""An autoencoder with a code of eight numbers: ``python -m models.training.digit_autoencoder``."""

import dataclasses

import torch
from torch import Tensor

from models.data.digits import Digits, digits
from models.generative import pretrained_networks as pictures
from models.generative.autoencoder import Autoencoder, principal_reconstruction, reconstruction_error
from models.seeding import seeded
from models.training.digit_pictures import DATA, begin, picked
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.recipes import Made

NAME = "digit_autoencoder"
PLAN = Plan(steps=3000, learning_rate=3e-3, weight_decay=0.01)
BATCH, CODE = 128, 8


@torch.inference_mode()
def measured(model: Autoencoder, learned: Digits, held_out: Digits) -> dict[str, float]:
    """The error a pixel on digits never seen, beside that of as many principal components."""
    seen, unseen = learned.images.flatten(1), held_out.images.flatten(1)
    return {
        "held_out_error": reconstruction_error(unseen, model(unseen)[0]).item(),
        "held_out_error_of_principal_components": reconstruction_error(
            unseen, principal_reconstruction(unseen, seen, CODE)
        ).item(),
    }


def main() -> None:
    options, learned, held_out = begin(__doc__)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    model = seeded(lambda: Autoencoder(code=CODE), plan.seed, options.device)

    def loss(draws: torch.Generator) -> Tensor:
        x = picked(learned, options.batch or BATCH, draws).images.flatten(1)
        return reconstruction_error(x, model(x)[0])

    seconds = train(model, loss, plan)
    metrics = measured(rounded(model), learned, held_out)
    finish(NAME, model, plan, options, metrics, data=DATA, seconds=round(seconds, 1))


CHECKPOINTS = {NAME: Made(lambda: measured(pictures.digit_autoencoder(), *digits()))}


if __name__ == "__main__":
    main()
