"""An mLSTM that learned to recall pairs: its matrix as it fills, and how many pairs it holds."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.matrix_memory.typed_pairs import LETTERS, parsed, typed_task
from app.experiments.recurrence.typed_signs import Signs, point_of_the_training
from models.data.memory_tasks import KEYS, VALUES, pairs_of, recall
from models.parameter_count import parameter_count
from models.recurrence.mlstm import MLSTM, MLSTMTrace, parallel, read
from models.recurrence.reader import Reader
from models.recurrence.xlstm_ablations import read_bounded_by_one
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.extended_lstm import SNAPSHOTS, pretrained

ROWS = 256
PAIRS = (1, 2, 4, 8, 12, 16, 24, 32)

Memory = Literal["matrix", "matrix, random keys", "k ⊙ v in 256 numbers"]
VARIANTS: dict[Memory, str] = {
    "matrix": "recall_mlstm", "matrix, random keys": "recall_mlstm_fixed_keys",
    "k ⊙ v in 256 numbers": "recall_vector_memory",
}  # fmt: skip
Bound = Literal["exp(−m)", "1"]


class MemoryControls(Controls):
    text: Signs = Field(
        "a3 k5 m1 t7 c0 r2 m?", title="Text", description="Letter and digit 0 to 7 per pair; the last asks"
    )
    memory: Memory = Field("matrix", title="Memory", description="Each one trained for itself")
    pairs: int = Field(8, ge=1, le=32, title="Pairs", description="In held-out texts")
    bound: Bound = Field("exp(−m)", title="Lower bound of the denominator", description="Of the stabilised form")
    trained: int = point_of_the_training(SNAPSHOTS, of="Of the matrix. ")


class MemoryResult(NamedTuple):
    controls: MemoryControls
    labels: list[str]
    trace: MLSTMTrace  # of the matrix on the typed text
    logits: Tensor  # (8,) of the answer, with the chosen memory
    answer: int | None  # the value that was stated last with the key that is asked
    course: dict[str, dict[int, float]]  # memory → accuracy by number of pairs
    accuracy: float
    newer: float  # share of answers that name the newer value of a key that was stored twice
    older: float
    difference: float  # largest between the recurrent and the parallel form, on held-out texts
    parameters: int
    notices: list[str]


def network(memory: Memory, seed: int, snapshot: int, device: str) -> Reader:
    """The matrix at that point of its training, another memory at the end of its own; the seed picks the training."""
    return pretrained(VARIANTS[memory], seed % TRAININGS, snapshot if memory == "matrix" else -1, device)


@memo
@torch.inference_mode()
def recalled(memory: Memory, pairs: int, seed: int, snapshot: int, device: str) -> float:
    """The share of held-out texts whose question is answered with the right value."""
    x, values = recall(ROWS, pairs, generator(seed + 2))
    logits = network(memory, seed, snapshot, device)(x.to(device))[0]
    return (logits[:, -1].argmax(dim=-1).cpu() == values).float().mean().item()


@memo
@torch.inference_mode()
def stored_twice(memory: Memory, seed: int, snapshot: int, device: str) -> tuple[float, float]:
    """Six pairs of which the last has the key of the second: how often the newer, and the older, value is named."""
    draws = generator(seed + 3)
    keys = torch.rand(ROWS, KEYS, generator=draws).argsort(dim=1)[:, :6]
    keys[:, 5] = keys[:, 1]
    values = torch.randint(VALUES, (ROWS, 6), generator=draws)
    values[:, 5] = (values[:, 1] + 1 + torch.randint(VALUES - 1, (ROWS,), generator=draws)) % VALUES
    x = pairs_of(keys, values, torch.full((ROWS,), 5)).x
    named = network(memory, seed, snapshot, device)(x.to(device))[0][:, -1].argmax(dim=-1).cpu()
    return (named == values[:, 5]).float().mean().item(), (named == values[:, 1]).float().mean().item()


@torch.inference_mode()
def difference(cell: MLSTM, seed: int, bound: Bound, device: str) -> float:
    """Between what the recurrent form reads, with that bound, and the parallel form, over the largest number read."""
    x = recall(32, 8, generator(seed + 4)).x.to(device)
    p, trace = cell.projected(x), cell(x)[1]
    reading = read if bound == "exp(−m)" else read_bounded_by_one
    steps = zip(trace.memories.unbind(1), trace.normalisers.unbind(1), trace.stabilisers.unbind(1), p.q.unbind(1))
    recurrent = torch.stack([reading(*step) for step in steps], dim=1)
    expected = parallel(p)
    return ((recurrent - expected).abs().max() / expected.abs().max()).item()


@torch.inference_mode()
def run(controls: MemoryControls, device: str) -> MemoryResult:
    c = controls
    pairs, asked, notices = parsed(c.text)
    x = typed_task(pairs, asked).to(device)
    matrix = network("matrix", c.seed, c.trained, device)
    chosen = network(c.memory, c.seed, c.trained, device)
    counts = sorted({*PAIRS, c.pairs})
    newer, older = stored_twice(c.memory, c.seed, c.trained, device)
    return MemoryResult(
        c,
        [f"{LETTERS[key]}{value}" for key, value in pairs] + [f"{LETTERS[asked]}?"],
        matrix(x)[1],
        chosen(x)[0][0, -1],
        dict(pairs).get(asked),
        {memory: {n: recalled(memory, n, c.seed, c.trained, device) for n in counts} for memory in VARIANTS},
        recalled(c.memory, c.pairs, c.seed, c.trained, device),
        newer,
        older,
        difference(matrix.cell, c.seed, c.bound, device),
        parameter_count(chosen),
        notices,
    )


def measure(result: MemoryResult) -> Measurements:
    c = result.controls
    return {
        "pairs": result.controls.pairs,
        "recall": result.accuracy,
        **{f"recall_{name}": result.course[memory][c.pairs] for memory, name in
           (("matrix", "matrix"), ("matrix, random keys", "random_keys"), ("k ⊙ v in 256 numbers", "vector"))},
        "newer_value_named": result.newer,
        "older_value_named": result.older,
        "recurrent_minus_parallel": result.difference,
        "chance": 1 / VALUES,
    }  # fmt: skip
