"""Four ways of learning without labels, with and without their guards: ``python -m models.training.paradigms``.

Five trainings of each arm side by side, with and without batch norm, under stripes of three strengths. The checkpoint
holds what was measured alone, as ``<method>.<removed guard>.<norm>.<texture>`` (5, trainings): effective rank, relative
spread, accuracy with one label per class and of a linear probe with all labels, and the loss of the last batches.
"""

import time
from collections.abc import Mapping

import torch
from torch import Tensor

from models.checkpoints import load_state
from models.contrastive.moved_digits import pixel_accuracy, pixel_probe
from models.contrastive.paradigm_training import ARMS, NORMS, RATE, STEPS, ParadigmTraining, judged
from models.contrastive.paradigms import Networks
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import Made

NAME = "paradigms"
TRAININGS, LAST = 5, 20
TEXTURES = 0.0, 0.5, 1.0


def key(method: str, removed: str, norm: str, texture: float) -> str:
    return f"{method}.{removed}.{norm}.{texture}"


def row(arm: tuple[str, str], norm: str, texture: float, steps: int = STEPS) -> Tensor:
    """Effective rank, spread, both accuracies and last loss of each training: (5, TRAININGS)."""
    training = ParadigmTraining(arm, norm, texture, range(TRAININGS))
    losses = [training.step() for _ in range(steps)]
    return torch.stack([*judged(training.networks, texture), torch.stack(losses[-LAST:]).mean(0)])


def untrained(norm: str, texture: float) -> Tensor:
    """Effective rank, spread and both accuracies before training: (4, TRAININGS)."""
    return torch.stack(list(judged(Networks(range(TRAININGS), NORMS[norm]), texture)))


def measured(state: Mapping[str, Tensor]) -> dict[str, float]:
    """Mean effective rank and accuracy of the trainings with batch norm, without texture and at its strongest."""
    found = {}
    for method, removed in ARMS:
        for texture in (TEXTURES[0], TEXTURES[-1]):
            rank, _, accuracy, probe, _ = state[key(method, removed, "batch norm", texture)].mean(1).tolist()
            found[f"rank, {method}, without {removed}, texture {texture}"] = rank
            found[f"accuracy, {method}, without {removed}, texture {texture}"] = accuracy
            found[f"probe, {method}, without {removed}, texture {texture}"] = probe
    return found


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    steps, started, state = max(LAST, options.steps or STEPS), time.perf_counter(), dict[str, Tensor]()
    for texture in TEXTURES:
        state[f"pixels.{texture}"] = torch.tensor([pixel_accuracy(texture), pixel_probe(texture)])
        for norm in NORMS:
            state[key("untrained", "none", norm, texture)] = untrained(norm, texture)
            for arm in ARMS:
                state[key(*arm, norm, texture)] = row(arm, norm, texture, steps)
                print(key(*arm, norm, texture), state[key(*arm, norm, texture)].mean(1).tolist(), flush=True)
    state = {name: values.half().float() for name, values in state.items()}
    finish(
        NAME, Networks([0], NORMS["batch norm"]), Plan(steps, RATE), options, measured(state), state=state,
        data="moved digits of scikit-learn under stripes", trainings=TRAININGS,
        seconds=round(time.perf_counter() - started, 1),
    )  # fmt: skip


CHECKPOINTS = {NAME: Made(lambda: measured(load_state(NAME)))}


if __name__ == "__main__":
    main()
