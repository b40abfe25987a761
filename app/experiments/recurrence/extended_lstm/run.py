"""sLSTM, mLSTM and LSTM of one width on two tasks: parity of long texts, and recall of many pairs."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.memory_tasks import VALUES, Task, parity, recall, stated_again
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.extended_lstm import LONGEST, pretrained

ROWS, FARTHEST = 256, 128
PAIRS = (1, 2, 4, 6, 8, 12, 16, 24, 32)

Mixing = Literal["the state", "the previous input", "the state, in two heads"]
VARIANTS: dict[Mixing, str] = {
    "the state": "parity_slstm", "the previous input": "parity_slstm_unmixed",
    "the state, in two heads": "parity_slstm_two_heads",
}  # fmt: skip
CELLS = ("sLSTM", "mLSTM", "LSTM")


class ExtendedControls(Controls):
    mixing: Mixing = Field("the state", title="sLSTM’s recurrent weights read", description="On parity; retrained")
    bits: int = Field(64, ge=2, le=FARTHEST, title="Bits", description=f"Training had up to {LONGEST}")
    pairs: int = Field(8, ge=1, le=32, title="Pairs", description="Training had up to 16")
    stated: Literal[1, 4] = Field(1, title="Times that each pair is stated", description="Training: once")


class ExtendedResult(NamedTuple):
    controls: ExtendedControls
    parity: dict[str, Tensor]  # cell → (FARTHEST,) accuracy after so many bits
    recall: dict[str, dict[int, float]]  # cell → accuracy by number of pairs
    parameters: int
    notices: tuple[str, ...] = ()


@memo
@torch.inference_mode()
def parity_accuracy(variant: str, seed: int, device: str) -> Tensor:
    """The share of held-out texts whose parity is right after each bit: (FARTHEST,)."""
    x, targets = parity(ROWS, FARTHEST, generator(seed + 1))
    logits = pretrained(variant, seed % TRAININGS, -1, device)(x.to(device))[0]
    return (logits.argmax(dim=-1).cpu() == targets).float().mean(dim=0)


@memo
@torch.inference_mode()
def recall_accuracy(variant: str, pairs: int, stated: int, seed: int, device: str) -> float:
    """The share of held-out texts whose question is answered with the right value."""
    x, values = recall(ROWS, pairs, generator(seed + 2))
    if stated > 1:
        x, values = stated_again(Task(x, values), stated, generator(seed + 3))
    logits = pretrained(variant, seed % TRAININGS, -1, device)(x.to(device))[0]
    return (logits[:, -1].argmax(dim=-1).cpu() == values).float().mean().item()


def run(controls: ExtendedControls, device: str) -> ExtendedResult:
    c = controls
    counts = sorted({*PAIRS, c.pairs})
    on_parity = {"sLSTM": VARIANTS[c.mixing], "mLSTM": "parity_mlstm", "LSTM": "parity_lstm"}
    on_recall = {cell: f"recall_{cell.lower()}" for cell in CELLS}
    return ExtendedResult(
        c,
        {cell: parity_accuracy(variant, c.seed, device) for cell, variant in on_parity.items()},
        {
            cell: {pairs: recall_accuracy(variant, pairs, c.stated, c.seed, device) for pairs in counts}
            for cell, variant in on_recall.items()
        },
        sum(parameter_count(pretrained(name, 0)) for name in ("parity_slstm", "parity_mlstm")),
    )


def measure(result: ExtendedResult) -> Measurements:
    c = result.controls
    return {
        **{f"parity_{cell.lower()}": result.parity[cell][c.bits - 1].item() for cell in CELLS},
        **{f"recall_{cell.lower()}": result.recall[cell][c.pairs] for cell in CELLS},
        "bits": c.bits,
        "pairs": c.pairs,
        "chance_of_parity": 0.5,
        "chance_of_recall": 1 / VALUES,
    }
