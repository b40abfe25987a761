"""Trains the digit denoiser and its judge: ``python -m models.training.digit_denoiser --device cuda``.

The denoiser that is kept is the averaged one with the least loss on the held-out digits: past that point it
starts to repeat the 1500 digits it was shown.
"""

import argparse
import copy
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.checkpoints import DIRECTORY, save
from models.data.digits import Digits, digits
from models.generative import pretrained_networks as pictures
from models.generative.denoiser import T, denoising_loss, drop_labels, trained_alpha_bar
from models.generative.digit_classifier import DigitClassifier
from models.generative.digit_unet import DigitUNet
from models.seeding import seeded
from models.training.drawn_digits import held_out_loss, measured, measured_judge
from models.training.loop import Plan, train
from models.training.moving_average import MovingAverage
from models.training.recipes import Made

NAME, JUDGE = "digit_denoiser", "digit_classifier"
BATCH = 256
DROPPED = 0.15
DATA = "scikit-learn's 8×8 digits, 1500 to learn from and 297 held out"


def to(data: Digits, device: str) -> Digits:
    return Digits(data.images.to(device), data.labels.to(device))


def train_judge(learned: Digits, seed: int, device: str, steps: int) -> DigitClassifier:
    judge = seeded(DigitClassifier, seed, device)

    def loss(draws: torch.Generator) -> Tensor:
        picked = torch.randint(len(learned.labels), (BATCH,), generator=draws, device=device)
        logits, _ = judge(learned.images[picked])
        return cross_entropy(logits.float(), learned.labels[picked], label_smoothing=0.05)

    train(judge, loss, Plan(steps, learning_rate=2e-3, weight_decay=0.05, seed=seed))
    return judge.eval().half().float()


def train_denoiser(
    learned: Digits, held_out: Digits, seed: int, device: str, steps: int, look_every: int
) -> tuple[DigitUNet, dict[str, Any]]:
    """The averaged denoiser at its best held-out loss, and what the training took."""
    model = seeded(DigitUNet, seed, device)
    average = MovingAverage(model, decay=0.999)
    alpha_bar = trained_alpha_bar().float().to(device)
    best: tuple[float, int, DigitUNet] = (float("inf"), 0, average.model)

    def loss(draws: torch.Generator) -> Tensor:
        integer = partial(torch.randint, size=(BATCH,), generator=draws, device=device)
        picked, t = integer(high=len(learned.labels)), integer(low=1, high=T + 1)
        noise = torch.randn(BATCH, 1, 8, 8, generator=draws, device=device)
        label = drop_labels(learned.labels[picked], model.no_class, DROPPED, draws)
        return denoising_loss(model, learned.images[picked], label, t, noise, alpha_bar).mean()

    def look(step: int) -> None:
        nonlocal best
        average.update(step)
        if step % look_every == 0 or step == steps:
            now = held_out_loss(average.model, held_out)
            print(f"step {step}  held-out loss {now:.4f}", flush=True)
            if now < best[0]:
                best = now, step, copy.deepcopy(average.model)

    plan = Plan(steps, learning_rate=2e-3, warm_up=300, floor=0.02, weight_decay=0.05, seed=seed)
    seconds = train(model, loss, plan, after=look)
    return best[2].half().float(), {
        "steps": steps,
        "kept_from_step": best[1],
        "batch": BATCH,
        "seconds": round(seconds, 1),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--device", default="cpu")
    options.add_argument("--steps", type=int, default=20_000)
    options.add_argument("--judge-steps", type=int, default=2000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", type=Path, default=DIRECTORY)
    chosen = options.parse_args()
    device, seed = chosen.device, chosen.seed
    if device == "cpu":
        torch.set_num_threads(1)
    learned, held_out = (to(half, device) for half in digits())

    command = (
        f"python -m models.training.{NAME} --steps {chosen.steps} --judge-steps {chosen.judge_steps} --seed {seed}"
    )
    common = {"command": command, "seed": seed, "device": device, "data": DATA}
    judge = train_judge(learned, seed, device, chosen.judge_steps)
    card = common | {
        "steps": chosen.judge_steps, "parameters": sum(weight.numel() for weight in judge.parameters()),
        "metrics": measured_judge(judge, held_out),
    }  # fmt: skip
    save(JUDGE, judge.state_dict(), card, chosen.out)
    print(card["metrics"], flush=True)

    drawer, took = train_denoiser(learned, held_out, seed, device, chosen.steps, look_every=max(1, chosen.steps // 40))
    card = common | took | {
        "schedule": f"cosine, T = {T}", "parameters": sum(weight.numel() for weight in drawer.parameters()),
        "metrics": measured(drawer, judge, learned, held_out),
    }  # fmt: skip
    save(NAME, drawer.state_dict(), card, chosen.out)
    print(card["metrics"], flush=True)


CHECKPOINTS = {
    "digit_denoiser": Made(lambda: measured(pictures.digit_denoiser(), pictures.digit_classifier(), *digits())),
    "digit_classifier": Made(lambda: measured_judge(pictures.digit_classifier(), digits()[1])),
}


if __name__ == "__main__":
    main()
