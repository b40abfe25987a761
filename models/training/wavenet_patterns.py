"""WaveNets that continue a random pattern: ``python -m models.training.wavenet_patterns``.

One checkpoint, with models under ``<stack> <training>``: three trainings of each stack of dilations. Patterns are
mostly silence at first and grow dense: with dense ones from the start, the loss was still at chance after 300 steps.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.convolution.pretrained_wavenets import CHANNELS, STACKS, TRAININGS, pattern_net, pattern_wavenet
from models.convolution.wavenet import WaveNet
from models.data.waveforms import PERIOD, patterns
from models.seeding import generator, seeded
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import shipped

NAME = "wavenet_patterns"
PLAN = Plan(steps=700, learning_rate=5e-3, warm_up=50, weight_decay=0.0)
BATCH, SAMPLES, HELD_OUT = 16, 100, 64
SPARSEST = 0.1


def density(step: int, steps: int) -> float:
    """Share of a pattern that is random: from a tenth to all over the first half of the training."""
    return SPARSEST + (1 - SPARSEST) * min(1.0, 2 * step / steps)


def pattern_loss(model: WaveNet, codes: Tensor, period: int = PERIOD) -> Tensor:
    """Mean −ln p of the samples after the first period: what is before them determines them."""
    logits = model(codes[:, :-1])[0]
    return cross_entropy(logits[:, period - 1 :].flatten(0, 1), codes[:, period:].flatten())


@torch.inference_mode()
def measured(models: Mapping[str, WaveNet]) -> dict[str, float]:
    """Loss on held-out patterns, in nats per sample."""
    codes = patterns(HELD_OUT, SAMPLES, PERIOD, generator(UNSEEN))
    return {f"loss, {kind}": pattern_loss(model, codes).item() for kind, model in models.items()}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch, seconds = options.batch or BATCH, 0.0
    models: dict[str, WaveNet] = {}
    for stack in STACKS:
        for training in range(1, TRAININGS + 1):
            build = partial(pattern_net, stack)
            model, seed = seeded(build, plan.seed + training, options.device), plan.seed + training
            densities = iter([density(step, plan.steps) for step in range(plan.steps)])

            def loss(draws: torch.Generator, model: WaveNet = model, shares: Iterator[float] = densities) -> Tensor:
                return pattern_loss(model, patterns(batch, SAMPLES, PERIOD, draws, next(shares)))

            seconds += train(model, loss, dataclasses.replace(plan, seed=seed))
            weights = {name: weight.detach().half().float() for name, weight in model.state_dict().items()}
            models[f"{stack} {training}"] = shipped(build, weights)
    state = {f"{kind}.{k}": w for kind, model in models.items() for k, w in model.state_dict().items()}
    finish(
        NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state,
        data=f"random codes that repeat after {PERIOD} samples, sparse at first, fresh at every step",
        architecture={"channels": CHANNELS, "layers": len(STACKS["growing"])}, seconds=round(seconds, 1),
    )  # fmt: skip


CHECKPOINTS = {
    NAME: Made(
        lambda: measured(
            {f"{stack} {n}": pattern_wavenet(stack, n) for stack in STACKS for n in range(1, TRAININGS + 1)}
        )
    )
}

if __name__ == "__main__":
    main()
