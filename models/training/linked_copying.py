"""Differentiable neural computers that copy rows of bits: ``python -m models.training.linked_copying``.

Five trainings in one checkpoint: ``linked``, with snapshots, and ``unlinked``, which has no links. Texts, batches and
sizes are those of ``copying``, whose machines shift instead; here half as many steps are enough.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch

from models.memory.held_stages import Unlinked
from models.memory.neural_computer import NeuralComputer
from models.training.cells import Kind, all_trained, plan_of, restored, shipped, tried
from models.training.copying import BATCH, HIDDEN, LONGEST, ROWS, SIZES, WIDTH, losses, measured
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import Made

NAME = "linked_copying"
SNAPSHOTS = (0, 150, 300, 600, 1200)
PLAN = plan_of(SNAPSHOTS[-1], 1e-2)

COMPUTERS: Mapping[str, type[NeuralComputer]] = {"linked": NeuralComputer, "unlinked": Unlinked}
BUILDS: Mapping[str, Callable[[], NeuralComputer]] = {kind: partial(build, *SIZES) for kind, build in COMPUTERS.items()}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, SNAPSHOTS)
    rows = options.batch or BATCH
    kinds = {
        name: Kind(build, losses(rows), snapshots=None if name == "linked" else [plan.steps])
        for name, build in BUILDS.items()
    }
    made = all_trained(kinds, plan, snapshots)
    told = {
        "data": f"1 to {LONGEST} rows of random bits, fresh at every step",
        "architecture": {"hidden": HIDDEN, "memory": [ROWS, WIDTH]},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=32)
def pretrained(kind: str, training: int, snapshot: int = -1, device: str = "cpu") -> NeuralComputer:
    """A computer of one training; share it."""
    return restored(NAME, kind, BUILDS[kind], training, snapshot).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(BUILDS, pretrained)))}


if __name__ == "__main__":
    main()
