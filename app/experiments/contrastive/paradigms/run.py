"""One way of learning without labels is trained live; beside it stand recorded trainings of all ways."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.live_training import Progress, training
from models.checkpoints import load_state
from models.contrastive.linear_probe import sampling_error
from models.contrastive.moved_digits import moved_digits
from models.contrastive.paradigm_training import STEPS, Judged, ParadigmTraining, judged
from models.parameter_count import parameter_count
from models.training.paradigms import LAST, NAME, TEXTURES, key

SNAPSHOTS = 5

Arm = Literal[
    "autoencoder", "SimCLR", "SimCLR, no negatives", "BYOL", "BYOL, no predictor", "BYOL, no stop-gradient", "JEPA",
    "JEPA, no moving average", "JEPA, no stop-gradient",
]  # fmt: skip
ARMS: Mapping[Arm, tuple[str, str]] = {
    "autoencoder": ("autoencoder", "none"),
    "SimCLR": ("SimCLR", "none"),
    "SimCLR, no negatives": ("SimCLR", "negatives"),
    "BYOL": ("BYOL", "none"),
    "BYOL, no predictor": ("BYOL", "predictor"),
    "BYOL, no stop-gradient": ("BYOL", "stop-gradient"),
    "JEPA": ("JEPA", "none"),
    "JEPA, no moving average": ("JEPA", "moving average"),
    "JEPA, no stop-gradient": ("JEPA", "stop-gradient"),
}
Norm = Literal["batch norm", "no norm"]
Texture = Literal["none", "half as strong as ink", "as strong as ink"]
STRENGTH: Mapping[Texture, float] = dict(zip(("none", "half as strong as ink", "as strong as ink"), TEXTURES))


class ParadigmsControls(Controls):
    arm: Arm = Field("SimCLR", title="Trained live", description="A method, or a method without one of its guards")
    norm: Norm = Field("batch norm", title="Norm")
    texture: Texture = Field("none", title="Stripes over the digits", description="Drawn anew for each view")


class Recorded(NamedTuple):
    """Five trainings of an arm, (5,) each."""

    rank: Tensor
    spread: Tensor
    accuracy: Tensor
    probe: Tensor
    loss: Tensor


class ParadigmsResult(NamedTuple):
    controls: ParadigmsControls
    progress: Progress[Judged]
    losses: Tensor  # (steps so far,)
    recorded: dict[Arm, Recorded]  # at the norm and texture of the controls
    untrained: Judged  # (5,) each
    accuracies: Tensor  # (arms, textures) mean of the five, at this norm
    pixels: float  # with one label per class
    pixel_probe: float  # with all labels
    parameters: int


def recorded(arm: Arm, norm: Norm, texture: float) -> Recorded:
    return Recorded(*load_state(NAME)[key(*ARMS[arm], norm, texture)])


def run(controls: ParadigmsControls, device: str) -> Iterator[ParadigmsResult]:
    """On the CPU whatever the device: a batch of small images keeps no other one busy."""
    c, state = controls, load_state(NAME)
    texture = STRENGTH[c.texture]
    live = ParadigmTraining(ARMS[c.arm], c.norm, texture, [c.seed])
    losses: list[Tensor] = []
    table = {arm: recorded(arm, c.norm, texture) for arm in ARMS}
    untrained = Judged(*state[key("untrained", "none", c.norm, texture)])
    accuracies = torch.stack(
        [torch.stack([recorded(arm, c.norm, each).accuracy.mean() for each in TEXTURES]) for arm in ARMS]
    )
    pixels, probe = state[f"pixels.{texture}"].tolist()
    for progress in training(
        lambda: losses.append(live.step()[0]), lambda: judged(live.networks, texture), STEPS, SNAPSHOTS
    ):
        yield ParadigmsResult(
            c,
            progress,
            torch.stack(losses),
            table,
            untrained,
            accuracies,
            pixels,
            probe,
            parameter_count(live.networks),
        )


METHODS: tuple[Arm, ...] = ("autoencoder", "SimCLR", "BYOL", "JEPA")
"""With all their guards."""


def guard_effects(table: Mapping[Arm, Recorded]) -> dict[Arm, float]:
    """How far removing a guard lowers the mean rank, in standard deviations between trainings."""
    found = {}
    for arm, (method, removed) in ARMS.items():
        if removed != "none":
            whole, without = table[method].rank, table[arm].rank  # type: ignore[index]
            spread = ((whole.var() + without.var()) / 2).sqrt().clamp_min(1e-3)
            found[arm] = ((whole.mean() - without.mean()) / spread).item()
    return found


def measure(result: ParadigmsResult) -> Measurements:
    newest, table = result.progress.newest, result.recorded
    effects = guard_effects(table)
    kept = (result.accuracies[:, -1] / result.accuracies[:, 0])[[list(ARMS).index(one) for one in METHODS]]
    probe = newest.probe[0].item()
    recorded_shares = {
        f"recorded_{method.lower()}_{name}": 100 * shares.mean().item()
        for method in METHODS
        for name, shares in (("percent", table[method].accuracy), ("probe_percent", table[method].probe))
    }
    return recorded_shares | {
        "effective_rank": newest.rank[0].item(),
        "relative_spread": newest.spread[0].item(),
        "one_label_accuracy_percent": 100 * newest.accuracy[0].item(),
        "pixel_accuracy_percent": 100 * result.pixels,
        "lead_over_pixels_points": 100 * (newest.accuracy[0].item() - result.pixels),
        "probe_percent": 100 * probe,
        "probe_error_points": 100 * sampling_error(probe, len(moved_digits().wanted)),
        "pixel_probe_percent": 100 * result.pixel_probe,
        "untrained_probe_percent": 100 * result.untrained.probe.mean().item(),
        "loss": result.losses[-LAST:].mean().item(),
        "lowest_guarded_rank": min(table[one].rank.min().item() for one in METHODS),
        "highest_rank_without_stop": max(
            table["BYOL, no stop-gradient"].rank.max().item(), table["JEPA, no stop-gradient"].rank.max().item()
        ),
        "guards_that_matter": float(sum(effect > 2 for effect in effects.values())),
        "least_effective_guard": 1.0 + list(ARMS).index(min(effects, key=effects.__getitem__)),
        "method_losing_most": 1.0 + kept.argmin().item(),
    }
