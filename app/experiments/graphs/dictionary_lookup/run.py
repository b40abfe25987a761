"""GATv2, or whatever is chosen, and GAT learn to look up a dictionary, side by side; noise edges for the chosen one."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.graphs.dictionary_lookup import DictionaryReader, edges_of, lookups
from models.graphs.gcn import normalised_adjacency
from models.graphs.noise_edges import (
    NodeClassifier,
    NoisyGraphs,
    features_permuted,
    mean_weight_ratio,
    noisy_graphs,
    renumbered,
)
from models.layers.multilayer_perceptron import mean_cross_entropy
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

WIDTH, BATCH, LEARNING_RATE, HELD_OUT = 32, 16, 0.015, 128
NODE_WIDTH, GRAPHS, NODE_LEARNING_RATE, HELD_OUT_GRAPHS = 16, 4, 0.02, 64
PERMUTED = {"permuted among nodes": features_permuted, "nodes renumbered": renumbered}


class LookupControls(Controls):
    scoring: Literal["GATv2", "GAT"] = Field("GATv2", title="Nonlinearity", description="Inside the score, or outside")
    keys: Literal[4, 6, 8] = Field(8, title="Keys")
    noise_edges: int = Field(4, ge=1, le=8, title="Noise edges", description="Per node, in the drawn graphs")
    features: Literal["in place", "permuted among nodes", "nodes renumbered"] = Field(
        "in place", title="Node features", description="Of the drawn graphs"
    )
    steps: int = Field(300, ge=50, le=600, multiple_of=50, title="Training steps")


class Learned(NamedTuple):
    right: float  # share of held-out queries
    weights: Tensor  # (k, k) of one sample: queries are rows, keys columns
    distinct: float  # different keys that are some query's first choice, mean of the samples
    parameters: int


class NoiseWeights(NamedTuple):
    """What one layer learned of graphs with planted noise edges."""

    graph: NoisyGraphs  # the first held-out one, without its batch dimension
    weights: Tensor  # (N, N) in it: rows attend
    fixed: Tensor  # (N, N) those of a GCN
    ratio: float  # true over noise edges, in all held-out graphs
    fixed_ratio: float
    right: float  # share of held-out nodes


class LookupResult(NamedTuple):
    controls: LookupControls
    own: Learned
    static: Learned  # GAT
    noise: NoiseWeights
    parameters: int


@memo
def learned(scoring: str, k: int, steps: int, seed: int) -> Learned:
    model, draws = seeded(lambda: DictionaryReader(k, WIDTH, dynamic=scoring == "GATv2"), seed), generator(seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    edges = edges_of(k)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 - step / steps)
        asked = lookups(BATCH, k, draws)
        logits = model(asked.keys, asked.values, edges)[0][:, :k]
        loss = mean_cross_entropy(logits, asked.answers).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    asked = lookups(HELD_OUT, k, draws)
    with torch.no_grad():
        logits, trace = model(asked.keys, asked.values, edges)
    weights = trace.weights[:, :k, k:]
    first = weights.argmax(-1)
    distinct = sum(len(set(row.tolist())) for row in first) / HELD_OUT
    right = (logits[:, :k].argmax(-1) == asked.answers).float().mean().item()
    return Learned(right, weights[0], distinct, parameter_count(model))


@memo
def noise_weights(scoring: str, features: str, noise_edges: int, steps: int, seed: int) -> NoiseWeights:
    model, draws = seeded(lambda: NodeClassifier(NODE_WIDTH, dynamic=scoring == "GATv2"), seed), generator(seed)
    optimizer = torch.optim.Adam(model.parameters(), NODE_LEARNING_RATE)

    def drawn(graphs: int) -> NoisyGraphs:
        found = noisy_graphs(graphs, noise_edges, draws)
        return PERMUTED[features](found, draws) if features in PERMUTED else found

    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = NODE_LEARNING_RATE * (1 - step / steps)
        given = drawn(GRAPHS)
        logits = model(given.features, given.true | given.noise)[0]
        loss = mean_cross_entropy(logits, given.classes).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    given = drawn(HELD_OUT_GRAPHS)
    edges = given.true | given.noise
    with torch.no_grad():
        logits, trace = model(given.features, edges)
    fixed = normalised_adjacency(edges.float())
    return NoiseWeights(
        NoisyGraphs(*(one[0] for one in given)),
        trace.weights[0],
        fixed[0],
        mean_weight_ratio(trace.weights, given.true, given.noise).item(),
        mean_weight_ratio(fixed, given.true, given.noise).item(),
        (logits.argmax(-1) == given.classes).float().mean().item(),
    )


def run(controls: LookupControls, device: str) -> Iterator[LookupResult]:
    """On the CPU whatever the device: sixteen nodes keep no other one busy."""
    given = (controls.keys, controls.steps, controls.seed)
    own = learned(controls.scoring, *given)
    static = learned("GAT", *given)
    noise = noise_weights(controls.scoring, controls.features, controls.noise_edges, controls.steps // 2, controls.seed)
    yield LookupResult(controls, own, static, noise, own.parameters)


def measure(result: LookupResult) -> Measurements:
    return {
        "accuracy_percent": 100 * result.own.right,
        "gat_accuracy_percent": 100 * result.static.right,
        "distinct_first_keys": result.own.distinct,
        "gat_distinct_first_keys": result.static.distinct,
        "true_over_noise_weight": result.noise.ratio,
        "gcn_true_over_noise_weight": result.noise.fixed_ratio,
        "node_accuracy_percent": 100 * result.noise.right,
        "guessing_percent": 100 / result.controls.keys,
    }
