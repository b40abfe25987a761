"""A linear classifier trained on clusters whose true class probabilities are known: its regions, and whether its
probabilities can be believed.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.gaussian_clusters import GaussianClusters, clusters
from models.layers.softmax import softmax, total_variation
from models.linear.descent import Descent
from models.linear.softmax_regression import (
    SoftmaxRegression,
    divided_sigmoids,
    negative_log_likelihood,
    separate_sigmoids_loss,
)
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

HELD_OUT, STEPS, RATE, GRID = 4000, 150, 0.1, 81

Output = Literal["softmax", "separate sigmoids", "one number"]


class GaussianClassesControls(Controls):
    classes: int = Field(4, ge=2, le=6, title="Classes K")
    distance: float = Field(1.5, ge=0.5, le=3, multiple_of=0.1, title="Distance from centre")
    clusters: Literal["one shape", "narrow and wide"] = Field("one shape", title="Clusters")
    output: Output = Field("softmax", title="Output", description="Sigmoids are divided by their sum")
    numbering: Literal["around the circle", "shuffled"] = Field("around the circle", title="Classes numbered")
    points: int = Field(1000, ge=100, le=2000, multiple_of=100, title="Points to learn from")
    steps: int = Field(STEPS, ge=1, le=STEPS, title="Steps of training", json_schema_extra=MORE)


class GaussianClassesResult(NamedTuple):
    controls: GaussianClassesControls
    points: Tensor  # (N, 2) learned from
    classes: Tensor  # (N,)
    grid: Tensor  # (G,) of both axes
    logits: Tensor  # (G·G, K) on the grid
    regions: Tensor  # (G·G, K) probabilities there
    scores: Tensor  # (H, K) logits on held-out points
    estimated: Tensor  # (H, K) probabilities there
    true: Tensor  # (H, K)
    right: Tensor  # (H,) their classes
    confusion: Tensor  # (K, K) share of each true class, by row, that gets each answer
    loss: float  # nats per held-out point
    best_loss: float  # of the true probabilities
    sum_error: float  # mean |Σ outputs − 1|, of sigmoids before they are divided
    parameters: int


def number_loss(z: Tensor, classes: Tensor) -> Tensor:
    """(z − c)²: the first output is trained on the number of the class, as if classes were quantities."""
    return (z[:, 0] - classes).square().mean()


def nearest_number(z: Tensor) -> Tensor:
    """All probability on the class whose number is nearest."""
    last = z.shape[-1] - 1
    return torch.nn.functional.one_hot(z[:, 0].round().clamp(0, last).long(), last + 1).to(z.dtype)


LOSSES: Mapping[Output, Callable[[Tensor, Tensor], Tensor]] = {
    "softmax": negative_log_likelihood,
    "separate sigmoids": separate_sigmoids_loss,
    "one number": number_loss,
}
PROBABILITIES: Mapping[Output, Callable[[Tensor], Tensor]] = {
    "softmax": softmax,
    "separate sigmoids": divided_sigmoids,
    "one number": nearest_number,
}


def world(controls: GaussianClassesControls) -> GaussianClusters:
    K = controls.classes
    order = torch.arange(K)
    if controls.numbering == "shuffled":
        order = torch.cat([order[::2], order[1::2]])  # neighbours on the circle get numbers apart
    return clusters(K, controls.distance, controls.clusters == "one shape", order)


def trained(x: Tensor, classes: Tensor, controls: GaussianClassesControls) -> SoftmaxRegression:
    model = seeded(lambda: SoftmaxRegression(2, controls.classes), controls.seed)
    loss = LOSSES[controls.output]
    descent = Descent(list(model.parameters()), lambda: loss(model(x)[0], classes), RATE)
    for _ in range(controls.steps):
        descent.step()
    return model.requires_grad_(False)


@memo
def learned(controls: GaussianClassesControls) -> GaussianClassesResult:
    c, truth, draws = controls, world(controls), generator(controls.seed)
    x, classes = truth.draw(c.points, draws)
    held_out, right = truth.draw(HELD_OUT, draws)
    with torch.inference_mode(False), torch.enable_grad():
        model = trained(x, classes, c)
    probabilities = PROBABILITIES[c.output]
    reach = c.distance + 3
    grid = torch.linspace(-reach, reach, GRID)
    across, up = torch.meshgrid(grid, grid, indexing="xy")
    z = model(torch.stack([across.flatten(), up.flatten()], dim=-1))[0]
    scores = model(held_out)[0]
    estimated, true = probabilities(scores), truth.posterior(held_out)
    answers = estimated.argmax(dim=-1)
    counts = torch.zeros(c.classes, c.classes).index_put_((right, answers), torch.tensor(1.0), accumulate=True)
    sums = scores.sigmoid().sum(dim=-1) if c.output == "separate sigmoids" else estimated.sum(dim=-1)
    return GaussianClassesResult(
        c, x, classes, grid, z, probabilities(z), scores, estimated, true, right,
        counts / counts.sum(dim=1, keepdim=True).clamp(min=1),
        score(estimated, right), score(true, right), (sums - 1).abs().mean().item(), parameter_count(model),
    )  # fmt: skip


def score(p: Tensor, right: Tensor) -> float:
    """Mean −ln p of the right class; infinite where a sure answer is wrong."""
    return -p.gather(-1, right[:, None]).log().mean().item()


def run(controls: GaussianClassesControls, device: str) -> GaussianClassesResult:
    return learned(controls)


def measure(result: GaussianClassesResult) -> Measurements:
    hit = (result.estimated.argmax(dim=-1) == result.right).double().mean().item()
    best = (result.true.argmax(dim=-1) == result.right).double().mean().item()
    wrongest = result.confusion - torch.eye(len(result.confusion))
    return {
        "accuracy_share": hit,
        "best_accuracy_share": best,
        "accuracy_lost_share": best - hit,
        "distance_from_true_probabilities": total_variation(result.estimated, result.true).mean().item(),
        "loss_nats": result.loss,
        "best_loss_nats": result.best_loss,
        "most_frequent_confusion_share": wrongest.max().item(),
        "mean_largest_probability": result.estimated.amax(dim=-1).mean().item(),
        "mean_error_of_the_sum": result.sum_error,
    }
