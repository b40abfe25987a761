"""Small pair readers of equal size and other shapes: ``python -m models.training.reader_shapes --task hops``.

Two checkpoints. “hops”: three shapes, from wide to deep, follow chains of pairs. “ratio”: hidden sizes from a fraction
of the width to many times it, answer from stated pairs and from a stored table.
Five trainings of each.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data import chained_pairs, stated_and_stored
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide
from models.transformer.pair_reader import PairReader, ReaderShape, pairs_visible

HOPS: Mapping[str, ReaderShape] = {
    f"{layers}x{width}": ReaderShape(
        chained_pairs.SYMBOLS, chained_pairs.SYMBOLS + chained_pairs.MOST_HOPS, chained_pairs.SYMBOLS, layers, width,
        1, hidden,
    )
    for layers, width, hidden in ((1, 64, 128), (2, 44, 94), (4, 32, 60))
}  # fmt: skip
"""Layers × width: 33,000 to 34,300 weights, the widest has most."""


def asked(width: int, hidden: int) -> ReaderShape:
    """Two layers of that width for the other task."""
    return ReaderShape(
        stated_and_stored.FIRST, stated_and_stored.SECOND, stated_and_stored.ANSWERS, 2, width, 2, hidden
    )


RATIOS: Mapping[str, ReaderShape] = {
    f"{width}_{hidden}": asked(width, hidden) for width, hidden in ((30, 7), (22, 58), (18, 95), (14, 148), (8, 307))
}
"""Width and hidden size: about 12,100 weights each."""
BATCH = 24
PLANS = {"hops": plan_of(1800, 4e-3), "ratio": plan_of(600, 1e-2)}
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


def question_losses(rows: int) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses over stated and stored questions alike."""
    P = stated_and_stored.PAIRS
    mask = pairs_visible(3 * P, P).expand(TRAININGS, -1, -1)

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        ids, answers = apart(stated_and_stored.questions(TRAININGS * rows, draws))
        return TRAININGS * cross_entropy(models(ids, mask)[:, :, P:].flatten(0, 2), answers.flatten())

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


@torch.inference_mode()
def question_losses_of(model: nn.Module, seed: int, rows: int = HELD_OUT) -> tuple[float, float]:
    """Mean loss of stated and of stored questions, nats, on held-out rows."""
    P = stated_and_stored.PAIRS
    ids, answers = stated_and_stored.questions(rows, generator(seed))
    logits = model(ids, pairs_visible(3 * P, P))[0][:, P:]
    losses = cross_entropy(logits.flatten(0, 1), answers.flatten(), reduction="none").unflatten(0, answers.shape)
    return losses[:, :P].mean().item(), losses[:, P:].mean().item()


def measured_hops(models: Mapping[str, list[PairReader]]) -> dict[str, float]:
    """Mean accuracy of the five trainings of each shape, by hops."""
    each = {name: [hop_accuracy(model, UNSEEN) for model in trainings] for name, trainings in models.items()}
    return {
        f"{name}_accuracy_{hop + 1}_hops": sum(one[hop] for one in found) / len(found)
        for name, found in each.items()
        for hop in range(chained_pairs.MOST_HOPS)
    }


def measured_ratio(models: Mapping[str, list[PairReader]]) -> dict[str, float]:
    """Mean losses of the five trainings of each arm."""
    each = {name: [question_losses_of(model, UNSEEN) for model in trainings] for name, trainings in models.items()}
    return {
        f"{name}_{which}_loss": sum(one[at] for one in found) / len(found)
        for name, found in each.items()
        for at, which in enumerate(("stated", "stored"))
    }


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--task", choices=["hops", "ratio"], default="hops")
    options = parser.parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLANS[options.task], options.steps, [options.steps or PLANS[options.task].steps])
    rows = options.batch or BATCH
    if options.task == "hops":
        kinds = {
            name: Kind(partial(PairReader, shape), hop_losses(rows, plan), started) for name, shape in HOPS.items()
        }
        data = "rings of 8 symbols as pairs, with questions of one and two hops, fresh at every step"
    else:
        kinds = {name: Kind(partial(PairReader, shape), question_losses(rows)) for name, shape in RATIOS.items()}
        data = "12 stated pairs, fresh at every step, and a stored table of 1,024 answers"
    made = all_trained(kinds, plan, snapshots)
    measured = measured_hops if options.task == "hops" else measured_ratio
    finish(
        f"reader_{options.task}",
        made.one_of_each(),
        plan,
        options,
        measured(made.models),
        state=made.state,
        data=data,
        **made.told,
    )


@lru_cache(maxsize=32)
def hops_pretrained(shape: str, training: int) -> PairReader:
    """One training of one shape; share it."""
    return restored("reader_hops", shape, partial(PairReader, HOPS[shape]), training, -1)


@lru_cache(maxsize=64)
def ratio_pretrained(arm: str, training: int) -> PairReader:
    """One training of one hidden size; share it."""
    return restored("reader_ratio", arm, partial(PairReader, RATIOS[arm]), training, -1)


CHECKPOINTS = {
    "reader_hops": Made(lambda: measured_hops(shipped(HOPS, hops_pretrained)), "--task hops"),
    "reader_ratio": Made(lambda: measured_ratio(shipped(RATIOS, ratio_pretrained)), "--task ratio"),
}


if __name__ == "__main__":
    main()
