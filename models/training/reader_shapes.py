"""Small pair readers of equal size, from wide to deep, follow chains: ``python -m models.training.reader_shapes``.

Five trainings of each of three shapes.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data import chained_pairs
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide
from models.transformer.pair_reader import PairReader, ReaderShape, pairs_visible

NAME = "reader_hops"
HOPS: Mapping[str, ReaderShape] = {
    f"{layers}x{width}": ReaderShape(
        chained_pairs.SYMBOLS, chained_pairs.SYMBOLS + chained_pairs.MOST_HOPS, chained_pairs.SYMBOLS, layers, width,
        1, hidden,
    )
    for layers, width, hidden in ((1, 64, 128), (2, 44, 94), (4, 32, 60))
}  # fmt: skip
"""Layers × width: 33,000 to 34,300 weights, the widest has most."""


BATCH = 24
PLAN = plan_of(1800, 4e-3)
HELD_OUT, START = 256, 0.3


def started(model: PairReader) -> None:
    """Tables begin with values of deviation 1 and layers add little to them: a chain is then followed sooner."""
    with torch.no_grad():
        for table in (model.first, model.second):
            table.weight.div_(table.weight.std())
        for block in model.blocks:
            block.attention.to_out.weight.mul_(START)
            block.feed_forward.to_out.weight.mul_(START)


def hop_losses(rows: int, plan: Plan) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses; questions of two hops come after a tenth of the steps."""
    S, step = chained_pairs.SYMBOLS, 0
    mask = pairs_visible(2 * S, S).expand(TRAININGS, -1, -1)

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        nonlocal step
        step += 1
        most = 1 + (step > plan.steps / 10)
        ids, answers, _ = apart(chained_pairs.chained(TRAININGS * rows, draws, most))
        return TRAININGS * cross_entropy(models(ids, mask)[:, :, S:].flatten(0, 2), answers.flatten())

    return loss


@torch.inference_mode()
def hop_accuracy(
    model: nn.Module, seed: int, rows: int = HELD_OUT, change: Callable[[Tensor], Tensor] = lambda ids: ids
) -> list[float]:
    """The share of right answers on held-out rings, by hops; ``change`` may alter the tokens first."""
    S = chained_pairs.SYMBOLS
    ids, answers, hops = chained_pairs.chained(rows, generator(seed))
    right = model(change(ids), pairs_visible(2 * S, S))[0][:, S:].argmax(dim=-1) == answers
    return [right[hops == number].float().mean().item() for number in range(1, chained_pairs.MOST_HOPS + 1)]


def measured(models: Mapping[str, list[PairReader]]) -> dict[str, float]:
    """Mean accuracy of the five trainings of each shape, by hops."""
    each = {name: [hop_accuracy(model, UNSEEN) for model in trainings] for name, trainings in models.items()}
    return {
        f"{name}_accuracy_{hop + 1}_hops": sum(one[hop] for one in found) / len(found)
        for name, found in each.items()
        for hop in range(chained_pairs.MOST_HOPS)
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, [options.steps or PLAN.steps])
    rows = options.batch or BATCH
    made = all_trained(
        {name: Kind(partial(PairReader, shape), hop_losses(rows, plan), started) for name, shape in HOPS.items()},
        plan,
        snapshots,
    )
    data = "rings of 8 symbols as pairs, with questions of one and two hops, fresh at every step"
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, data=data, **made.told)


@lru_cache(maxsize=32)
def pretrained(shape: str, training: int) -> PairReader:
    """One training of one shape; share it."""
    return restored(NAME, shape, partial(PairReader, HOPS[shape]), training, -1)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(HOPS, pretrained)))}


if __name__ == "__main__":
    main()
