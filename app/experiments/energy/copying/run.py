"""A trained neural Turing machine copies rows of bits: where its heads are, its memory, and how long a text may be."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.copied_rows import Copied, answers, texts
from models.memory.held_stages import Unsharpened, Unshifted
from models.memory.turing_machine import MachineTrace, TuringMachine
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.copying import LONGEST, MACHINES, ROWS, SIZES, SNAPSHOTS, pretrained
from models.training.side_by_side import SideBySide

LENGTHS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20)
TWICE = 2 * LONGEST
HELD_OUT = 16
FAR = 0.3
"""A machine is far ahead if it gives back so much more of the bits than the best LSTM."""

Changed = Literal[
    "nothing", "trained without shifts", "trained without sharpening", "shifts held after training",
    "sharpening held after training",
]  # fmt: skip
KINDS: Mapping[str, str] = {"trained without shifts": "unshifted", "trained without sharpening": "unsharpened"}
"""Those that had trainings of their own; the others are the same weights with a stage held."""
HELD: Mapping[str, type[TuringMachine]] = {
    "shifts held after training": Unshifted,
    "sharpening held after training": Unsharpened,
}


class CopyingControls(Controls):
    length: int = Field(12, ge=1, le=20, title="Rows to copy", description=f"The training had 1 to {LONGEST}")
    changed: Changed = Field("nothing", title="Changed in the addressing")
    trained: int = Field(
        len(SNAPSHOTS) - 1, ge=0, le=len(SNAPSHOTS) - 1, title="Point of the training",
        description=f"0: before it; {len(SNAPSHOTS) - 1}: after {SNAPSHOTS[-1]} steps",
    )  # fmt: skip
    start: int = Field(0, ge=0, le=ROWS - 1, title="Row where both heads start", description="In training row 0")
    text: int = Field(0, ge=0, le=999, title="Text", description="Another draw of bits", json_schema_extra=MORE)


class CopyingResult(NamedTuple):
    controls: CopyingControls
    text: Copied  # (1, …)
    logits: Tensor  # (T, O)
    trace: MachineTrace  # (1, T, …)
    alike: list[float]  # of each training on this text: steps at which the read head moves as the write head did
    machine: Tensor  # (N, lengths) bit accuracy on held-out texts, five trainings
    lstm: Tensor  # (N, lengths)
    parameters: int


def machine(changed: Changed, training: int, snapshot: int, start: int, device: str) -> TuringMachine:
    """A machine of its own, with the weights of one training; only full ones have snapshots."""
    kind = KINDS.get(changed, "machine")
    trained = pretrained(kind, training, snapshot if kind == "machine" else -1, device)
    own = (HELD[changed] if changed in HELD else MACHINES[kind])(*SIZES)
    own.load_state_dict(trained.state_dict(), assign=True)
    own.first_row = start
    return own.requires_grad_(False)


@memo
@torch.no_grad()
def by_length(changed: Changed | Literal["lstm"], snapshot: int, start: int, device: str) -> Tensor:
    """Bit accuracy of the five trainings on held-out texts of each length: (N, lengths)."""
    models = [
        pretrained("lstm", training, -1, device)
        if changed == "lstm"
        else machine(changed, training, snapshot, start, device)
        for training in range(TRAININGS)
    ]
    held_out = [texts(HELD_OUT, length, generator(10_000 + length)) for length in LENGTHS]
    x = torch.cat([pad(text.x, (0, 0, 0, 2 * (LENGTHS[-1] - length))) for text, length in zip(held_out, LENGTHS)])
    logits = SideBySide(models)(x.to(device).expand(TRAININGS, *x.shape)).cpu()
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


def heads_moved(trace: MachineTrace, length: int) -> tuple[float, float]:
    """Of the write head, then of the read head: the share of steps at which it moves as the write head mostly does.

    The write head is followed while rows come in, the read head from the end mark on. 0 if the write head stays.
    """
    wrote, read = moves(trace.write.sharpened[0, :length]), moves(trace.read.sharpened[0, length:])
    direction = wrote.mode().values if length > 1 else read.mode().values
    if direction == 0:
        return 0.0, 0.0
    return (wrote == direction).float().mean().item(), (read == direction).float().mean().item()


@memo
@torch.inference_mode()
def moved_alike(changed: Changed, snapshot: int, start: int, length: int, draw: int, device: str) -> list[float]:
    """Of each training: the share of steps at which its read head moves as its write head mostly did."""
    text = texts(1, length, generator(draw))
    traces = [
        machine(changed, training, snapshot, start, device)(text.x.to(device))[1] for training in range(TRAININGS)
    ]
    return [heads_moved(trace, length)[1] for trace in traces]


@torch.inference_mode()
def run(controls: CopyingControls, device: str) -> CopyingResult:
    c = controls
    text = texts(1, c.length, generator(draw_of(c)))
    own = machine(c.changed, c.seed % TRAININGS, c.trained, c.start, device)
    logits, trace = own(text.x.to(device))
    return CopyingResult(
        c, text, logits[0], trace, moved_alike(c.changed, c.trained, c.start, c.length, draw_of(c), device),
        by_length(c.changed, c.trained, c.start, device), by_length("lstm", -1, 0, device),
        sum(weight.numel() for weight in own.parameters()),
    )  # fmt: skip


def entropy(weightings: Tensor) -> float:
    """In bits, mean of the steps."""
    return torch.special.entr(weightings).sum(dim=-1).mean().item() / 0.6931471805599453


def measure(result: CopyingResult) -> Measurements:
    c, training = result.controls, result.controls.seed % TRAININGS
    L, trace = c.length, result.trace
    writes, reads = trace.write.sharpened[0, :L], trace.read.sharpened[0, L:]
    wrote, read = heads_moved(trace, L)
    right = (answers(result.logits) > 0) == (result.text.bits[0] > 0.5)
    twice = lambda table: table[:, LENGTHS.index(TWICE)]
    at = lambda table, length: table[training, LENGTHS.index(length)].item()
    return {
        "bits_right": right.float().mean().item(),
        "accuracy_at_the_trained_length": at(result.machine, LONGEST),
        "accuracy_at_twice_the_length": at(result.machine, TWICE),
        "lstm_at_the_trained_length": at(result.lstm, LONGEST),
        "lstm_at_twice_the_length": at(result.lstm, TWICE),
        "machines_far_ahead": float((twice(result.machine) > twice(result.lstm).max() + FAR).sum()),
        "best_lstm_at_twice_the_length": twice(result.lstm).max().item(),
        "accuracy_with_20_rows": at(result.machine, 20),
        "writes_one_row_on": wrote,
        "reads_move_like_writes": read,
        "machines_whose_heads_move_alike": float(sum(share > 0.9 for share in result.alike)),
        "strongest_shift": trace.asked_write.kernel[0, :L].amax(dim=-1).mean().item(),
        "write_entropy_bits": entropy(writes),
        "read_entropy_bits": entropy(reads),
        "lowest_of_five_at_twice_the_length": twice(result.machine).min().item(),
    }
