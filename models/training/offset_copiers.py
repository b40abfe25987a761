"""One-layer models that copy from 1, 2 or 4 places with 1 to 32 heads: ``python -m models.training.offset_copiers``.

All of them are trained alike and have one width; they lie in one checkpoint, each under ``<heads>x<places>``.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.attention.offset_copier import OffsetCopier, symbols_back
from models.seeding import generator, seeded
from models.training.finish import finish
from models.training.language import arguments, rounded
from models.training.loop import Plan, train
from models.training.metrics import UNSEEN

NAME = "offset_copiers"
HEADS, PLACES = (1, 2, 4, 8, 16, 32), (1, 2, 4)
OFFSETS = 2, 4, 5, 7
SYMBOLS, LENGTH, WIDTH = 8, 18, 32
PLAN = Plan(steps=500, learning_rate=1e-2, warm_up=50, weight_decay=0.0)
BATCH, HELD_OUT = 48, 256


def copier(heads: int, places: int) -> OffsetCopier:
    return OffsetCopier(SYMBOLS, LENGTH, WIDTH, heads, places)


def random_symbols(rows: int, draws: torch.Generator) -> Tensor:
    """Nothing in a row can be guessed: what is copied must be looked up. (rows, T)"""
    return torch.randint(SYMBOLS, (rows, LENGTH), generator=draws, device=draws.device)


def asked(logits: Tensor, offsets: Sequence[int]) -> Tensor:
    """The answers of the positions that have every place behind them."""
    return logits[:, max(offsets) :]


def loss_of(model: OffsetCopier, ids: Tensor) -> Tensor:
    offsets = OFFSETS[: model.places]
    return cross_entropy(asked(model(ids)[0], offsets).flatten(0, 2), symbols_back(ids, offsets).flatten())


@torch.inference_mode()
def accuracy_by_place(model: OffsetCopier, ids: Tensor) -> Tensor:
    """The share of right symbols at every place, (P,)."""
    offsets = OFFSETS[: model.places]
    right = asked(model(ids)[0], offsets).argmax(dim=-1) == symbols_back(ids, offsets)
    return right.float().mean(dim=(0, 1))


def name_of(heads: int, places: int) -> str:
    return f"{heads}x{places}"


def measured(models: Mapping[str, OffsetCopier]) -> dict[str, float]:
    """The share of right symbols for every number of heads and places."""
    ids = random_symbols(HELD_OUT, generator(UNSEEN)).to(next(iter(models.values())).embedding.weight.device)
    return {f"accuracy_{name}": accuracy_by_place(model, ids).mean().item() for name, model in models.items()}


def trained(heads: int, places: int, plan: Plan, batch: int, device: str) -> tuple[OffsetCopier, float]:
    """One of them, and the seconds it took."""
    model = seeded(lambda: copier(heads, places), plan.seed, device)
    seconds = train(model, lambda draws: loss_of(model, random_symbols(batch, draws)), plan)
    return rounded(model), seconds


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch = options.batch or BATCH
    models, seconds = nn.ModuleDict(), 0.0
    for heads in HEADS:
        for places in PLACES:
            models[name_of(heads, places)], took = trained(heads, places, plan, batch, options.device)
            seconds += took
    told = {
        "data": f"random rows of {LENGTH} symbols out of {SYMBOLS}, fresh at every step",
        "architecture": {"symbols": SYMBOLS, "length": LENGTH, "width": WIDTH},
        "heads": list(HEADS),
        "symbols back": list(OFFSETS),
        "tokens": len(models) * plan.steps * batch * LENGTH,
        "seconds": round(seconds, 1),
    }
    finish(NAME, models, plan, options, measured(models), **told)


if __name__ == "__main__":
    main()
