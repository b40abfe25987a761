"""A variational autoencoder with a map of two dimensions: ``python -m models.training.digit_vae``."""

import dataclasses

import torch
from torch import Tensor

from models.data.digits import Digits, digits
from models.generative import pretrained_networks as pictures
from models.generative.vae import VAE, elbo, gaussian_kl
from models.seeding import generator, seeded
from models.training.digit_pictures import DATA, begin, picked
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.recipes import UNSEEN, Made

NAME = "digit_vae"
PLAN = Plan(steps=4000, learning_rate=3e-3, weight_decay=0.01)
BATCH, LATENT, SAMPLES = 128, 2, 256


@torch.inference_mode()
def measured(model: VAE, held_out: Digits) -> dict[str, float]:
    """The bound on digits never seen, its part that is KL, and the log-likelihood that it bounds, in nats a digit."""
    x = held_out.images.flatten(1)
    noise = torch.randn(SAMPLES, len(x), LATENT, generator=generator(UNSEEN)).to(x)  # (S, B, Z)
    drawn, trace = model(x, noise[0])
    return {
        "held_out_elbo_nats": elbo(x, drawn, trace).mean().item(),
        "held_out_kl_nats": gaussian_kl(trace.mean, trace.log_variance).mean().item(),
        "held_out_log_likelihood_nats": model.importance_log_likelihood(x, noise).mean().item(),
        "held_out_error": (x - model.decode(trace.mean)).square().mean().item(),
    }


def main() -> None:
    options, learned, held_out = begin(__doc__)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    model = seeded(lambda: VAE(latent=LATENT), plan.seed, options.device)

    def loss(draws: torch.Generator) -> Tensor:
        x = picked(learned, options.batch or BATCH, draws).images.flatten(1)
        noise = torch.randn(len(x), LATENT, generator=draws, device=x.device)
        drawn, trace = model(x, noise)
        return -elbo(x, drawn.float(), trace).mean()

    seconds = train(model, loss, plan)
    metrics = measured(rounded(model), held_out)
    finish(NAME, model, plan, options, metrics, data=DATA, seconds=round(seconds, 1))


CHECKPOINTS = {NAME: Made(lambda: measured(pictures.digit_vae(), digits()[1]))}


if __name__ == "__main__":
    main()
