"""Three routed blocks that share a text's hard tokens: ``python -m models.training.stacked_depths``.

Five trainings of two arms. Each block takes 3 tokens of 32, and 8 are hard. In the first half of the training the
tokens are chosen at random, so that every block learns what it could do for a hard token; then its router chooses, or,
in the arm “random”, chance still does.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn

from models.data.symbols_among_fillers import CHARACTERS, CLASSES, LENGTH, texts
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.routed_depth_arms import HIDDEN
from models.training.routed_depths import BATCH, HELD_OUT, routed_loss
from models.training.side_by_side import SideBySide
from models.transformer.decoder import DecoderConfig
from models.transformer.mixture_of_depths import RoutedConfig
from models.transformer.stacked_depths import StackedDepths

NAME = "stacked_depths"
BLOCKS, TAKEN = 3, 3
CONFIG = RoutedConfig(DecoderConfig(CHARACTERS, 24, BLOCKS, 1, 1, 4, HIDDEN, LENGTH), CLASSES)
PLAN = plan_of(500)
ARMS: Mapping[str, float] = {"learned": 0.5, "random": 1.0}
"""Share of the training in which chance chooses the tokens."""


def build() -> StackedDepths:
    return StackedDepths(CONFIG)


def at_random(rows: int, draws: torch.Generator) -> Tensor:
    """Scores by which chance chooses the tokens of each block: (B, L, T)."""
    return torch.rand(rows, BLOCKS, LENGTH, generator=draws)


class Trainee(StackedDepths):
    """For trainings side by side: first come logits, who entered each block and the predictors' logits."""

    def __init__(self) -> None:
        super().__init__(CONFIG)

    def forward(self, ids: Tensor, scores: Tensor | None = None) -> tuple[tuple[Tensor, ...], None]:  # type: ignore[override]
        logits, traces = super().forward(ids, TAKEN, scores)
        entered = torch.stack([trace.entered for trace in traces], dim=1)  # (B, L, T)
        return (logits, entered, torch.stack([trace.predicted for trace in traces], dim=1)), None


def started(model: StackedDepths) -> None:
    """Every block begins with no update, as in ``routed_depths``."""
    with torch.no_grad():
        for layer in range(BLOCKS):
            block = model.get_submodule(f"routed.{layer}.block")
            block.get_parameter("attention.to_out.weight").zero_()
            block.get_parameter("feed_forward.to_out.weight").zero_()


def losses(chance: float, rows: int, steps: int) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses."""
    step = 0

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        nonlocal step
        step += 1
        ids, classes, hard = apart(texts(TRAININGS * rows, draws))
        given = apart((at_random(TRAININGS * rows, draws),)) if step <= chance * steps else ()
        return TRAININGS * routed_loss(models(ids, *given), classes, hard)

    return loss


@torch.inference_mode()
def hard_accuracy(model: StackedDepths, arm: str, seed: int, rows: int = HELD_OUT) -> float:
    """The share of hard tokens of held-out texts whose class is right."""
    draws = generator(seed)
    ids, classes, hard = texts(rows, draws)
    logits, _ = model(ids, TAKEN, at_random(rows, draws) if arm == "random" else None)
    return (logits.argmax(dim=-1) == classes)[hard].float().mean().item()


def measured(models: Mapping[str, list[StackedDepths]]) -> dict[str, float]:
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
    kinds = {arm: Kind(build, losses(chance, rows, plan.steps), started, Trainee) for arm, chance in ARMS.items()}
    made = all_trained(kinds, plan, snapshots)
    finish(
        NAME, nn.ModuleList(made.one_of_each()), plan, options, measured(made.models), state=made.state,
        data="texts of 8 hard tokens and 24 fillers, fresh at every step", batch=rows, **made.told,
    )  # fmt: skip


@lru_cache(maxsize=16)
def pretrained(arm: str, training: int) -> StackedDepths:
    """One training of one arm; share it."""
    return restored(NAME, arm, build, training)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(ARMS, pretrained)))}


if __name__ == "__main__":
    main()
