"""Decision transformers of random walks, and clones: ``python -m models.training.return_conditioned``.

Three trainings of each kind, all kinds of a checkpoint side by side; every training has 3,000 walks of its own. A
weight of a checkpoint is (K, N, …): kinds, trainings.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.checkpoints import load_state
from models.data.grid_world import STEPS
from models.seeding import seeded
from models.training.cells import one_of
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.kinds_side_by_side import halves
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.return_conditioned_kinds import (
    ARMS,
    CONFIG,
    TRAINED_TOGETHER,
    TRAININGS,
    WALKS,
    Kind,
    build,
    lesson_of,
    played,
)
from models.training.side_by_side import SideBySide

BATCH = 40
PLAN = Plan(steps=450, learning_rate=1e-2, warm_up=30, weight_decay=0.0)


def measured(weights: Mapping[str, Tensor], kinds: Sequence[Kind]) -> dict[str, float]:
    """The mean return of 100 episodes that were asked for 3 and for 8, the lowest and the highest of the trainings."""
    found = {}
    for at, kind in enumerate(kinds):
        models = [one_of(weights, build, at, training) for training in range(TRAININGS)]
        for asked in (3, 8):
            means = [played(m, kind, torch.full((100,), float(asked)), UNSEEN).returns.mean().item() for m in models]
            found[f"return_of_{kind.replace(' ', '_')}_asked_for_{asked}"] = means
    return extremes(found)


CHECKPOINTS = {
    name: Made(lambda name=name, kinds=kinds: measured(load_state(name), kinds), f"--checkpoint {name}")
    for name, kinds in TRAINED_TOGETHER.items()
}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--checkpoint", choices=list(TRAINED_TOGETHER), default="return_conditioned")
    options = parser.parse_args()
    torch.set_num_threads(1)
    kinds, batch = TRAINED_TOGETHER[options.checkpoint], options.batch or BATCH
    each = [lesson_of(kind, training) for kind in kinds for training in range(TRAININGS)]
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps, clip=1.0 * len(each))
    together = SideBySide([seeded(build, training) for _ in kinds for training in range(TRAININGS)])

    def loss(draws: torch.Generator) -> Tensor:
        rows = [torch.randint(len(moves), (batch,), generator=draws) for *_, moves in each]
        some = [[part[at] for part in parts] for at, parts in zip(rows, each, strict=True)]
        returns, cells, moves = (torch.stack(parts) for parts in zip(*some, strict=True))  # (K·N, B, T) each
        logits = together(returns, cells, moves)
        return len(each) * cross_entropy(logits.flatten(0, 2), moves.flatten())

    seconds = train(together, loss, plan)
    state = halves(together, len(kinds), TRAININGS)
    told = {
        "data": f"{WALKS} random walks of {STEPS} steps for each training",
        "architecture": dataclasses.asdict(CONFIG),
        "kinds": {kind: ARMS[kind]._asdict() for kind in kinds},
        "trainings": TRAININGS,
        "seconds": round(seconds, 1),
    }
    finish(options.checkpoint, together, plan, options, measured(state, kinds), state=state, **told)


if __name__ == "__main__":
    main()
