"""Neural Turing machines and an LSTM of as many weights that copy rows of bits: ``python -m models.training.copying``.

Five trainings of each in one checkpoint: ``machine``, with snapshots, ``unshifted``, ``unsharpened`` and ``lstm``.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from models.data.copied_rows import BITS, FEATURES, Copied, answers, texts
from models.memory.held_stages import Unsharpened, Unshifted
from models.memory.turing_machine import TuringMachine
from models.recurrence.lstm import LSTM
from models.recurrence.reader import Reader
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "copying"
LONGEST, BATCH, HELD_OUT = 8, 16, 64
HIDDEN, ROWS, WIDTH, LSTM_WIDTH = 48, 24, 8, 24
SNAPSHOTS = (0, 300, 600, 1200, 2500)
PLAN = plan_of(SNAPSHOTS[-1], 5e-3)
SIZES = (FEATURES, BITS, HIDDEN, ROWS, WIDTH)


def lstm() -> Reader:
    return Reader(LSTM(FEATURES, LSTM_WIDTH), LSTM_WIDTH, BITS)


MACHINES: Mapping[str, type[TuringMachine]] = {
    "machine": TuringMachine,
    "unshifted": Unshifted,
    "unsharpened": Unsharpened,
}
BUILDS: Mapping[str, Callable[[], nn.Module]] = {
    **{kind: partial(build, *SIZES) for kind, build in MACHINES.items()},
    "lstm": lstm,
}


def started(model: nn.Module) -> None:
    if isinstance(model, TuringMachine):
        model.start()


def losses(rows: int) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses at each step, each on texts of its own, of one length at a step."""

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        length = int(torch.randint(1, LONGEST + 1, (1,), generator=draws))
        x, bits = apart(texts(TRAININGS * rows, length, draws))
        with torch.autocast(x.device.type, enabled=False):  # half precision blurs a head that moves many times
            return TRAININGS * binary_cross_entropy_with_logits(answers(models(x)), bits)

    return loss


@torch.inference_mode()
def bit_accuracy(model: nn.Module, text: Copied) -> float:
    """The share of bits given back rightly."""
    return ((answers(model(text.x)[0]) > 0) == (text.bits > 0.5)).float().mean().item()


def measured(models: Mapping[str, list[nn.Module]]) -> dict[str, float]:
    """Bit accuracy at the longest trained length and at twice that, mean of the trainings."""
    found = {}
    for name, times in {"": 1, "_at_twice_the_length": 2}.items():
        text = texts(HELD_OUT, times * LONGEST, generator(UNSEEN))
        for kind, trainings in models.items():
            found[f"{kind}_bit_accuracy{name}"] = sum(bit_accuracy(one, text) for one in trainings) / TRAININGS
    return found


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, SNAPSHOTS)
    rows = options.batch or BATCH
    kinds = {
        name: Kind(build, losses(rows), started, snapshots=None if name == "machine" else [plan.steps])
        for name, build in BUILDS.items()
    }
    made = all_trained(kinds, plan, snapshots)
    told = {
        "data": f"1 to {LONGEST} rows of {BITS} random bits, fresh at every step",
        "architecture": {"hidden": HIDDEN, "memory": [ROWS, WIDTH], "lstm": LSTM_WIDTH},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=32)
def pretrained(kind: str, training: int, snapshot: int = -1, device: str = "cpu") -> nn.Module:
    """A machine or the LSTM of one training; share it."""
    return restored(NAME, kind, BUILDS[kind], training, snapshot).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(BUILDS, pretrained)))}


if __name__ == "__main__":
    main()
