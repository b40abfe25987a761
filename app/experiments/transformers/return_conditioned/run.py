"""A grid with coins: the return that a model is asked for, and the one that it earns."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.grid_world import CELLS, CORNERS, STEPS, Episodes
from models.parameter_count import parameter_count
from models.training.return_conditioned_kinds import (
    ARMS,
    COUNTED,
    TRAININGS,
    Counted,
    Kind,
    played,
    pretrained,
    read_returns,
    walks_of,
)
from models.transformer.decision_transformer import still_asked

ASKED = tuple(range(15))
ROLLOUTS = 16
"""Episodes for each asked return."""
LITTLE, MUCH = 1, 9
CLONES: tuple[Kind, Kind] = "clone of all walks", "clone of the best tenth"


class ReturnControls(Controls):
    kind: Kind = Field("decision transformer", title="Model", description="Each a training of its own")
    asked: int = Field(4, ge=0, le=14, title="Return asked for")
    counted: Counted = Field("at once", title="Rewards taken off")
    block: int = Field(1, ge=0, le=1, title="Block whose attention is shown", json_schema_extra=MORE)


class ReturnResult(NamedTuple):
    controls: ReturnControls
    earned: Tensor  # (R,) mean return at each of ASKED
    clones: Mapping[Kind, float]  # mean return of each clone
    data: Tensor  # (W,) returns of the walks that the model learned from
    visits: Tensor  # (S,) mean steps on each cell at the asked return
    episode: Episodes  # (1, T) one at the asked return
    weights: Tensor  # (3T, 3T) attention on it, mean of the heads
    parameters: int

    @property
    def coins(self) -> list[int]:
        """Cells that earn, none in a lottery."""
        return list(CORNERS.get(ARMS[self.controls.kind].rewards, ()))


@memo
def episodes(kind: Kind, counted: Counted, seed: int) -> Episodes:
    """ROLLOUTS episodes for each of ASKED: (R · ROLLOUTS, T)."""
    asked = torch.tensor(ASKED, dtype=torch.float).repeat_interleave(ROLLOUTS)
    return played(pretrained(kind, seed % TRAININGS), kind, asked, seed, counted)


@memo
def cloned(kind: Kind, seed: int) -> float:
    """The mean return of a clone, which is not asked for any."""
    model = pretrained(kind, seed % TRAININGS)
    return played(model, kind, torch.zeros(3 * ROLLOUTS), seed).returns.mean().item()


@memo
def returns_of_walks(kind: Kind, training: int) -> Tensor:
    return walks_of(kind, training).returns


@torch.inference_mode()
def run(controls: ReturnControls, device: str) -> ReturnResult:
    """On the CPU whatever the device: episodes of a few hundred numbers keep no other one busy."""
    c = controls
    model, found = pretrained(c.kind, c.seed % TRAININGS), episodes(c.kind, c.counted, c.seed)
    returns = found.returns.unflatten(0, (len(ASKED), ROLLOUTS))
    at = slice(c.asked * ROLLOUTS, (c.asked + 1) * ROLLOUTS)
    visited = torch.nn.functional.one_hot(found.cells[at], CELLS).float().sum(dim=1).mean(dim=0)
    one = Episodes(*(part[at][:1] for part in found))
    still = still_asked(torch.tensor([float(c.asked)]), COUNTED[c.counted](one.rewards[:, :-1]))
    _, trace = model(read_returns(c.kind, still), one.cells, one.moves)
    return ReturnResult(
        c, returns.mean(dim=1), {kind: cloned(kind, c.seed) for kind in CLONES},
        returns_of_walks(c.kind, c.seed % TRAININGS), visited, one, trace.weights[c.block][0].mean(dim=0),
        parameter_count(model),
    )  # fmt: skip


def measure(result: ReturnResult) -> Measurements:
    earned, asked = result.earned, result.controls.asked
    return {
        "asked_return": float(asked),
        "earned_return": earned[asked].item(),
        "off_asked_return": (earned[asked] - asked).abs().item(),
        "gain_return": (earned[MUCH] - earned[LITTLE]).item(),
        "asked_for_most_return": earned[-1].item(),
        "clone_return": result.clones[CLONES[0]],
        "best_tenth_return": result.clones[CLONES[1]],
        "lead_over_clone_return": earned[MUCH].item() - result.clones[CLONES[0]],
        "data_mean_return": result.data.mean().item(),
        "data_best_return": result.data.max().item(),
        "steps": STEPS,
    }
