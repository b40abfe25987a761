"""Two small mixtures trained live on the same tokens: all experts chosen, or one of them for everybody."""

from collections.abc import Iterator
from statistics import fmean
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.data.planted_common import plant_common
from models.published.mixtures import DEEPSEEK_V2, DEEPSEEK_V3
from models.routing.balance import variation
from models.routing.shared_experts import SharedSnapshot, SharedTraining

SNAPSHOTS = 10
TRAININGS = 3  # from other weights on other tokens; the numbers are their means, the figures show the first


class SharedExpertsControls(Controls):
    common_share: float = Field(
        0.5, ge=0, le=0.9, multiple_of=0.1, title="Common part", description="Share of the target that all classes need"
    )
    shared: Literal["one", "none"] = Field("one", title="Shared experts of the second layer")
    coefficient: float = Field(
        0.01, ge=0, le=0.1, multiple_of=0.01, title="Coefficient of the balancing loss", json_schema_extra=MORE
    )
    steps: int = Field(400, ge=100, le=600, multiple_of=20, title="Training steps")


class SharedExpertsResult(NamedTuple):
    controls: SharedExpertsControls
    progress: Progress[SharedSnapshot]  # of the first training
    newest: list[SharedSnapshot]  # of every training
    parameters: int

    @property
    def first_routed(self) -> int:
        """Index of the first expert of the second layer that is chosen."""
        return 1 if self.controls.shared == "one" else 0


def run(controls: SharedExpertsControls, device: str) -> Iterator[SharedExpertsResult]:
    c = controls
    first, *others = (
        SharedTraining(
            plant_common(seed, c.common_share), c.shared == "one", seed,
            coefficient=c.coefficient, steps=c.steps, device=device,
        )
        for seed in range(TRAININGS * c.seed, TRAININGS * (c.seed + 1))
    )  # fmt: skip

    def step() -> Tensor:
        for layers in others:
            layers.step()
        return first.step()

    for progress in training(step, first.evaluate, c.steps, SNAPSHOTS):
        newest = [progress.newest, *(layers.evaluate() for layers in others)]
        yield SharedExpertsResult(c, progress, newest, first.parameters)


def mean_similarity(snapshot: SharedSnapshot, layer: int, first: int) -> float:
    """Of all pairs of experts that are chosen."""
    among = snapshot.similarity[layer, first:, first:]
    E = len(among)
    return ((among.sum() - among.diagonal().sum()) / (E * (E - 1))).item()


def measure(result: SharedExpertsResult) -> Measurements:
    newest, first = result.newest, result.first_routed
    loads = [one.joint.sum(dim=1) for one in newest]  # (R, E)
    plain, second = (
        fmean(mean_similarity(one, layer, from_) for one in newest) for layer, from_ in ((0, 0), (1, first))
    )
    without, with_shared = (fmean(one.loss[layer].item() for one in newest) for layer in (0, 1))
    return {
        "similarity_routed_only": plain,
        "similarity_beside_the_shared": second,
        "similarity_fall": plain - second,
        "common_part_in_the_first_r2": fmean(one.common[1, 0].item() for one in newest),
        "common_part_in_the_best_other_r2": fmean(one.common[1, 1:].max().item() for one in newest),
        "unexplained_routed_only_share": without,
        "unexplained_with_shared_share": with_shared,
        "unexplained_ratio": with_shared / without,
        "load_variation_routed_only": fmean(variation(load[0]).item() for load in loads),
        "load_variation_beside_the_shared": fmean(variation(load[1, first:]).item() for load in loads),
        "deepseek_v2_active_share": DEEPSEEK_V2.active / DEEPSEEK_V2.total,
        "deepseek_v3_active_share": DEEPSEEK_V3.active / DEEPSEEK_V3.total,
    }
