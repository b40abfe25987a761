"""The trained machines and LSTMs, and how much of a text of each length they give back."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from app.experiments.memo import memo
from models.data.copied_rows import texts
from models.memory.held_stages import Forwards, Unlinked, Unsharpened, Unshifted
from models.memory.neural_computer import NeuralComputer
from models.memory.turing_machine import TuringMachine
from models.seeding import generator
from models.training import copying, copying_longer, linked_copying
from models.training.cells import TRAININGS
from models.training.copying import SIZES
from models.training.side_by_side import SideBySide

LENGTHS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20)
HELD_OUT = 16
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
