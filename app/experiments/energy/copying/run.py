"""Trained machines with a memory copy rows of bits: where their heads are, and how long a text may be."""

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import pad

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.copied_rows import Copied, answers, texts
from models.memory.held_stages import Forwards, Unlinked, Unsharpened, Unshifted
from models.memory.neural_computer import ComputerTrace, NeuralComputer
from models.memory.turing_machine import MachineTrace, TuringMachine
from models.seeding import generator
from models.training import copying, copying_longer, linked_copying
from models.training.cells import TRAININGS
from models.training.copying import LONGEST, ROWS, SIZES
from models.training.side_by_side import SideBySide

LENGTHS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20)
TWICE = 2 * LONGEST
HELD_OUT = 16
LAST = len(copying.SNAPSHOTS) - 1
FAR = 0.3
"""A machine is far ahead if it gives back so much more of the bits than the best LSTM."""

COPIES = 0.95
"""A computer copies texts of a length if it gives back so much of their bits."""

SCATTER = 1e-4
"""Usage of free rows before the first step, at most: which of them is the freest is random."""

Changed = Literal[
    "nothing", "trained without shifts", "trained without sharpening", "shifts held after training",
    "sharpening held after training", "links for shifts (DNC)", "DNC trained without links",
    "DNC, links backwards held after training",
]  # fmt: skip
LSTM = Literal["lstm", "lstm, longer"]


class Kind(NamedTuple):
    """The trainings whose weights a machine has, and the class that uses them."""

    trainings: str
    machine: type[TuringMachine] | type[NeuralComputer]


KINDS: Mapping[Changed, Kind] = {
    "nothing": Kind("machine", TuringMachine),
    "trained without shifts": Kind("unshifted", Unshifted),
    "trained without sharpening": Kind("unsharpened", Unsharpened),
    "shifts held after training": Kind("machine", Unshifted),
    "sharpening held after training": Kind("machine", Unsharpened),
    "links for shifts (DNC)": Kind("linked", NeuralComputer),
    "DNC trained without links": Kind("unlinked", Unlinked),
    "DNC, links backwards held after training": Kind("linked", Forwards),
}


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


def machine(changed: Changed, training: int, snapshot: int, device: str) -> TuringMachine | NeuralComputer:
    """A machine of its own, with the weights of one training; only those with every stage have snapshots."""
    kind = KINDS[changed]
    room = copying if kind.trainings in copying.BUILDS else linked_copying
    trained = room.pretrained(kind.trainings, training, snapshot if kind.trainings in ("machine", "linked") else -1)
    own = kind.machine(*SIZES)
    own.load_state_dict(trained.state_dict(), assign=True)
    return own.requires_grad_(False).to(device)


def trained_models(changed: Changed | LSTM, snapshot: int, device: str) -> list[nn.Module]:
    """One of each training."""
    if changed == "lstm":
        return [copying.pretrained("lstm", training, -1, device) for training in range(TRAININGS)]
    if changed == "lstm, longer":
        return [copying_longer.pretrained("lstm", training, device) for training in range(TRAININGS)]
    return [machine(changed, training, snapshot, device) for training in range(TRAININGS)]


@memo
@torch.no_grad()
def by_length(changed: Changed | LSTM, snapshot: int, device: str) -> Tensor:
    """Bit accuracy of the five trainings on held-out texts of each length: (R, lengths)."""
    held_out = [texts(HELD_OUT, length, generator(10_000 + length)) for length in LENGTHS]
    x = torch.cat([pad(text.x, (0, 0, 0, 2 * (LENGTHS[-1] - length))) for text, length in zip(held_out, LENGTHS)])
    together = SideBySide(trained_models(changed, snapshot, device))
    logits = together(x.to(device).expand(TRAININGS, *x.shape)).cpu()
    found = []
    for text, length, part in zip(held_out, LENGTHS, logits.split(HELD_OUT, dim=1)):
        right = (part[:, :, length + 1 : 2 * length + 1] > 0) == (text.bits > 0.5)
        found.append(right.float().mean(dim=(1, 2, 3)))
    return torch.stack(found, dim=1)


def draw_of(c: CopyingControls) -> int:
    """The seed of the text that is shown."""
    return 1000 * (c.seed % 1_000_000) + c.text + 1


def moves(weightings: Tensor) -> Tensor:
    """By how many rows the strongest one moves from step to step, round the circle: (T, N) → (T − 1,)."""
    return (weightings.argmax(dim=-1).diff() + ROWS // 2) % ROWS - ROWS // 2


def heads_moved(writes: Tensor, reads: Tensor, length: int) -> tuple[float, float]:
    """Of the write head, then of the read head: the share of steps at which it moves as the write head mostly does.

    The write head is followed while rows come in, the read head from the end mark on. 0 if the write head stays.
    """
    wrote, read = moves(writes[:length]), moves(reads[length:])
    direction = wrote.mode().values if length > 1 else read.mode().values
    if direction == 0:
        return 0.0, 0.0
    return (wrote == direction).float().mean().item(), (read == direction).float().mean().item()


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


def entropy(weightings: Tensor) -> float:
    """In bits, mean of the steps."""
    return torch.special.entr(weightings).sum(dim=-1).mean().item() / math.log(2)


def in_write_order(writes: Tensor, reads: Tensor, length: int) -> float:
    """The share of rows that the read head comes to at their turn, from the end mark on: a step before the answer."""
    return (reads[length:-1].argmax(-1) == writes[:length].argmax(-1)).float().mean().item()


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
        "write_entropy_bits": entropy(result.writes[:L]),
        "read_entropy_bits": entropy(result.reads[L:]),
        "lowest_of_five_at_twice_the_length": twice(result.machine).min().item(),
    }
