"""Graph convolutional networks that learn from the labels of a few nodes, several trainings side by side.

Work: Kipf & Welling 2017, section 3.1 (cross-entropy over the labelled nodes).

Symbols
    N  nodes    R  trainings    K  classes    S  snapshots
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.graphs.gcn import GCN, mean_cosine
from models.layers.multilayer_perceptron import mean_cross_entropy
from models.seeding import seeded

WIDTH, LEARNING_RATE = 16, 0.01


class FromLabels(NamedTuple):
    logits: Tensor  # (S, R, N, K) before the first step, then at even distances
    taken: list[int]  # the step of each snapshot
    loss: float  # nats per labelled node at the end, mean of all trainings
    cosine: float  # mean cosine between two nodes' last hidden states
    parameters: int  # of one network


def side_by_side(models: list[GCN]) -> GCN:
    """One network whose weights carry all of these along a first axis."""
    first = models[0]
    stacked = [torch.stack([model.weights[place].detach() for model in models]) for place in range(len(first.weights))]
    first.weights = nn.ParameterList(stacked)
    return first


def from_labels(
    x: Tensor, a_hat: Tensor, labels: Tensor, known: Tensor, *,
    layers: int, residual: bool, trainings: int, seed: int, steps: int, snapshots: int = 1,
) -> FromLabels:  # fmt: skip
    """Trains on the nodes ``known`` (of any number) alone: features (N, F), Â (N, N), labels (N,)."""
    build = lambda: GCN(x.shape[-1], WIDTH, 2, layers, residual=residual)
    model = side_by_side([seeded(build, trainings * seed + number) for number in range(trainings)])
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    kept, taken = [model(x, a_hat)[0].detach()], [0]
    loss = torch.tensor(float("nan"))
    for step in range(1, steps + 1):
        logits = model(x, a_hat)[0]  # (R, N, K)
        loss = mean_cross_entropy(logits[:, known], labels[known])  # (R,)
        optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()
        optimizer.step()
        if step * snapshots % steps < snapshots:
            kept.append(model(x, a_hat)[0].detach())
            taken.append(step)
    hidden = model(x, a_hat)[1].states[-2].detach()
    count = sum(weight[0].numel() for weight in model.weights)
    return FromLabels(torch.stack(kept), taken, loss.mean().item(), mean_cosine(hidden).mean().item(), count)
