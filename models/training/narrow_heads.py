"""Single heads that look for a related token, 1 to 32 features wide: ``python -m models.training.narrow_heads``.

Two relations and several trainings; all lie in one checkpoint under ``<training>.<key width>x<relation>``.
"""

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.attention.narrow_head import NarrowHead, group_relation, random_relation
from models.language import pretrained_text_models as texts
from models.seeding import generator, seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped

NAME = "narrow_heads"
KEY_WIDTHS = 1, 2, 4, 8, 16, 32
WORDS, SYMBOLS, WIDTH, KEYS = 32, 8, 32, 8
RELATIONS: Mapping[str, Tensor] = {"random": random_relation(WORDS, seed=0), "two groups": group_relation(WORDS)}
TRAININGS = 5
PLAN = Plan(steps=2000, learning_rate=1e-2, warm_up=50, weight_decay=0.0, enough=0.02 * TRAININGS, clip=1.0 * TRAININGS)
BATCH, HELD_OUT = 128, 2048


def lookups(relation: Tensor, rows: int, draws: torch.Generator, keys: int = KEYS) -> tuple[Tensor, Tensor, Tensor]:
    """A query word (B,), key words (B, S) of which only the first is related to it, and symbols (B, S)."""
    on = {"generator": draws, "device": draws.device}
    a = torch.randint(WORDS, (rows,), **on)
    related = relation.to(draws.device)[a].float()  # (B, N)
    one = torch.multinomial(related, 1, generator=draws)
    others = torch.multinomial(1 - related, keys - 1, generator=draws)
    return a, torch.cat([one, others], dim=1), torch.randint(SYMBOLS, (rows, keys), **on)


def loss_of(models: SideBySide, relation: Tensor, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses, each on rows of its own."""
    drawn = lookups(relation, TRAININGS * rows, draws)
    logits = models(*(part.unflatten(0, (TRAININGS, rows)) for part in drawn)).flatten(0, 1)
    return TRAININGS * cross_entropy(logits, drawn[2][:, 0])


@torch.inference_mode()
def accuracy(model: NarrowHead, a: Tensor, b: Tensor, v: Tensor) -> float:
    """The share of rows answered with the symbol of the related key."""
    return (model(a, b, v)[0].argmax(dim=-1) == v[:, 0]).float().mean().item()


def name_of(training: int, key_width: int, relation: str) -> str:
    return f"{training}.{key_width}x{relation}"


def measured(models: Mapping[tuple[int, int, str], NarrowHead]) -> dict[str, float]:
    """The share of right answers by key width and relation, the lowest and the highest of the trainings."""
    device = next(iter(models.values())).symbol.weight.device
    found: dict[str, list[float]] = {}
    for (_, key_width, relation), model in models.items():
        asked = lookups(RELATIONS[relation], HELD_OUT, generator(UNSEEN))
        found.setdefault(f"{key_width}x{relation}", []).append(accuracy(model, *(part.to(device) for part in asked)))
    return extremes(found, "{which}_accuracy_{name}")


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    batch, seconds = options.batch or BATCH, 0.0
    models: dict[tuple[int, int, str], NarrowHead] = {}
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    for width in KEY_WIDTHS:
        for name, relation in RELATIONS.items():
            build = lambda width=width: NarrowHead(WORDS, SYMBOLS, WIDTH, width)
            together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)]).to(options.device)
            seconds += train(together, lambda draws, m=together, r=relation: loss_of(m, r, batch, draws), plan)
            for training, state in enumerate(together.states()):
                models[training, width, name] = shipped(build, state)
    told = {
        "data": f"rows of {KEYS} random words with symbols, one word related to the query's; fresh at every step",
        "architecture": {"words": WORDS, "symbols": SYMBOLS, "width": WIDTH},
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
                (training, width, relation): texts.narrow_head(width, relation, training)
                for training in range(TRAININGS)
                for width in KEY_WIDTHS
                for relation in RELATIONS
            }
        )
    )
}


if __name__ == "__main__":
    main()
