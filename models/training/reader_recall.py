"""Pair readers of the same three shapes recall one of 32 stated pairs: ``python -m models.training.reader_recall``.

Pairs are few at first: with 32 from the first step, most trainings had not begun to learn after 400 steps. Five
trainings of each shape.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.many_pairs import SYMBOLS, recalled
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.reader_shapes import HOPS, started
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide
from models.transformer.pair_reader import PairReader, pairs_visible

NAME = "reader_recall"
SHAPES = {name: shape._replace(first=SYMBOLS, second=SYMBOLS + 1, answers=SYMBOLS) for name, shape in HOPS.items()}
"""Layers × width: 34,500 to 37,300 weights, the widest has most."""
STAGES = (180, 4, 32), (100, 8, 24), (100, 16, 12), (120, SYMBOLS, 6)
"""Steps, pairs of a ring, rings per training and step."""
PLAN = plan_of(sum(steps for steps, _, _ in STAGES), 6e-3)
HELD_OUT = 64


def stage(step: int) -> tuple[int, int]:
    """Pairs of a ring, and rings, at this step, counted from 1."""
    for steps, pairs, rows in STAGES:
        if step <= steps:
            return pairs, rows
        step -= steps
    return STAGES[-1][1:]


def losses() -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses over all questions."""
    step = 0

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        nonlocal step
        step += 1
        P, rows = stage(step)
        ids, answers = apart(recalled(TRAININGS * rows, P, draws))
        mask = pairs_visible(2 * P, P).expand(TRAININGS, -1, -1)
        return TRAININGS * cross_entropy(models(ids, mask)[:, :, P:].flatten(0, 2), answers.flatten())

    return loss


@torch.inference_mode()
def accuracy(
    model: nn.Module, seed: int, rows: int = HELD_OUT, change: Callable[[Tensor], Tensor] = lambda ids: ids
) -> float:
    """The share of right answers on held-out rings of 32 pairs; ``change`` may alter the tokens first."""
    ids, answers = recalled(rows, SYMBOLS, generator(seed))
    logits = model(change(ids), pairs_visible(2 * SYMBOLS, SYMBOLS))[0][:, SYMBOLS:]
    return (logits.argmax(dim=-1) == answers).float().mean().item()


def measured(models: Mapping[str, list[PairReader]]) -> dict[str, float]:
    """Mean and lowest accuracy of the five trainings of each shape."""
    each = {name: [accuracy(model, UNSEEN) for model in trainings] for name, trainings in models.items()}
    return {f"{name}_mean": sum(found) / len(found) for name, found in each.items()} | {
        f"{name}_lowest": min(found) for name, found in each.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, [options.steps or PLAN.steps])
    made = all_trained(
        {name: Kind(partial(PairReader, shape), losses(), started) for name, shape in SHAPES.items()}, plan, snapshots
    )
    finish(
        NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state,
        data=f"rings of 4, then 8, 16 and {SYMBOLS} of {SYMBOLS} symbols as pairs, fresh at every step", **made.told,
    )  # fmt: skip


@lru_cache(maxsize=16)
def pretrained(shape: str, training: int) -> PairReader:
    """One training of one shape; share it."""
    return restored(NAME, shape, partial(PairReader, SHAPES[shape]), training, -1)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(SHAPES, pretrained)))}


if __name__ == "__main__":
    main()
