"""One-layer models that copy from 1, 2 or 4 positions with 1 to 32 heads: ``python -m models.training.offset_copiers``.

All have one width, and each is trained several times; they lie in one checkpoint under ``<training>.<heads>x<places>``.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.attention.offset_copier import OffsetCopier, symbols_back
from models.language import pretrained_text_models as texts
from models.seeding import generator, seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped

NAME = "offset_copiers"
HEADS, PLACES = (1, 2, 4, 8, 16, 32), (1, 2, 4)
OFFSETS = 2, 4, 5, 7
SYMBOLS, LENGTH, WIDTH = 8, 18, 32
TRAININGS = 5
PLAN = Plan(steps=2000, learning_rate=1e-2, warm_up=50, weight_decay=0.0, enough=0.01 * TRAININGS, clip=1.0 * TRAININGS)
BATCH, HELD_OUT = 24, 256


def copier(heads: int, places: int) -> OffsetCopier:
    return OffsetCopier(SYMBOLS, LENGTH, WIDTH, heads, places)


def random_symbols(rows: int, draws: torch.Generator) -> Tensor:
    """Nothing in a row can be guessed: what is copied must be looked up. (rows, T)"""
    return torch.randint(SYMBOLS, (rows, LENGTH), generator=draws, device=draws.device)


def asked(logits: Tensor, offsets: Sequence[int]) -> Tensor:
    """The answers of the positions that have every place behind them."""
    return logits[:, max(offsets) :]


def loss_of(models: SideBySide, places: int, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses, each on rows of its own."""
    ids = random_symbols(TRAININGS * rows, draws)  # (N·B, T)
    logits, offsets = models(ids.unflatten(0, (TRAININGS, rows))).flatten(0, 1), OFFSETS[:places]
    wanted = symbols_back(ids, offsets)
    return TRAININGS * cross_entropy(asked(logits, offsets).flatten(0, 2), wanted.flatten())


@torch.inference_mode()
def accuracy_by_place(model: OffsetCopier, ids: Tensor) -> Tensor:
    """The share of right symbols at every place, (P,)."""
    offsets = OFFSETS[: model.places]
    right = asked(model(ids)[0], offsets).argmax(dim=-1) == symbols_back(ids, offsets)
    return right.float().mean(dim=(0, 1))


def name_of(training: int, heads: int, places: int) -> str:
    return f"{training}.{heads}x{places}"


def measured(models: Mapping[tuple[int, int, int], OffsetCopier]) -> dict[str, float]:
    """The share of right symbols for every number of heads and positions, the lowest and highest of the trainings."""
    ids = random_symbols(HELD_OUT, generator(UNSEEN)).to(next(iter(models.values())).embedding.weight.device)
    found: dict[str, list[float]] = {}
    for (_, heads, places), model in models.items():
        found.setdefault(f"{heads}x{places}", []).append(accuracy_by_place(model, ids).mean().item())
    return extremes(found, "{which}_accuracy_{name}")


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    batch, seconds = options.batch or BATCH, 0.0
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    models: dict[tuple[int, int, int], OffsetCopier] = {}
    for heads in HEADS:
        for places in PLACES:
            build = lambda heads=heads, places=places: copier(heads, places)
            together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)]).to(options.device)
            seconds += train(together, lambda draws, m=together, p=places: loss_of(m, p, batch, draws), plan)
            for training, state in enumerate(together.states()):
                models[training, heads, places] = shipped(build, state)
    told = {
        "data": f"random rows of {LENGTH} symbols out of {SYMBOLS}, fresh at every step",
        "architecture": {"symbols": SYMBOLS, "length": LENGTH, "width": WIDTH},
        "heads": list(HEADS),
        "symbols back": list(OFFSETS),
        "trainings": TRAININGS,
        "stops": f"at a running mean loss of {PLAN.enough / TRAININGS}",
        "seconds": round(seconds, 1),
    }
    state = {f"{name_of(*key)}.{k}": w for key, model in models.items() for k, w in model.state_dict().items()}
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {
    NAME: Made(
        lambda: measured(
            {
                (training, heads, places): texts.offset_copier(heads, places, training)
                for training in range(TRAININGS)
                for heads in HEADS
                for places in PLACES
            }
        )
    )
}


if __name__ == "__main__":
    main()
