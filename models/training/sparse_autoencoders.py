"""Sparse autoencoders of one language model's activations: six penalties, and two changed trainings.

``python -m models.training sparse_autoencoders``. All start alike and see as many tokens. The weights lie in one
checkpoint under ``<arm>.``; the activations are not kept: they are computed again from the shipped model.
"""

import dataclasses
from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.checkpoints import restored
from models.data.corpus import MIXTURES, marked_documents, packed_ids
from models.data.dice import Dice
from models.generative.sparse_autoencoder import SparseAutoencoder, explained, firing, sparse_loss
from models.interpretability.inner_activations import activations
from models.language.pretrained_decoders import pretrained as pretrained_decoder
from models.seeding import seeded
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

NAME, MODEL = "sparse_autoencoders", "decoder_medium"
AFTER = ("decoder",)
WIDTH, FEATURES, BATCH, LENGTH = 96, 256, 512, 64
UNIT = 0.875
PLAN = Plan(steps=600, learning_rate=3e-3, weight_decay=0.0, clip=100.0)


class Arm(NamedTuple):
    penalty: float
    unit_columns: bool = True
    gaussian: bool = False  # learns from Gaussian vectors of the same mean and covariance


ARMS: Mapping[str, Arm] = {
    "0": Arm(0.0),
    "0.5": Arm(0.5),
    "1": Arm(1.0),
    "2": Arm(2.0),
    "6": Arm(6.0),
    "15": Arm(15.0),
    "free norms": Arm(2.0, unit_columns=False),
    "Gaussian vectors": Arm(2.0, gaussian=True),
}


def build() -> SparseAutoencoder:
    return SparseAutoencoder(WIDTH, FEATURES)


@cache
def pretrained(arm: str, device: str = "cpu") -> SparseAutoencoder:
    return restored(build, NAME, device, own=f"{arm.replace('.', '-')}.")


def texts(documents: int, seed: int) -> Tensor:
    """That many texts, packed and cut into rows of ``LENGTH`` tokens."""
    packed = packed_ids(
        list(islice(marked_documents(MIXTURES["recall"], Dice(f"dictionary {seed}"), 0, {}, "train"), documents))
    )
    return torch.tensor(packed[: len(packed) // LENGTH * LENGTH]).view(-1, LENGTH)


def scaled(x: Tensor) -> Tensor:
    """Activations in units in which their variance, a mean over coordinates, is about 1."""
    return x / UNIT


@torch.inference_mode()
def learned_from(documents: int, seed: int) -> Tensor:
    """Activations of texts, (B, D)."""
    rows = texts(documents, seed).split(128)
    return torch.cat([scaled(activations(pretrained_decoder(MODEL), part)).flatten(0, 1) for part in rows])


def gaussian_like(x: Tensor, draws: torch.Generator) -> Tensor:
    """As many Gaussian vectors with the mean and covariance of x."""
    factor = torch.linalg.cholesky(torch.cov(x.mT) + 1e-6 * torch.eye(x.shape[1]))
    return x.mean(dim=0) + torch.randn(x.shape, generator=draws) @ factor.mT


@torch.inference_mode()
def measured(found: Mapping[str, SparseAutoencoder]) -> dict[str, float]:
    """On texts that no training saw: features per token, L1 per token and variance explained."""
    x, metrics = learned_from(400, UNSEEN), {}
    for arm, model in found.items():
        y, trace = model(x)
        name = arm.replace(" ", "_")
        metrics[f"firing_{name}"] = firing(trace.features).float().mean().item()
        metrics[f"l1_{name}"] = trace.features.sum(dim=-1).mean().item()
        metrics[f"explained_{name}"] = explained(x, y).item()
    return metrics


def trained(arm: Arm, x: Tensor, plan: Plan, batch: int) -> tuple[SparseAutoencoder, float]:
    model = seeded(build, plan.seed)
    model.start(x.mean(dim=0))
    if arm.gaussian:
        x = gaussian_like(x, torch.Generator().manual_seed(plan.seed))

    def loss(draws: torch.Generator) -> Tensor:
        given = x[torch.randint(len(x), (batch,), generator=draws)]
        y, trace = model(given)
        return sparse_loss(given, y.float(), trace.features.float(), arm.penalty)

    def after(step: int) -> None:
        if arm.unit_columns:
            model.normalise()

    seconds = train(model, loss, plan, after)
    return rounded(model), seconds


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    x = learned_from(4000, 0).clone()
    found, took = {}, 0.0
    for name, arm in ARMS.items():
        found[name], seconds = trained(arm, x, plan, options.batch or BATCH)
        took += seconds
    state = {
        f"{name.replace('.', '-')}.{key}": w for name, model in found.items() for key, w in model.state_dict().items()
    }
    told = {"data": f"activations of {MODEL} behind its first block, {len(x)} tokens", "batch": options.batch or BATCH}
    finish(
        NAME, nn.ModuleList(found.values()), plan, options, measured(found), state=state, seconds=round(took, 1), **told
    )


CHECKPOINTS = {NAME: Made(lambda: measured({arm: pretrained(arm) for arm in ARMS}))}


if __name__ == "__main__":
    main()
