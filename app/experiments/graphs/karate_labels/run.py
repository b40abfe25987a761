"""Two labels on the karate club: a graph convolutional network says which club everybody else joins."""

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.edges import drawn_on, edges_among, with_edges
from app.experiments.memo import memo
from models.data.karate_club import MEMBERS, karate_club
from models.graphs.gcn import mean_cosine, normalised_adjacency, smoothed
from models.graphs.label_training import FromLabels, from_labels
from models.graphs.rewiring import rewired
from models.seeding import generator

KNOWN = (0, 33)
"""The instructor and the officer: the only labelled nodes."""

TRAININGS, STEPS, SNAPSHOTS = 8, 100, 10
DEPTHS = (2, 8, 24)
SMOOTHING = (2, 8, 24, 32, 64)
SWAPS = 1000


class KarateControls(Controls):
    layers: Literal[1, 2, 4, 8, 16, 24] = Field(2, title="Layers")
    node: int = Field(8, ge=0, le=MEMBERS - 1, title="Node", description="Whose row of the matrix is framed")
    edges: Annotated[str, drawn_on(MEMBERS)] = Field(
        "", title="Edges", description="Pairs whose edge comes or goes", json_schema_extra=edges_among(MEMBERS, "node")
    )
    residual: bool = Field(True, title="Residual connections", description="A layer adds its input; from 3 layers on")
    graph: Literal["as it is", "edges shuffled", "renumbered"] = Field(
        "as it is", title="Graph", description="Shuffled: every member keeps the number of friends"
    )
    self_loops: Literal[0, 1, 2] = Field(
        1, title="Self-loops", description="How often the identity is added", json_schema_extra=MORE
    )


class KarateGraph(NamedTuple):
    adjacency: Tensor  # (N, N)
    labels: Tensor  # (N,)
    known: Tensor  # (2,) the labelled nodes
    order: Tensor  # (N,) the member that each number stands for


class KarateResult(NamedTuple):
    controls: KarateControls
    graph: KarateGraph
    a_hat: Tensor  # (N, N)
    own: FromLabels  # at the chosen number of layers
    by_depth: dict[tuple[bool, int], FromLabels]  # (residual, layers) → what has been trained so far
    smoothing: dict[int, tuple[float, float]]  # steps → share of right nodes, mean cosine
    parameters: int


@memo
def graph_of(edges: str, graph: str, seed: int) -> KarateGraph:
    adjacency, labels = karate_club()
    adjacency, known, order = with_edges(adjacency, edges), torch.tensor(KNOWN), torch.arange(MEMBERS)
    if graph == "edges shuffled":
        adjacency = rewired(adjacency, SWAPS, generator(seed))
    if graph == "renumbered":
        order = torch.randperm(MEMBERS, generator=generator(seed))
        adjacency, labels, known = adjacency[order][:, order], labels[order], order.argsort()[known]
    return KarateGraph(adjacency, labels, known, order)


@memo
def trained(
    edges: str, graph: str, self_loops: int, layers: int, residual: bool, seed: int, snapshots: int
) -> FromLabels:
    adjacency, labels, known, _ = graph_of(edges, graph, seed)
    return from_labels(
        torch.eye(MEMBERS), normalised_adjacency(adjacency, self_loops), labels, known, layers=layers,
        residual=residual, trainings=TRAININGS, seed=seed, steps=STEPS, snapshots=snapshots,
    )  # fmt: skip


@memo
def smoothing_alone(edges: str, graph: str, self_loops: int, seed: int) -> dict[int, tuple[float, float]]:
    """Averaging without weights, then one linear classifier trained on the two labels.

    From weights of zero, full-batch gradient descent keeps the classifier along the two labelled rows: a node is sorted
    by its similarity to each of them.
    """
    adjacency, labels, known, _ = graph_of(edges, graph, seed)
    a_hat, x = normalised_adjacency(adjacency, self_loops), torch.eye(MEMBERS, dtype=torch.double)
    found = {}
    for steps in SMOOTHING:
        h = smoothed(x, a_hat.double(), steps)
        weight, one_hot = torch.zeros(MEMBERS, 2, dtype=torch.double), torch.eye(2, dtype=torch.double)[labels[known]]
        for _ in range(STEPS):
            weight -= h[known].T @ ((h[known] @ weight).softmax(-1) - one_hot)
        found[steps] = (share_right(h @ weight, labels, known).item(), mean_cosine(h).item())
    return found


def share_right(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    """Of the nodes without a label, the share that is sorted correctly.  (..., N, K) → (...)"""
    right = (logits.argmax(-1) == labels).float()
    right[..., known] = 0
    return right.sum(-1) / (len(labels) - len(known))


def run(controls: KarateControls, device: str) -> Iterator[KarateResult]:
    """On the CPU whatever the device: 34 nodes keep no other one busy."""
    c = controls
    graph = graph_of(c.edges, c.graph, c.seed)
    given = (c.edges, c.graph, c.self_loops)
    own = trained(*given, c.layers, c.residual, c.seed, SNAPSHOTS)
    by_depth: dict[tuple[bool, int], FromLabels] = {}
    smoothing = smoothing_alone(*given, c.seed)
    a_hat = normalised_adjacency(graph.adjacency, c.self_loops)
    told = (c, graph, a_hat, own)
    yield KarateResult(*told, dict(by_depth), smoothing, own.parameters)
    for layers in DEPTHS:
        for residual in (True, False):
            by_depth[residual, layers] = trained(*given, layers, residual, c.seed, 1)
        yield KarateResult(*told, dict(by_depth), smoothing, own.parameters)


def accuracy(result: KarateResult, of: FromLabels) -> float:
    """Percent of the 32 nodes without a label, mean of all trainings."""
    return 100 * share_right(of.logits[-1], result.graph.labels, result.graph.known).mean().item()


def measure(result: KarateResult) -> Measurements:
    missing = float("nan")
    at = lambda residual, layers: result.by_depth.get((residual, layers))
    by_depth = {
        f"accuracy_{name}_{layers}_layers_percent": accuracy(result, found)
        if (found := at(residual, layers))
        else missing
        for residual, name in ((True, "residual"), (False, "plain"))
        for layers in DEPTHS
    }
    deep = at(result.controls.residual, DEPTHS[-1])
    return {
        "accuracy_percent": accuracy(result, result.own),
        "layers": float(result.controls.layers),
        "training_loss_nats": result.own.loss,
        "state_cosine": result.own.cosine,
        "accuracy_deep_percent": accuracy(result, deep) if deep else missing,
        "loss_deep_nats": deep.loss if deep else missing,
        **by_depth,
        **{f"smoothing_accuracy_{steps}_percent": 100 * right for steps, (right, _) in result.smoothing.items()},
        **{f"smoothing_cosine_{steps}": cosine for steps, (_, cosine) in result.smoothing.items()},
        "weight_on_itself": result.a_hat[result.controls.node, result.controls.node].item(),
    }
