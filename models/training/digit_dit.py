"""A diffusion transformer as large as the digit U-Net: ``python -m models.training.digit_dit``.

The same data, schedule, loss, dropped labels and judge; what differs is the network alone.
"""

import dataclasses
from functools import partial

import torch
from torch import Tensor

from models.data.digits import digits
from models.generative import pretrained_networks as pictures
from models.generative.denoiser import T, denoising_loss, drop_labels, trained_alpha_bar
from models.generative.diffusion_transformer import DiffusionTransformer
from models.generative.pretrained_networks import digit_classifier
from models.seeding import seeded
from models.training.digit_denoiser import DROPPED
from models.training.digit_pictures import DATA, begin, picked
from models.training.drawn_digits import measured
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.moving_average import MovingAverage
from models.training.recipes import Made

NAME = "digit_dit"
PLAN = Plan(steps=2000, learning_rate=2e-3, warm_up=200, floor=0.02, weight_decay=0.05)
BATCH = 128


def main() -> None:
    options, learned, held_out = begin(__doc__)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    model = seeded(DiffusionTransformer, plan.seed, options.device).start()
    average, alpha_bar = MovingAverage(model, decay=0.999), trained_alpha_bar().float().to(options.device)

    def loss(draws: torch.Generator) -> Tensor:
        images, labels = picked(learned, options.batch or BATCH, draws)
        t = torch.randint(1, T + 1, labels.shape, generator=draws, device=labels.device)
        noise = torch.randn(images.shape, generator=draws, device=images.device)
        label = drop_labels(labels, model.no_class, DROPPED, draws)
        return compiled(images, label, t, noise, alpha_bar).mean()

    compiled = torch.compile(partial(denoising_loss, model))
    seconds = train(model, loss, plan, after=average.update)
    drawer, judge = rounded(average.model), digit_classifier(options.device)
    metrics = measured(drawer, judge, learned, held_out)
    more = {"batch": options.batch or BATCH, "schedule": f"cosine, T = {T}", "seconds": round(seconds, 1)}
    finish(NAME, drawer, plan, options, metrics, data=DATA, **more)


AFTER = ("digit_denoiser",)
CHECKPOINTS = {NAME: Made(lambda: measured(pictures.digit_dit(), digit_classifier(), *digits()))}


if __name__ == "__main__":
    main()
