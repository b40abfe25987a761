"""Twin U-Nets that clean noisy digits, with skip connections and without: ``python -m models.training.denoising_unet``.

Both have the same weights at the start and see the same noisy digits; the twin without has zeros where its skips would
be. They lie in one checkpoint under ``<training>.<twin>``.

Symbols
    B  digits        N  pixels of them all        x̂  the network's number for a pixel        x  its ink
"""

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from models.convolution.pretrained_networks import DENOISING_CHANNELS, denoising_unet
from models.convolution.unet import UNet
from models.data.digits import HELD_OUT, digits
from models.data.scenes import NOISE
from models.layers.he_start import he_started
from models.seeding import normal
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.scene_unet import TRAININGS, TWINS, twin_output

NAME = "denoising_unet"
PLAN = Plan(steps=1000, learning_rate=3e-3, weight_decay=0.0)
BATCH = 64


def ink(images: Tensor) -> Tensor:
    """Digits from −1 to 1 → from 0 (paper) to 1 (ink), (B, 1, 8, 8)."""
    return (images + 1) / 2


def squared_error(cleaned: Tensor, truth: Tensor) -> float:
    """(1/N) Σ (x̂ − x)² over all pixels of all digits; paper is 0 and ink is 1. Both (B, 1, 8, 8)."""
    return mse_loss(cleaned, truth).item()


@torch.inference_mode()
def measured(models: Mapping[tuple[int, str], UNet]) -> dict[str, float]:
    """The squared error of each twin on held-out digits: the lowest and highest of the trainings."""
    truth = ink(digits()[1].images)
    noisy = truth + NOISE * normal(*truth.shape, seed=UNSEEN)
    found: dict[str, list[float]] = {}
    for (_, twin), model in models.items():
        error = squared_error(twin_output(model, twin, noisy), truth)
        found.setdefault(f"squared_error_{twin.replace(' ', '_')}", []).append(error)
    return extremes(found)


def trained(training: int, twin: str, plan: Plan, batch: int, device: str) -> tuple[UNet, float]:
    """The twin, its weights rounded as they are kept, and the seconds it took."""
    model = he_started(lambda: UNet(DENOISING_CHANNELS, classes=1), training, device)
    learned = ink(digits()[0].images).to(device)

    def loss(draws: torch.Generator) -> Tensor:
        rows = torch.randint(len(learned), (batch,), generator=draws, device=device)
        truth = learned[rows]
        noise = torch.randn(truth.shape, generator=draws, device=device)
        return mse_loss(twin_output(model, twin, truth + NOISE * noise).float(), truth)

    seconds = train(model, loss, dataclasses.replace(plan, seed=training))
    return model.cpu().half().float(), seconds


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, batch = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), options.batch or BATCH
    models, seconds = dict[tuple[int, str], UNet](), 0.0
    for training in range(TRAININGS):
        for twin in TWINS:
            models[training, twin], took = trained(training, twin, plan, batch, options.device)
            seconds += took
    state = {
        f"{training}.{twin}.{name}": weight.half()
        for (training, twin), model in models.items()
        for name, weight in model.state_dict().items()
    }
    told = {
        "data": f"scikit-learn's 8×8 digits, noise of {NOISE}; 1500 to learn from and {HELD_OUT} held out",
        "trainings": TRAININGS,
        "twins": list(TWINS),
        "seconds": round(seconds, 1),
    }
    finish(NAME, torch.nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {
    NAME: Made(lambda: measured({(t, twin): denoising_unet(t, twin) for t in range(TRAININGS) for twin in TWINS}))
}


if __name__ == "__main__":
    main()
