"""GATv2, or whatever is chosen, and GAT learn to look up a dictionary, side by side."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.graphs.dictionary_lookup import DictionaryReader, edges_of, lookups
from models.layers.multilayer_perceptron import mean_cross_entropy
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

WIDTH, BATCH, LEARNING_RATE, HELD_OUT = 32, 16, 0.015, 128


class LookupControls(Controls):
    scoring: Literal["GATv2", "GAT"] = Field("GATv2", title="Nonlinearity", description="Inside the score, or outside")
    keys: Literal[4, 6, 8] = Field(8, title="Keys")
    steps: int = Field(300, ge=50, le=600, multiple_of=50, title="Training steps")


class Learned(NamedTuple):
    right: float  # share of held-out queries
    weights: Tensor  # (k, k) of one sample: queries are rows, keys columns
    distinct: float  # different keys that are some query's first choice, mean of the samples
    parameters: int


class LookupResult(NamedTuple):
    controls: LookupControls
    own: Learned
    static: Learned  # GAT
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


def run(controls: LookupControls, device: str) -> Iterator[LookupResult]:
    """On the CPU whatever the device: sixteen nodes keep no other one busy."""
    given = (controls.keys, controls.steps, controls.seed)
    own = learned(controls.scoring, *given)
    yield LookupResult(controls, own, learned("GAT", *given), own.parameters)


def measure(result: LookupResult) -> Measurements:
    return {
        "accuracy_percent": 100 * result.own.right,
        "gat_accuracy_percent": 100 * result.static.right,
        "distinct_first_keys": result.own.distinct,
        "gat_distinct_first_keys": result.static.distinct,
        "guessing_percent": 100 / result.controls.keys,
    }
