"""What the recipes on digits share: the pictures on the device, batches, small shifts, and training a classifier."""

import argparse
import dataclasses

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

from models.data.digits import Digits, digits
from models.seeding import seeded
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.options import arguments

DATA = "scikit-learn's 8×8 digits, 1500 to learn from and 297 held out"


def begin(description: str | None) -> tuple[argparse.Namespace, Digits, Digits]:
    """The options of the command line, and the digits to learn from and those held out, on its device."""
    options = arguments(description).parse_args()
    torch.set_num_threads(1)
    learned, held_out = (Digits(*(part.to(options.device) for part in half)) for half in digits())
    return options, learned, held_out


def picked(learned: Digits, size: int, draws: torch.Generator) -> Digits:
    """A random batch."""
    rows = torch.randint(len(learned.labels), (size,), generator=draws, device=learned.labels.device)
    return Digits(learned.images[rows], learned.labels[rows])


def shifted(images: Tensor, draws: torch.Generator) -> Tensor:
    """The batch moved by up to one pixel either way, filled with paper: more to learn from than 1500 pictures."""
    down, right = torch.randint(3, (2,), generator=draws, device=images.device).tolist()
    return pad(images, (1, 1, 1, 1), value=-1.0)[..., down : down + 8, right : right + 8]


@torch.inference_mode()
def accuracy(model: nn.Module, data: Digits) -> float:
    logits, _ = model(data.images)
    return (logits.argmax(dim=1) == data.labels).float().mean().item()


def classifier_metrics(model: nn.Module, learned: Digits, held_out: Digits) -> dict[str, float]:
    return {"held_out_accuracy": accuracy(model, held_out), "learned_accuracy": accuracy(model, learned)}


def train_classifier(name: str, build: type[nn.Module], plan: Plan, batch: int, description: str | None) -> None:
    """The whole recipe of a classifier of digits."""
    options, learned, held_out = begin(description)
    plan = dataclasses.replace(plan, steps=options.steps or plan.steps)
    model = seeded(build, plan.seed, options.device)

    def loss(draws: torch.Generator) -> Tensor:
        images, labels = picked(learned, options.batch or batch, draws)
        logits, _ = model(shifted(images, draws))
        return cross_entropy(logits.float(), labels, label_smoothing=0.05)

    seconds = train(model, loss, plan)
    rounded(model)
    metrics = classifier_metrics(model, learned, held_out)
    finish(name, model, plan, options, metrics, data=DATA, seconds=round(seconds, 1))
