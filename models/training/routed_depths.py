"""Small decoders with one routed block, and their rivals: ``python -m models.training.routed_depths``.

Five trainings of each arm. Who enters the routed block, and by what its update is multiplied, differs; “dense” has an
MLP so small that its multiplications are those of the routed arms.
"""

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from models.data.symbols_among_fillers import texts
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, shipped, tried
from models.training.finish import finish
from models.training.metrics import UNSEEN
from models.training.options import arguments
from models.training.recipes import Made
from models.training.routed_depth_arms import ARMS, NAME, build, config, pretrained
from models.training.side_by_side import SideBySide
from models.transformer.mixture_of_depths import MixtureOfDepths

PLAN = plan_of(500)
BATCH, HELD_OUT = 16, 64
FILLER_WEIGHT = 0.1
"""Of a filler's loss: fillers are three quarters of all tokens and need nothing."""


class Trainee(MixtureOfDepths):
    """The same for trainings side by side: first come logits, who entered and the predictor's logits."""

    def __init__(self, arm: str) -> None:
        super().__init__(config(arm), ARMS[arm].factor)
        self.k = ARMS[arm].k

    def forward(self, ids: Tensor, scores: Tensor | None = None) -> tuple[tuple[Tensor, ...], None]:  # type: ignore[override]
        logits, trace = super().forward(ids, self.k, scores)
        return (logits, trace.entered, trace.predicted), None


def started(model: MixtureOfDepths) -> None:
    """The routed block begins with no update: the first that it learns is of use, whoever enters."""
    with torch.no_grad():
        model.routed.block.attention.to_out.weight.zero_()
        model.routed.block.feed_forward.to_out.weight.zero_()


def routed_loss(outputs: tuple[Tensor, Tensor, Tensor], classes: Tensor, hard: Tensor) -> Tensor:
    """The mean of the trainings' losses: of the classes, and of the predictors, which the stream never feels."""
    logits, entered, predicted = outputs
    weight = torch.where(hard, 1.0, FILLER_WEIGHT)
    each = cross_entropy(logits.flatten(0, 2), classes.flatten(), reduction="none").view_as(weight)
    return (weight * each).sum() / weight.sum() + binary_cross_entropy_with_logits(predicted, entered.float())


def losses(arm: str, rows: int) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses."""
    scores = ARMS[arm].scores

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        ids, classes, hard = apart(texts(TRAININGS * rows, draws))
        given = () if scores is None else apart((scores(TRAININGS * rows, draws),))
        return TRAININGS * routed_loss(models(ids, *given), classes, hard)

    return loss


@torch.inference_mode()
def hard_accuracy(model: MixtureOfDepths, arm: str, seed: int, rows: int = HELD_OUT) -> float:
    """The share of hard tokens of held-out texts whose class is right."""
    draws = generator(seed)
    ids, classes, hard = texts(rows, draws)
    scores = ARMS[arm].scores
    logits, _ = model(ids, ARMS[arm].k, scores and scores(rows, draws))
    return (logits.argmax(dim=-1) == classes)[hard].float().mean().item()


def measured(models: Mapping[str, list[MixtureOfDepths]]) -> dict[str, float]:
    """Mean accuracy on hard tokens of the five trainings of each arm."""
    return {
        f"{arm}_hard_accuracy": sum(hard_accuracy(one, arm, UNSEEN) for one in trainings) / len(trainings)
        for arm, trainings in models.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, [options.steps or PLAN.steps])
    rows = options.batch or BATCH
    kinds = {arm: Kind(partial(build, arm), losses(arm, rows), started, partial(Trainee, arm)) for arm in ARMS}
    made = all_trained(kinds, plan, snapshots)
    finish(
        NAME,
        nn.ModuleList(made.one_of_each()),
        plan,
        options,
        measured(made.models),
        state=made.state,
        data="texts of 8 hard tokens and 24 fillers, fresh at every step",
        batch=rows,
        **made.told,
    )


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(ARMS, pretrained)))}
if __name__ == "__main__":
    main()
