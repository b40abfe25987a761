"""Twin U-Nets that find discs and squares, with skip connections and without: ``python -m models.training.scene_unet``.

Both have the same weights at the start and see the same batches; the twin without has zeros where its skips would be.
Each is saved at points of its training; they lie in one checkpoint under ``<training>.<twin>``.
"""

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor

from models.convolution.pretrained_networks import scene_unet
from models.convolution.unet import UNet, pixel_loss
from models.data.scenes import NOISE, SIDE, edges, scenes
from models.layers.he_start import he_started
from models.training.extremes import extremes
from models.training.finish import finish, stacked
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

NAME = "scene_unet"
TWINS = ("with skips", "without skips")
TRAININGS = 3
SNAPSHOTS = (50, 200, 800, 3000)
PLAN = Plan(steps=SNAPSHOTS[-1], learning_rate=3e-3, weight_decay=0.0)
BATCH, POOL, HELD_OUT = 16, 8192, 64


def twin_output(model: UNet, twin: str, x: Tensor) -> Tensor:
    """What the twin that the model is gives every pixel (B, Y, N, N)."""
    skips, bottom = model.contract(x)
    return model.expand(bottom, skips if twin == TWINS[0] else tuple(map(torch.zeros_like, skips)))[0]


def error_shares(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """The share of wrong pixels: on edges, and everywhere else."""
    wrong, edge = logits.argmax(dim=1) != labels, edges(labels)
    return wrong[edge].float().mean().item(), wrong[~edge].float().mean().item()


@torch.inference_mode()
def measured(models: Mapping[tuple[int, str], UNet]) -> dict[str, float]:
    """Wrong pixels of each twin on held-out scenes, on edges and elsewhere: the lowest and highest of the trainings."""
    images, labels = scenes(HELD_OUT, UNSEEN)
    found: dict[str, list[float]] = {}
    for (_, twin), model in models.items():
        shares = error_shares(twin_output(model, twin, images), labels)
        for where, share in zip(("edge", "interior"), shares, strict=True):
            found.setdefault(f"{where}_error_{twin.replace(' ', '_')}", []).append(share)
    return extremes(found)


def trained(training: int, twin: str, plan: Plan, batch: int, device: str) -> tuple[dict[str, Tensor], float]:
    """The weights at every point that is kept, stacked, and the seconds it took."""
    model = he_started(UNet, training, device)
    images, labels = (part.to(device) for part in scenes(POOL, training))
    kept: list[dict[str, Tensor]] = []

    def keep(step: int) -> None:
        if step in SNAPSHOTS or step == plan.steps:
            kept.append({name: weight.half() for name, weight in model.state_dict().items()})

    def loss(draws: torch.Generator) -> Tensor:
        rows = torch.randint(POOL, (batch,), generator=draws, device=draws.device)
        return pixel_loss(twin_output(model, twin, images[rows]).float(), labels[rows])

    seconds = train(model, loss, dataclasses.replace(plan, seed=training), keep)
    return stacked(kept), seconds


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, batch = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), options.batch or BATCH
    models, state, seconds = dict[tuple[int, str], UNet](), dict[str, Tensor](), 0.0
    for training in range(TRAININGS):
        for twin in TWINS:
            weights, took = trained(training, twin, plan, batch, options.device)
            state |= {f"{training}.{twin}.{name}": weight for name, weight in weights.items()}
            seconds += took
            models[training, twin] = UNet()
            models[training, twin].load_state_dict({name: weight[-1].float() for name, weight in weights.items()})
    told = {
        "data": f"rendered scenes of discs and squares, {SIDE} pixels a side, noise of {NOISE}; {POOL} of them",
        "trainings": TRAININGS,
        "twins": list(TWINS),
        "snapshots": [step for step in SNAPSHOTS if step <= plan.steps],
        "seconds": round(seconds, 1),
    }
    finish(NAME, torch.nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {
    NAME: Made(lambda: measured({(t, twin): scene_unet(t, twin) for t in range(TRAININGS) for twin in TWINS}))
}


if __name__ == "__main__":
    main()
