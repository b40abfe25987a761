"""Trained machines with a memory copy rows of bits: where their heads are, and how long a text may be."""

import math
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.energy.copying.heads import heads_moved, in_write_order
from app.experiments.energy.copying.machines import KINDS, LENGTHS, Changed, by_length, machine
from app.experiments.energy.focus_entropy import focus_entropy
from app.experiments.memo import memo
from models.data.copied_rows import Copied, answers, texts
from models.memory.neural_computer import ComputerTrace, NeuralComputer
from models.memory.turing_machine import MachineTrace
from models.seeding import generator
from models.training import copying, linked_copying
from models.training.cells import TRAININGS
from models.training.copying import LONGEST, ROWS

TWICE = 2 * LONGEST
LAST = len(copying.SNAPSHOTS) - 1
FAR = 0.3
"""A machine is far ahead if it gives back so much more of the bits than the best LSTM."""

COPIES = 0.95
"""A computer copies texts of a length if it gives back so much of their bits."""

SCATTER = 1e-4
"""Usage of free rows before the first step, at most: which of them is the freest is random."""


class CopyingControls(Controls):
    length: int = Field(12, ge=1, le=20, title="Rows to copy", description=f"The training had 1 to {LONGEST}")
    changed: Changed = Field("nothing", title="Changed in the addressing")
    trained: int = Field(
        LAST, ge=0, le=LAST, title="Point of the training",
        description=(
            f"0: before it; {LAST}: after {copying.SNAPSHOTS[-1]} steps, with links {linked_copying.SNAPSHOTS[-1]}"
        ),
    )  # fmt: skip
    text: int = Field(0, ge=0, le=999, title="Text", description="Another draw of bits", json_schema_extra=MORE)

    @property
    def computer(self) -> bool:
        """Whether the machine shown has links and no shifts."""
        return issubclass(KINDS[self.changed].machine, NeuralComputer)

    @property
    def turing(self) -> Changed:
        """The Turing machines that are measured."""
        return "nothing" if self.computer else self.changed

    @property
    def linked(self) -> Changed:
        """The computers that are measured."""
        return self.changed if self.computer else "links for shifts (DNC)"


class CopyingResult(NamedTuple):
    controls: CopyingControls
    text: Copied  # (1, …)
    logits: Tensor  # (T, O)
    writes: Tensor  # (T, N) weighting of the write head
    reads: Tensor  # (T, N)
    memories: Tensor  # (T, N, W)
    trace: MachineTrace | ComputerTrace  # (1, T, …)
    alike: list[float]  # of each Turing machine on this text: steps at which its read head moves as its write head did
    machine: Tensor  # (R, lengths) bit accuracy on held-out texts, five trainings
    computer: Tensor  # (R, lengths)
    lstm: Tensor  # (R, lengths)
    longer: Tensor  # (R, lengths) LSTMs that were trained longer
    parameters: int


def draw_of(c: CopyingControls) -> int:
    """The seed of the text that is shown."""
    return 1000 * (c.seed % 1_000_000) + c.text + 1


@memo
@torch.inference_mode()
def moved_alike(changed: Changed, snapshot: int, length: int, draw: int, device: str) -> list[float]:
    """Of each Turing machine: the share of steps at which its read head moves as its write head mostly did."""
    text = texts(1, length, generator(draw))
    traces = [machine(changed, training, snapshot, device)(text.x.to(device))[1] for training in range(TRAININGS)]
    return [heads_moved(trace.write.sharpened[0], trace.read.sharpened[0], length)[1] for trace in traces]


@torch.inference_mode()
def run(controls: CopyingControls, device: str) -> CopyingResult:
    c = controls
    draws = generator(draw_of(c))
    text = texts(1, c.length, draws)
    own = machine(c.changed, c.seed % TRAININGS, c.trained, device)
    if isinstance(own, NeuralComputer):
        own.first_usage = (SCATTER * torch.rand(ROWS, generator=draws)).to(device)
    logits, trace = own(text.x.to(device))
    heads = (trace.writes, trace.reads) if c.computer else (trace.write.sharpened, trace.read.sharpened)
    return CopyingResult(
        c, text, logits[0], heads[0][0], heads[1][0], trace.memories[0], trace,
        moved_alike(c.turing, c.trained, c.length, draw_of(c), device),
        by_length(c.turing, c.trained, device), by_length(c.linked, c.trained, device),
        by_length("lstm", -1, device), by_length("lstm, longer", -1, device),
        sum(weight.numel() for weight in own.parameters()),
    )  # fmt: skip


def measure(result: CopyingResult) -> Measurements:
    c, training, trace = result.controls, result.controls.seed % TRAININGS, result.trace
    L = c.length
    wrote, read = heads_moved(result.writes, result.reads, L)
    right = (answers(result.logits) > 0) == (result.text.bits[0] > 0.5)
    twice = lambda table: table[:, LENGTHS.index(TWICE)]
    at = lambda table, length: table[training, LENGTHS.index(length)].item()
    best = torch.maximum(twice(result.lstm).max(), twice(result.longer).max())
    return {
        "bits_right": right.float().mean().item(),
        "accuracy_at_the_trained_length": at(result.machine, LONGEST),
        "accuracy_at_twice_the_length": at(result.machine, TWICE),
        "lstm_at_the_trained_length": at(result.lstm, LONGEST),
        "lstm_at_twice_the_length": at(result.lstm, TWICE),
        "longer_lstm_at_twice_the_length": at(result.longer, TWICE),
        "computer_at_the_trained_length": at(result.computer, LONGEST),
        "computer_at_twice_the_length": at(result.computer, TWICE),
        "computers_that_copy": float((twice(result.computer) > COPIES).sum()),
        "machines_far_ahead": float((twice(result.machine) > best + FAR).sum()),
        "best_lstm_at_twice_the_length": best.item(),
        "accuracy_with_20_rows": at(result.machine, 20),
        "writes_one_row_on": wrote,
        "reads_move_like_writes": read,
        "reads_in_write_order": in_write_order(result.writes, result.reads, L),
        "machines_whose_heads_move_alike": float(sum(share > 0.9 for share in result.alike)),
        "strongest_shift": (
            math.nan if isinstance(trace, ComputerTrace) else trace.asked_write.kernel[0, :L].amax(dim=-1).mean().item()
        ),
        "read_by_links_forwards": (
            trace.modes[0, L + 1 :, -1].mean().item() if isinstance(trace, ComputerTrace) else math.nan
        ),
        "write_entropy_bits": focus_entropy(result.writes[:L]),
        "read_entropy_bits": focus_entropy(result.reads[L:]),
        "lowest_of_five_at_twice_the_length": twice(result.machine).min().item(),
    }
