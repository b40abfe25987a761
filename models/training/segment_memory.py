"""Transformer-XLs that answer where a thing was moved last: ``python -m models.training.segment_memory``.

Three trainings of each kind side by side lie in the checkpoint ``segment_memory`` under ``0.cache.`` and so on: with a
cache, without one, and with a cache and absolute positions.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.checkpoints import restored
from models.data.moved_things import NOT_ASKED, SYMBOLS, texts
from models.seeding import generator, seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped
from models.transformer.absolute_xl import AbsoluteXL
from models.transformer.segments import SEGMENT, WholeText, segments
from models.transformer.transformer_xl import TransformerXL, XLConfig

NAME = "segment_memory"
TRAININGS, BATCH, LENGTH = 3, 12, 4 * SEGMENT
CONFIG = XLConfig(SYMBOLS, width=32, layers=2, heads=2, hidden=64)
PLAN = Plan(steps=500, learning_rate=6e-3, warm_up=50, weight_decay=0.0, clip=1.0 * TRAININGS)
KINDS: Mapping[str, tuple[Callable[[], TransformerXL], int]] = {
    "cache": (lambda: TransformerXL(CONFIG), SEGMENT),
    "no cache": (lambda: TransformerXL(CONFIG), 0),
    "absolute": (lambda: AbsoluteXL(CONFIG), SEGMENT),
}
"""How to build each kind, and the tokens that its cache holds in training."""


def loss(models: SideBySide, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses on the questions whose answer stands somewhere before."""
    ids, answers, _ = texts(TRAININGS * rows, LENGTH, draws)
    logits = models(ids.unflatten(0, (TRAININGS, rows)))
    return TRAININGS * cross_entropy(logits.flatten(0, 2), answers.flatten(), ignore_index=NOT_ASKED)


@torch.inference_mode()
def accuracy(model: TransformerXL, length: int) -> float:
    """The share of questions answered right behind the first segment of new texts."""
    ids, answers, _ = texts(128, LENGTH, generator(UNSEEN))
    right = segments(model, ids, length).argmax(dim=-1) == answers
    asked = answers != NOT_ASKED
    return right[:, SEGMENT:][asked[:, SEGMENT:]].float().mean().item()


def measured(models: Mapping[tuple[int, str], TransformerXL]) -> dict[str, float]:
    """Accuracy by kind with the cache of training, the lowest and highest of the trainings."""
    by_kind = {kind: [accuracy(m, KINDS[kind][1]) for (_, k), m in models.items() if k == kind] for kind in KINDS}
    return extremes(by_kind, "{which} accuracy, {name}")


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, rows = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), options.batch or BATCH
    models, seconds = dict[tuple[int, str], TransformerXL](), 0.0
    for kind, (build, length) in KINDS.items():
        whole = lambda build=build, length=length: WholeText(build(), length)
        together = SideBySide([seeded(whole, seed) for seed in range(TRAININGS)]).to(options.device)
        seconds += train(together, lambda draws, m=together: loss(m, rows, draws), plan)
        for training, weights in enumerate(together.states()):
            models[training, kind] = shipped(whole, weights).model
    state = {f"{n}.{kind}.{k}": w for (n, kind), model in models.items() for k, w in model.state_dict().items()}
    finish(
        NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state,
        data=f"texts of {LENGTH} moves and questions, fresh at every step", architecture=dataclasses.asdict(CONFIG),
        segment=SEGMENT, batch=rows, kinds=list(KINDS), trainings=TRAININGS, seconds=round(seconds, 1),
    )  # fmt: skip


@lru_cache(maxsize=16)
def pretrained(kind: str, training: int = 0, device: str = "cpu") -> TransformerXL:
    """A model of one kind and training; share it."""
    return restored(KINDS[kind][0], NAME, device, own=f"{training}.{kind}.")


CHECKPOINTS = {
    NAME: Made(lambda: measured({(n, kind): pretrained(kind, n) for n in range(TRAININGS) for kind in KINDS}))
}


if __name__ == "__main__":
    main()
