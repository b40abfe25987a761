"""Two small mixtures trained live on the same tokens: all experts chosen, or one of them for everybody."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from pydantic import Field

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.data.planted_common import plant_common
from models.routing.balance import variation
from models.routing.published_shapes import DEEPSEEK_V2, DEEPSEEK_V3
from models.routing.shared_experts import SharedSnapshot, SharedTraining

SNAPSHOTS = 10


class SharedExpertsControls(Controls):
    common_share: float = Field(
        0.5, ge=0, le=0.9, multiple_of=0.1, title="Common part", description="Its share in what every token needs"
    )
    shared: Literal["one", "none"] = Field("one", title="Shared experts of the second layer")
    coefficient: float = Field(
        0.01, ge=0, le=0.1, multiple_of=0.01, title="Coefficient of the balancing loss", json_schema_extra=MORE
    )
    steps: int = Field(400, ge=100, le=600, multiple_of=20, title="Training steps")


class SharedExpertsResult(NamedTuple):
    controls: SharedExpertsControls
    progress: Progress[SharedSnapshot]
    parameters: int

    @property
    def first_routed(self) -> int:
        """Index of the first expert of the second layer that is chosen."""
        return 1 if self.controls.shared == "one" else 0


def run(controls: SharedExpertsControls, device: str) -> Iterator[SharedExpertsResult]:
    planted = plant_common(controls.seed, controls.common_share)
    layers = SharedTraining(
        planted, controls.shared == "one", controls.seed,
        coefficient=controls.coefficient, steps=controls.steps, device=device,
    )  # fmt: skip
    for progress in training(layers.step, layers.evaluate, controls.steps, SNAPSHOTS):
        yield SharedExpertsResult(controls, progress, layers.parameters)


def mean_similarity(snapshot: SharedSnapshot, layer: int, first: int) -> float:
    """Of all pairs of experts that are chosen."""
    among = snapshot.similarity[layer, first:, first:]
    E = len(among)
    return ((among.sum() - among.diagonal().sum()) / (E * (E - 1))).item()


def measure(result: SharedExpertsResult) -> Measurements:
    newest, first = result.progress.newest, result.first_routed
    plain, second = mean_similarity(newest, 0, 0), mean_similarity(newest, 1, first)
    load = newest.joint.sum(dim=1)  # (R, E)
    return {
        "similarity_routed_only": plain,
        "similarity_beside_the_shared": second,
        "similarity_fall": plain - second,
        "common_part_in_the_shared_r2": newest.common[1, 0].item(),
        "common_part_in_the_best_routed_r2": newest.common[1, 1:].max().item(),
        "loss_share_routed_only": newest.loss[0].item(),
        "loss_share_with_shared": newest.loss[1].item(),
        "loss_ratio": (newest.loss[1] / newest.loss[0]).item(),
        "load_variation_routed_only": variation(load[0]).item(),
        "load_variation_beside_the_shared": variation(load[1, first:]).item(),
        "deepseek_v2_active_share": DEEPSEEK_V2.active / DEEPSEEK_V2.total,
        "deepseek_v3_active_share": DEEPSEEK_V3.active / DEEPSEEK_V3.total,
    }
