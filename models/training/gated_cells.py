"""An LSTM and a GRU of about 1,600 weights that keep a marked digit: ``python -m models.training.gated_cells``.

Five trainings of each, with snapshots, and five on the same texts with other answers; all lie in one checkpoint under
``lstm``, ``gru``, ``lstm_last_read`` and so on.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.marked_digits import DIGITS, FEATURES, NOT_ASKED, Marked, last_read, one_more, texts
from models.recurrence.gru import GRU
from models.recurrence.lstm import LSTM
from models.recurrence.reader import Reader
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "gated_cells"
WIDTHS = {"lstm": 14, "gru": 16}
SNAPSHOTS = (0, 50, 100, 200, 300, 450, 800)
PLAN = plan_of(SNAPSHOTS[-1])
SHORTEST, LENGTH, BATCH, HELD_OUT = 5, 40, 64, 256
CLOSED = 3.0
"""Gates begin at σ(3) = 0.95: cells keep what they have and take in little until they learn what to take in."""


def lstm() -> Reader:
    return Reader(LSTM(FEATURES, WIDTHS["lstm"]), WIDTHS["lstm"], DIGITS)


def gru() -> Reader:
    return Reader(GRU(WIDTHS["gru"], FEATURES), WIDTHS["gru"], DIGITS)


CELLS: Mapping[str, Callable[[], Reader]] = {"lstm": lstm, "gru": gru}
ANSWERS: Mapping[str, Callable[[Marked], Marked]] = {
    "": lambda text: text,
    "_last_read": last_read,
    "_one_more": one_more,
}
KINDS = {cell + answers: (build, ANSWERS[answers]) for cell, build in CELLS.items() for answers in ANSWERS}
"""Each kind's cell, and what its texts ask for."""


def started(model: Reader) -> None:
    if isinstance(model.cell, LSTM):
        model.cell.start(forget=CLOSED, input=-CLOSED)
    elif isinstance(model.cell, GRU):
        model.cell.start(keep=CLOSED)


def losses(
    rows: int, plan: Plan, answers: Callable[[Marked], Marked]
) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses at each step, each on texts of its own, which get longer."""
    step = 0

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        nonlocal step
        step += 1
        longest = min(LENGTH, SHORTEST + 1 + int(2 * LENGTH * step / plan.steps))
        length = int(torch.randint(SHORTEST, longest + 1, (1,), generator=draws))
        x, targets = apart(answers(texts(TRAININGS * rows, length, draws)))
        return TRAININGS * cross_entropy(models(x).flatten(0, 2), targets.flatten(), ignore_index=NOT_ASKED)

    return loss


@torch.inference_mode()
def accuracy(model: nn.Module, text: Marked) -> float:
    """The share of questions answered with the right digit."""
    right = model(text.x)[0].argmax(dim=-1) == text.targets
    return right[text.targets != NOT_ASKED].float().mean().item()


def measured(models: Mapping[str, list[Reader]]) -> dict[str, float]:
    """The lowest share of right answers of the five trainings of each cell, at the trained length."""
    return {
        f"{kind}_lowest_accuracy": min(
            accuracy(model, KINDS[kind][1](texts(HELD_OUT, LENGTH, generator(UNSEEN)))) for model in trainings
        )
        for kind, trainings in models.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, SNAPSHOTS)
    batch = options.batch or BATCH
    kinds = {name: Kind(build, losses(batch, plan, answers), started) for name, (build, answers) in KINDS.items()}
    made = all_trained(kinds, plan, snapshots)
    told = {
        "data": f"texts of {SHORTEST} to {LENGTH} steps with one or two marked digits, fresh at every step",
        "architecture": WIDTHS,
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=64)
def pretrained(kind: str, training: int, snapshot: int = -1, device: str = "cpu") -> Reader:
    """The cell of one training at one snapshot; share it."""
    return restored(NAME, kind, KINDS[kind][0], training, snapshot).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(KINDS, pretrained)))}


if __name__ == "__main__":
    main()
