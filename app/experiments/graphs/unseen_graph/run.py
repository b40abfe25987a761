"""GraphSAGE learns on one graph of planted blocks and answers on another that it has never seen."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.planted_blocks import Blocks, block_directions, planted_blocks
from models.graphs.graphsage import GraphSAGE, Sample, all_neighbours, sampled
from models.layers.multilayer_perceptron import mean_cross_entropy
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

NODES, BLOCKS, FEATURES, WIDTH, LAYERS = 160, 4, 16, 32, 2
WITHIN, BETWEEN = 0.16, 0.0125
STEPS, LEARNING_RATE = 60, 0.02
ANSWERS = 5
"""Times that the new graph is sampled and answered."""

NEAR = 0.1
"""So close to the accuracy with all neighbours is close enough."""

Sampled = Literal["1", "2", "3", "5", "10", "all"]
SIZES: tuple[Sampled, ...] = ("1", "2", "3", "5", "10", "all")


class UnseenControls(Controls):
    neighbours: Sampled = Field("5", title="Neighbours sampled", description="Per node and layer")
    aggregator: Literal["mean", "max", "sum"] = Field("mean", title="Aggregator")
    features: Literal["content", "content, rotated", "node vectors"] = Field(
        "content",
        title="Features",
        description="Content tells of the block; a node vector is random, of the same width",
    )
    noise: float = Field(0.6, ge=0.2, le=1.6, multiple_of=0.1, title="Noise of the content")
    node: int = Field(20, ge=0, le=NODES - 1, title="Node", description="Whose sampled neighbourhood is shown")
    edges: Literal["as planted", "at random"] = Field(
        "as planted", title="Edges", description="At random: as many, whatever the block"
    )
    sample: Literal["every step", "once"] = Field("every step", title="Neighbours are sampled", json_schema_extra=MORE)


class Both(NamedTuple):
    seen: Blocks
    new: Blocks


class Learned(NamedTuple):
    model: GraphSAGE
    seen: float  # share of right nodes of the graph trained on
    new: float  # of the new graph, mean of several samples


class UnseenResult(NamedTuple):
    controls: UnseenControls
    graphs: Both
    learned: Learned
    samples: list[Sample]  # of the new graph, one per layer, outermost first
    logits: Tensor  # (N, K) of the new graph with these samples
    by_size: dict[Sampled, tuple[float, float]]  # neighbours → share of right nodes, seen and new
    parameters: int


@memo
def graphs_of(features: str, noise: float, edges: str, seed: int) -> Both:
    draws = generator(seed)
    directions = block_directions(BLOCKS, FEATURES, draws)
    even = (WITHIN + (BLOCKS - 1) * BETWEEN) / BLOCKS
    within, between = (even, even) if edges == "at random" else (WITHIN, BETWEEN)
    both = [
        planted_blocks(NODES, directions, within=within, between=between, noise=noise, draws=draws) for _ in range(2)
    ]
    if features == "node vectors":
        both = [one._replace(features=torch.randn(NODES, FEATURES, generator=draws)) for one in both]
    if features == "content, rotated":
        rotation = torch.linalg.qr(torch.randn(FEATURES, FEATURES, generator=draws)).Q
        both = [one._replace(features=one.features @ rotation) for one in both]
    return Both(*both)


def samples_of(graph: Blocks, neighbours: str, draws: torch.Generator) -> list[Sample]:
    """One sample per layer."""
    if neighbours == "all":
        return [all_neighbours(graph.adjacency)] * LAYERS
    return [sampled(graph.adjacency, int(neighbours), draws) for _ in range(LAYERS)]


def right(logits: Tensor, graph: Blocks) -> float:
    return (logits.argmax(-1) == graph.labels).float().mean().item()


@memo
def learned(
    neighbours: str, aggregator: str, features: str, noise: float, edges: str, sample: str, seed: int
) -> Learned:
    both, draws = graphs_of(features, noise, edges, seed), generator(seed + 1)
    model = seeded(lambda: GraphSAGE(FEATURES, WIDTH, BLOCKS, LAYERS, aggregator), seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    samples = samples_of(both.seen, neighbours, draws)
    for _ in range(STEPS):
        if sample == "every step":
            samples = samples_of(both.seen, neighbours, draws)
        loss = mean_cross_entropy(model(both.seen.features, samples)[0], both.seen.labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    model.requires_grad_(False)
    answer = lambda graph: right(model(graph.features, samples_of(graph, neighbours, draws))[0], graph)
    return Learned(model, answer(both.seen), sum(answer(both.new) for _ in range(ANSWERS)) / ANSWERS)


def run(controls: UnseenControls, device: str) -> Iterator[UnseenResult]:
    """On the CPU whatever the device: a few hundred nodes keep no other one busy."""
    c = controls
    given = (c.aggregator, c.features, c.noise, c.edges, c.sample, c.seed)
    graphs, own = graphs_of(c.features, c.noise, c.edges, c.seed), learned(c.neighbours, *given)
    samples = samples_of(graphs.new, c.neighbours, generator(c.seed + 2))
    logits = own.model(graphs.new.features, samples)[0]
    missing = float("nan")
    by_size = dict.fromkeys(SIZES, (missing, missing)) | {c.neighbours: (own.seen, own.new)}
    for size in (c.neighbours, *[size for size in SIZES if size != c.neighbours]):
        one = learned(size, *given)
        by_size[size] = one.seen, one.new
        yield UnseenResult(c, graphs, own, samples, logits, dict(by_size), parameter_count(own.model))


def reached(result: UnseenResult) -> tuple[set[int], set[int]]:
    """The neighbours that the node sampled in the last layer, and those that these sampled before it."""
    first, last = result.samples
    one = set(last.nodes[result.controls.node][last.counts[result.controls.node]].tolist())
    two = set[int]()
    for node in one | {result.controls.node}:
        two |= set(first.nodes[node][first.counts[node]].tolist())
    return one, two


def measure(result: UnseenResult) -> Measurements:
    one, two = reached(result)
    whole = result.by_size["all"][1]
    enough = [int(size) for size, (_, new) in result.by_size.items() if size != "all" and new >= whole - NEAR]
    return {
        "new_graph_accuracy_percent": 100 * result.learned.new,
        "seen_graph_accuracy_percent": 100 * result.learned.seen,
        "nodes_read": float(len(one | two | {result.controls.node})),
        "mean_degree": result.graphs.new.adjacency.sum(-1).mean().item(),
        **{f"accuracy_with_{size}_neighbours_percent": 100 * new for size, (_, new) in result.by_size.items()},
        "gain_of_all_over_one_percent": 100 * (whole - result.by_size["1"][1]),
        "smallest_sample_near_all": float(min(enough)) if enough else float("nan"),
    }
