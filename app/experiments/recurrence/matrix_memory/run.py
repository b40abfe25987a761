"""An mLSTM that learned to recall pairs: its matrix as it fills, and how many pairs it holds."""

from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import Field, StringConstraints
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.memory_tasks import KEYS, VALUES, pairs_of, recall
from models.recurrence.mlstm import MLSTM, MLSTMTrace, parallel, read
from models.recurrence.xlstm_ablations import read_bounded_by_one
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.extended_lstm import SNAPSHOTS, pretrained

ROWS, MOST = 256, 16
PAIRS = (1, 2, 4, 8, 12, 16, 24, 32)
LETTERS = "abcdefghijklmnopqrstuvwxyz"

Memory = Literal["matrix", "matrix, random keys", "k ⊙ v in 256 numbers"]
VARIANTS: dict[Memory, str] = {
    "matrix": "recall_mlstm", "matrix, random keys": "recall_mlstm_fixed_keys",
    "k ⊙ v in 256 numbers": "recall_vector_memory",
}  # fmt: skip
Bound = Literal["exp(−m)", "1"]


class MemoryControls(Controls):
    text: Annotated[str, StringConstraints(min_length=1, max_length=200), Field(json_schema_extra={"words": False})] = (
        Field("a3 k5 m1 t7 c0 r2 m?", title="Text", description="Letter and digit 0 to 7 per pair; the last asks")
    )
    memory: Memory = Field("matrix", title="Memory", description="Each one trained for itself")
    pairs: int = Field(8, ge=1, le=32, title="Pairs", description="In held-out texts")
    bound: Bound = Field("exp(−m)", title="Lower bound of the denominator", description="Of the stabilised form")
    trained: int = Field(
        len(SNAPSHOTS) - 1, ge=0, le=len(SNAPSHOTS) - 1, title="Point of the training",
        description=f"Of the matrix. 0: after {SNAPSHOTS[0]} steps; {len(SNAPSHOTS) - 1}: after {SNAPSHOTS[-1]}",
    )  # fmt: skip


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


def parsed(typed: str) -> tuple[list[tuple[int, int]], int, list[str]]:
    """Pairs of key and value, the key that is asked, and what was left out."""
    words = typed.lower().split()
    pairs = [
        (LETTERS.index(word[0]), int(word[1]))
        for word in words
        if len(word) == 2 and word[0] in LETTERS and word[1] in "01234567"
    ]
    asked = [word[0] for word in words if len(word) == 2 and word[0] in LETTERS and word[1] == "?"]
    left_out = [word for word in words if not (len(word) == 2 and word[0] in LETTERS and word[1] in "01234567?")]
    notices = [f"text: left out {', '.join(left_out[:5])}"] if left_out else []
    if len(pairs) > MOST:
        notices.append(f"text: cut after {MOST} pairs")
    pairs = pairs[:MOST] or [(0, 0)]
    return pairs, LETTERS.index(asked[-1]) if asked else pairs[0][0], notices


def typed_task(pairs: list[tuple[int, int]], asked: int) -> Tensor:
    """The pairs, then the key that is asked, which need not be one of them: (1, T, F)."""
    keys = torch.tensor([[key for key, _ in pairs] + [asked]])
    values = torch.tensor([[value for _, value in pairs] + [0]])
    x = pairs_of(keys, values, torch.tensor([len(pairs)])).x
    return torch.cat([x[:, : len(pairs)], x[:, -1:]], dim=1)


@memo
@torch.inference_mode()
def recalled(memory: Memory, pairs: int, seed: int, snapshot: int, device: str) -> float:
    """The share of held-out texts whose question is answered with the right value."""
    x, values = recall(ROWS, pairs, generator(seed + 2))
    at = snapshot if memory == "matrix" else -1
    logits = pretrained(VARIANTS[memory], seed % TRAININGS, at, device)(x.to(device))[0]
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
    at = snapshot if memory == "matrix" else -1
    named = pretrained(VARIANTS[memory], seed % TRAININGS, at, device)(x.to(device))[0][:, -1].argmax(dim=-1).cpu()
    return (named == values[:, 5]).float().mean().item(), (named == values[:, 1]).float().mean().item()


@torch.inference_mode()
def difference(cell: MLSTM, seed: int, bound: Bound, device: str) -> float:
    """Between what the recurrent form reads, with that bound, and the parallel form, over the largest number read."""
    p = cell.projected(recall(32, 8, generator(seed + 4)).x.to(device))
    trace = cell(recall(32, 8, generator(seed + 4)).x.to(device))[1]
    reading = read if bound == "exp(−m)" else read_bounded_by_one
    steps = zip(trace.memories.unbind(1), trace.normalisers.unbind(1), trace.stabilisers.unbind(1), p.q.unbind(1))
    recurrent = torch.stack([reading(*step) for step in steps], dim=1)
    expected = parallel(p)
    return ((recurrent - expected).abs().max() / expected.abs().max()).item()


@torch.inference_mode()
def run(controls: MemoryControls, device: str) -> MemoryResult:
    c, training = controls, controls.seed % TRAININGS
    pairs, asked, notices = parsed(c.text)
    x = typed_task(pairs, asked).to(device)
    matrix = pretrained("recall_mlstm", training, c.trained, device)
    chosen = matrix if c.memory == "matrix" else pretrained(VARIANTS[c.memory], training, -1, device)
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
        sum(weight.numel() for weight in chosen.parameters()),
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
