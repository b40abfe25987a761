"""Small WaveNets that generate four tones by their label: ``python -m models.training.wavenets``.

One checkpoint, ``wavenet_tones``, with models under ``<kind>``: two trainings by label, one with labels shuffled.
"""

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.convolution.pretrained_wavenets import CHANNELS, GROWING, TONES, tone_net, tone_wavenet
from models.convolution.wavenet import WaveNet
from models.convolution.wavenet_generation import generate
from models.data.waveforms import PITCHES, RATE, TONE_LEVELS, tones
from models.seeding import generator, seeded
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import shipped

NAME = "wavenet_tones"
PLAN = Plan(steps=500, learning_rate=5e-3, weight_decay=0.0)
BATCH, SAMPLES = 8, 300
REACHED = sum(GROWING)
"""From this sample on, a prediction sees as much of the past as it can."""


def tone_loss(model: WaveNet, codes: Tensor, labels: Tensor) -> Tensor:
    logits = model(codes[:, :-1], labels)[0]
    return cross_entropy(logits[:, REACHED:].flatten(0, 1), codes[:, REACHED + 1 :].flatten())


def spectral_peak(waves: Tensor) -> Tensor:
    """The frequency with most energy in each wave (B, T), in Hz, by a spectrum with a Hann window and padding. (B,)"""
    length = 4 * waves.shape[1]
    centred = (waves - waves.mean(dim=1, keepdim=True)) * torch.hann_window(waves.shape[1], device=waves.device)
    return torch.fft.rfft(centred, n=length).abs().argmax(dim=1) * (RATE / length)


@torch.inference_mode()
def measured(models: Mapping[str, WaveNet]) -> dict[str, float]:
    """Loss on held-out tones, and the largest relative error of a generated pitch, by kind."""
    found: dict[str, float] = {}
    labels = torch.arange(len(PITCHES))
    for kind, model in models.items():
        codes = tones(labels.repeat(8), SAMPLES, generator(UNSEEN))
        found[f"loss, {kind}"] = tone_loss(model, codes, labels.repeat(8)).item()
        made = generate(model, torch.full((len(PITCHES), 1), TONE_LEVELS // 2), labels, 1200, generator(UNSEEN))
        peaks = spectral_peak(made[:, 400:].float())
        found[f"pitch error, {kind}"] = (peaks / torch.tensor(PITCHES) - 1).abs().max().item()
    return found


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch, seconds = options.batch or BATCH, 0.0
    models: dict[str, WaveNet] = {}
    for kind in TONES:
        seed = seed_of(kind, plan)
        model = seeded(tone_net, seed, options.device)

        def loss(draws: torch.Generator, model: WaveNet = model, kind: str = kind) -> Tensor:
            labels = torch.randint(len(PITCHES), (batch,), generator=draws, device=draws.device)
            codes = tones(labels, SAMPLES, draws)
            shuffled = labels[torch.rand(batch, generator=draws, device=draws.device).argsort()]
            return tone_loss(model, codes, shuffled if kind == "labels shuffled" else labels)

        seconds += train(model, loss, dataclasses.replace(plan, seed=seed))
        weights = {name: weight.detach().half().float() for name, weight in model.state_dict().items()}
        models[kind] = shipped(tone_net, weights)
    data = f"tones of {', '.join(f'{pitch:g}' for pitch in PITCHES)} Hz with vibrato and noise, fresh at every step"
    state = {f"{kind}.{k}": w for kind, model in models.items() for k, w in model.state_dict().items()}
    finish(
        NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, data=data,
        architecture={"channels": CHANNELS, "layers": len(GROWING)}, seconds=round(seconds, 1),
    )  # fmt: skip


def seed_of(kind: str, plan: Plan) -> int:
    """Of weights and waveforms: a second training of the same kind has one of its own."""
    return plan.seed + kind.endswith("again")


CHECKPOINTS = {NAME: Made(lambda: measured({kind: tone_wavenet(kind) for kind in TONES}))}

if __name__ == "__main__":
    main()
