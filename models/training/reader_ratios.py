"""Small pair readers of other hidden sizes, equally many weights: ``python -m models.training.reader_ratios``.

Hidden sizes from a fraction of the width to many times it; they answer from stated pairs and from a stored table.
Five trainings of each.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data import stated_and_stored
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide
from models.transformer.pair_reader import PairReader, ReaderShape, pairs_visible

NAME = "reader_ratio"


def asked(width: int, hidden: int) -> ReaderShape:
    """Two layers of that width for the task."""
    return ReaderShape(
        stated_and_stored.FIRST, stated_and_stored.SECOND, stated_and_stored.ANSWERS, 2, width, 2, hidden
    )


RATIOS: Mapping[str, ReaderShape] = {
    f"{width}_{hidden}": asked(width, hidden) for width, hidden in ((30, 7), (22, 58), (18, 95), (14, 148), (8, 307))
}
"""Width and hidden size: about 12,100 weights each."""
BATCH, HELD_OUT = 24, 256
PLAN = plan_of(600, 1e-2)


def question_losses(rows: int) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses over stated and stored questions alike."""
    P = stated_and_stored.PAIRS
    mask = pairs_visible(3 * P, P).expand(TRAININGS, -1, -1)

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        ids, answers = apart(stated_and_stored.questions(TRAININGS * rows, draws))
        return TRAININGS * cross_entropy(models(ids, mask)[:, :, P:].flatten(0, 2), answers.flatten())

    return loss


@torch.inference_mode()
def question_losses_of(model: nn.Module, seed: int, rows: int = HELD_OUT) -> tuple[float, float]:
    """Mean loss of stated and of stored questions, nats, on held-out rows."""
    P = stated_and_stored.PAIRS
    ids, answers = stated_and_stored.questions(rows, generator(seed))
    logits = model(ids, pairs_visible(3 * P, P))[0][:, P:]
    losses = cross_entropy(logits.flatten(0, 1), answers.flatten(), reduction="none").unflatten(0, answers.shape)
    return losses[:, :P].mean().item(), losses[:, P:].mean().item()


def measured(models: Mapping[str, list[PairReader]]) -> dict[str, float]:
    """Mean losses of the five trainings of each arm."""
    each = {name: [question_losses_of(model, UNSEEN) for model in trainings] for name, trainings in models.items()}
    return {
        f"{name}_{which}_loss": sum(one[at] for one in found) / len(found)
        for name, found in each.items()
        for at, which in enumerate(("stated", "stored"))
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, [options.steps or PLAN.steps])
    rows = options.batch or BATCH
    made = all_trained(
        {name: Kind(partial(PairReader, shape), question_losses(rows)) for name, shape in RATIOS.items()},
        plan,
        snapshots,
    )
    data = "12 stated pairs, fresh at every step, and a stored table of 1,024 answers"
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, data=data, **made.told)


@lru_cache(maxsize=64)
def pretrained(arm: str, training: int) -> PairReader:
    """One training of one hidden size; share it."""
    return restored(NAME, arm, partial(PairReader, RATIOS[arm]), training, -1)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(RATIOS, pretrained)))}


if __name__ == "__main__":
    main()
