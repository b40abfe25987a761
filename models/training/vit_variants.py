"""Five small relatives of the vision transformer on digits: ``python -m models.training.vit_variants``.

DeiT learns from labels and a teacher, Swin compares two marks in different windows, MAE rebuilds masked patches, DINO
agrees with itself on two views, SigLIP pairs digits with their names. Each is trained several times; all lie in one
checkpoint under ``<training>.<arm>``.
"""

import dataclasses
from collections.abc import Mapping
from functools import lru_cache

from torch import nn

from models.checkpoints import restored
from models.data.digits import digits
from models.seeding import seeded
from models.training.digit_pictures import DATA, begin
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.recipes import Made
from models.training.side_by_side import shipped
from models.training.vit_arms import BUILDS, SIZES, loss_of, metric

NAME = "vit_variants"
TRAININGS = 2
PLAN = Plan(steps=600, learning_rate=3e-3, warm_up=50)
LONGER: Mapping[str, int] = {"mae": 4}
"""Arm → how many times as many steps it takes."""
BATCH = 64


@lru_cache(maxsize=64)
def pretrained(arm: str, training: int = 0, device: str = "cpu") -> nn.Module:
    """One of the shipped ones."""
    return restored(BUILDS[arm], NAME, device, own=f"{training}.{arm}.")


def measured(models: Mapping[tuple[int, str], nn.Module]) -> dict[str, float]:
    """The metric of every arm, the lowest and the highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (_, arm), model in models.items():
        found.setdefault(arm.replace(" ", "_"), []).append(metric(arm, model, digits()[1]))
    return extremes(found)


def main() -> None:
    options, learned, _ = begin(__doc__)
    plan, seconds = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), 0.0
    models: dict[tuple[int, str], nn.Module] = {}
    for arm, build in BUILDS.items():
        for training in range(TRAININGS):
            model = seeded(build, training)
            loss = loss_of(arm, model, learned, options.batch or BATCH)
            own = dataclasses.replace(plan, seed=training, steps=plan.steps * LONGER.get(arm, 1))
            seconds += train(model, loss, own)
            state = {name: weight.detach().half().float() for name, weight in model.state_dict().items()}
            models[training, arm] = shipped(build, state).eval()
    told = {
        "data": DATA,
        "architecture": SIZES,
        "longer": dict(LONGER),
        "trainings": TRAININGS,
        "seconds": round(seconds, 1),
    }
    state = {f"{t}.{arm}.{k}": w for (t, arm), model in models.items() for k, w in model.state_dict().items()}
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {NAME: Made(lambda: measured({(t, arm): pretrained(arm, t) for t in range(TRAININGS) for arm in BUILDS}))}
AFTER = ("digit_cnn",)


if __name__ == "__main__":
    main()
