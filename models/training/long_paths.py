"""Readers of long paths, graph transformers and message passing: ``python -m models.training.long_paths``.

All arms see the same graphs for the same number of steps; each is trained three times, side by side.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from models.data.long_paths import LongPaths, long_paths
from models.graphs.pretrained_readers import (
    BUILDS,
    DEPTH,
    ENCODED,
    HEADS,
    LAYERS,
    NAME,
    TRAININGS,
    WIDTH,
    Encoded,
    encoded,
    inputs,
    pretrained,
    random_signs,
)
from models.seeding import generator, seeded
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped

PLAN = Plan(
    steps=1000, learning_rate=3e-3, warm_up=20, weight_decay=0.0, clip=1.0 * TRAININGS, enough=0.002 * TRAININGS
)
BATCH, POOL, HELD_OUT = 24, 4096, 256


def part(given: Encoded, at: Tensor) -> Encoded:
    """Some of the graphs."""
    graphs = LongPaths(*(tensor[at] for tensor in given.graphs))
    return Encoded(graphs, given.hops[at], given.laplacian[at], given.walks[at])


def loss_of(models: SideBySide, arm: str, pool: Encoded, batch: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses in nats per asking node, each on graphs of its own."""
    chosen = part(pool, torch.randint(len(pool.hops), (TRAININGS * batch,), generator=draws))
    signs = random_signs(TRAININGS * batch, draws)
    signs = torch.ones_like(signs) if arm.endswith("signs fixed") else signs
    split = [tensor.unflatten(0, (TRAININGS, batch)) for tensor in inputs(arm, chosen, signs)]
    logits = models(*split).flatten(0, 1)  # (B, N)
    asked = chosen.graphs.asked
    return TRAININGS * binary_cross_entropy_with_logits(logits[asked], chosen.graphs.labels[asked].float())


@torch.inference_mode()
def accuracy(model: nn.Module, arm: str, given: Encoded, signs: Tensor) -> float:
    """The share of asking nodes that are answered correctly."""
    logits, _ = model(*inputs(arm, given, signs))
    asked = given.graphs.asked
    return ((logits > 0) == given.graphs.labels.bool())[asked].float().mean().item()


def measured(models: Mapping[tuple[int, str], Any]) -> dict[str, float]:
    """Accuracy on graphs of no training, the mean of all trainings of an arm."""
    draws = generator(UNSEEN)
    graphs = encoded(long_paths(HELD_OUT, draws))
    signs = random_signs(HELD_OUT, draws)
    found = {arm: [accuracy(models[n, arm], arm, graphs, signs) for n in range(TRAININGS)] for arm in BUILDS}
    return {f"accuracy, {arm}": sum(values) / TRAININGS for arm, values in found.items()}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    batch, seconds = options.batch or BATCH, 0.0
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    pool = encoded(long_paths(POOL, generator(plan.seed)))
    models: dict[tuple[int, str], nn.Module] = {}
    for arm, build in BUILDS.items():
        print(arm, flush=True)
        together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)])
        seconds += train(together, lambda draws, m=together, a=arm: loss_of(m, a, pool, batch, draws), plan)
        for training, state in enumerate(together.states()):
            models[training, arm] = shipped(build, state)
    told = {
        "data": "paths of 16 nodes with a bit each and up to 8 leaves; every path node asks for the bit 8 hops away",
        "architecture": {"width": WIDTH, "heads": HEADS, "layers": LAYERS, "deep": DEPTH, "encoded": ENCODED},
        "trainings": TRAININGS,
        "stops": f"at a running mean loss of {PLAN.enough / TRAININGS}",
        "seconds": round(seconds, 1),
    }
    state = {f"{n}.{arm}.{key}": weight for (n, arm), m in models.items() for key, weight in m.state_dict().items()}
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {NAME: Made(lambda: measured({(n, arm): pretrained(arm, n) for n in range(TRAININGS) for arm in BUILDS}))}


if __name__ == "__main__":
    main()
