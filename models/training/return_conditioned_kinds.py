"""The kinds of ``models.training.return_conditioned``: what each learns from, how it plays, its shipped trainings."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from models.checkpoints import load_state
from models.data.grid_world import CELLS, MOVES, STEPS, Episodes, Rewards, returns_to_go, starts, wandering
from models.data.grid_world import played as played_by
from models.seeding import generator
from models.training.cells import one_of
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
WALKS, TRAININGS = 3000, 3
CONFIG = DecoderConfig(vocabulary=0, width=24, layers=2, heads=2, kv_heads=2, head_width=12, hidden=48, context=STEPS)


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
