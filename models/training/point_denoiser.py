"""Trains one denoiser for all sets of points: ``python -m models.training.point_denoiser``, two minutes on a CPU."""

import argparse
import sys
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from models.checkpoints import DIRECTORY, save
from models.data.points import POINT_SETS
from models.generative import pretrained_networks as pictures
from models.generative.denoiser import T, denoising_loss, drop_labels, noise_predictor, trained_alpha_bar
from models.generative.diffusion import ddim_step, reverse
from models.generative.distances import energy_distance, sliced_wasserstein
from models.generative.noise_schedule import strided
from models.generative.point_denoiser import PointDenoiser
from models.seeding import generator, seeded
from models.training.loop import Plan, train
from models.training.moving_average import MovingAverage
from models.training.recipes import Made

NAME = "point_denoiser"
DRAWN = 50_000
BATCH = 1024
DROPPED = 0.1
LIMIT = 3.0


def sampled(model: PointDenoiser, label: int, points: int, steps: int, seed: int) -> Tensor:
    """Points of one set by DDIM from noise.  (P, 2)"""
    device = next(model.parameters()).device
    alpha_bar = trained_alpha_bar()
    draws = generator(seed)
    noise = torch.randn(points, 2, generator=draws).to(device)
    predict = noise_predictor(model, torch.full((points,), label, device=device), 1.0, alpha_bar)
    *_, last = reverse(predict, noise, alpha_bar, strided(T, steps), ddim_step, draws, LIMIT)
    return last.x


@torch.inference_mode()
def measured(model: PointDenoiser, points: int = 2000, steps: int = 50) -> dict[str, float]:
    """Distances of sampled points to fresh data, beside those of other data to the same."""
    metrics = {}
    for label, (name, draw) in enumerate(POINT_SETS.items()):
        data, other = draw(points, generator(101)), draw(points, generator(102))
        drawn = sampled(model, label, points, steps, seed=103).cpu()
        metrics[f"{name}_energy_distance"] = energy_distance(drawn, data).item()
        metrics[f"{name}_energy_distance_of_data"] = energy_distance(other, data).item()
        metrics[f"{name}_sliced_wasserstein"] = sliced_wasserstein(drawn, data).item()
        metrics[f"{name}_sliced_wasserstein_of_data"] = sliced_wasserstein(other, data).item()
    return {name: round(value, 5) for name, value in metrics.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--device", default="cpu")
    options.add_argument("--steps", type=int, default=6000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", type=Path, default=DIRECTORY)
    chosen = options.parse_args()
    if chosen.device == "cpu":
        torch.set_num_threads(1)

    data = torch.cat([draw(DRAWN, generator(chosen.seed)) for draw in POINT_SETS.values()]).to(chosen.device)
    labels = torch.arange(len(POINT_SETS), device=chosen.device).repeat_interleave(DRAWN)
    alpha_bar = trained_alpha_bar().float().to(chosen.device)
    model = seeded(lambda: PointDenoiser(len(POINT_SETS)), chosen.seed, chosen.device)

    def loss(draws: torch.Generator) -> Tensor:
        integer = partial(torch.randint, size=(BATCH,), generator=draws, device=chosen.device)
        picked, t = integer(high=len(data)), integer(low=1, high=T + 1)
        noise = torch.randn(BATCH, 2, generator=draws, device=chosen.device)
        label = drop_labels(labels[picked], model.no_class, DROPPED, draws)
        return denoising_loss(model, data[picked], label, t, noise, alpha_bar).mean()

    average = MovingAverage(model, decay=0.999)
    plan = Plan(chosen.steps, learning_rate=2e-3, warm_up=200, floor=0.02, weight_decay=0.01, seed=chosen.seed)
    seconds = train(model, loss, plan, after=average.update)

    drawer = average.model.half().float()  # as the checkpoint will hold it
    card = {
        "command": f"python -m models.training.{NAME} --steps {chosen.steps} --seed {chosen.seed}",
        "seed": chosen.seed, "device": chosen.device, 
        "data": f"models.data.points, {DRAWN} points a set: {', '.join(POINT_SETS)}",
        "schedule": f"cosine, T = {T}", "steps": chosen.steps, "batch": BATCH, "seconds": round(seconds, 1),
        "parameters": sum(weight.numel() for weight in drawer.parameters()), "metrics": measured(drawer),
    }  # fmt: skip
    save(NAME, drawer.state_dict(), card, chosen.out)
    print(card["metrics"], file=sys.stderr)


CHECKPOINTS = {NAME: Made(lambda: measured(pictures.point_denoiser()))}


if __name__ == "__main__":
    main()
