"""Decision transformers of random walks, and clones: ``python -m models.training.return_conditioned``.

Three trainings of each kind, all kinds of a checkpoint side by side; every training has 3,000 walks of its own. A
weight of a checkpoint is (K, N, …): kinds, trainings.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

from models.checkpoints import load_state
from models.data.grid_world import CELLS, MOVES, STEPS, Episodes, Rewards, returns_to_go, starts, wandering
from models.data.grid_world import played as played_by
from models.seeding import generator, seeded
from models.training.cells import one_of
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.kinds_side_by_side import halves
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide
from models.transformer.decision_transformer import DecisionTransformer, action_probabilities, still_asked
from models.transformer.decoder import DecoderConfig

Kind = Literal[
    "decision transformer", "other corner", "lottery", "returns exchanged", "clone of all walks",
    "clone of the best tenth",
]  # fmt: skip


Counted = Literal["at once", "a step late", "never"]
COUNTED: Mapping[Counted, Callable[[Tensor], Tensor]] = {
    "at once": torch.clone,
    "a step late": lambda gained: pad(gained, (1, 0))[:, : gained.shape[1]],
    "never": torch.zeros_like,
}
"""Rewards (B, t − 1) as they are taken from the asked return."""


class Arm(NamedTuple):
    """What a kind learns from; a clone is given a return of zero, whatever the walk earned."""

    rewards: Rewards
    reads_returns: bool = True
    share: float = 1.0  # of the walks, those of highest return
    exchanged: bool = False  # each walk is told the returns of another


ARMS: Mapping[Kind, Arm] = {
    "decision transformer": Arm("coins in one corner"),
    "other corner": Arm("coins in another corner"),
    "lottery": Arm("a lottery"),
    "clone of all walks": Arm("coins in one corner", reads_returns=False),
    "clone of the best tenth": Arm("coins in one corner", reads_returns=False, share=0.1),
    "returns exchanged": Arm("coins in one corner", exchanged=True),
}
TRAINED_TOGETHER: Mapping[str, tuple[Kind, ...]] = {
    "return_conditioned": (
        "decision transformer", "other corner", "lottery", "clone of all walks", "clone of the best tenth",
    ),
    "returns_exchanged": ("returns exchanged",),
}  # fmt: skip
"""Checkpoint → the kinds in it."""
WALKS, TRAININGS, BATCH = 3000, 3, 40
CONFIG = DecoderConfig(vocabulary=0, width=24, layers=2, heads=2, kv_heads=2, head_width=12, hidden=48, context=STEPS)
PLAN = Plan(steps=450, learning_rate=1e-2, warm_up=30, weight_decay=0.0)


def build() -> DecisionTransformer:
    return DecisionTransformer(CONFIG, CELLS, MOVES)


def walks_of(kind: Kind, training: int) -> Episodes:
    """The walks that one training learns from, the best first; kinds with the same rewards share them."""
    arm = ARMS[kind]
    walks = wandering(WALKS, arm.rewards, generator(training))
    best = walks.returns.argsort(descending=True, stable=True)[: round(arm.share * WALKS)]
    return Episodes(*(part[best] for part in walks))


def read_returns(kind: Kind, returns: Tensor) -> Tensor:
    """Returns-to-go as the model reads them: as a share of the steps, or zero for a clone."""
    return returns / STEPS * ARMS[kind].reads_returns


@torch.inference_mode()
def played(model: DecisionTransformer, kind: Kind, asked: Tensor, seed: int, counted: Counted = "at once") -> Episodes:
    """One episode for each of the asked returns (B,); ``counted`` is when a reward is taken from what is asked."""
    draws = generator(seed)

    def policy(cells: Tensor, moves: Tensor, gained: Tensor) -> Tensor:
        returns = still_asked(asked, COUNTED[counted](gained))  # (B, t)
        actions = torch.cat([moves, moves.new_zeros(len(moves), 1)], dim=1)  # (B, t)
        z = model(read_returns(kind, returns), cells, actions)[0][:, -1]  # (B, A)
        return torch.multinomial(action_probabilities(z), 1, generator=draws)[:, 0]

    return played_by(policy, starts(len(asked)), ARMS[kind].rewards, draws)


def lesson_of(kind: Kind, training: int) -> tuple[Tensor, Tensor, Tensor]:
    """What one training learns from: returns-to-go as the model reads them, cells and moves, (W, T) each."""
    walks = walks_of(kind, training)
    returns = read_returns(kind, returns_to_go(walks.rewards))
    if ARMS[kind].exchanged:
        returns = returns[torch.randperm(len(returns), generator=generator(training))]
    return returns, walks.cells, walks.moves


@lru_cache(maxsize=18)
def pretrained(kind: Kind, training: int) -> DecisionTransformer:
    """One of the shipped ones; share it."""
    name, kinds = next((name, kinds) for name, kinds in TRAINED_TOGETHER.items() if kind in kinds)
    return one_of(load_state(name), build, kinds.index(kind), training)


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
