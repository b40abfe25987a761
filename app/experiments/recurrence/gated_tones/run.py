"""A WaveNet generates a tone by its label: its two branches over time, and the pitch that comes out."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.convolution.pretrained_wavenets import tone_wavenet
from models.convolution.wavenet import LayerTrace, WaveNet
from models.convolution.wavenet_generation import continued
from models.data.waveforms import MU, PITCHES, RATE, TONE_LEVELS
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.mu_law import decode
from models.training.wavenets import spectral_peak

SETTLING, HEARD = 200, 400
"""Samples left out while the tone begins, and samples whose spectrum is taken."""
SHOWN = 60
SOUNDS, TEMPERATURE = 5, 0.3
NAMES = tuple(f"{pitch:g} Hz" for pitch in PITCHES)

Pitch = Literal["200 Hz", "270 Hz", "360 Hz", "480 Hz"]
Branches = Literal["filter and gate", "filter only", "gate only", "neither"]


class ToneControls(Controls):
    pitch: Pitch = Field("270 Hz", title="Label")
    other: Pitch = Field("480 Hz", title="Second label")
    mix: float = Field(0.0, ge=0, le=1, multiple_of=0.1, title="Second label, share")
    branches: Branches = Field("filter and gate", title="The label reaches")
    trained: Literal["by label", "by label, again", "labels shuffled"] = Field(
        "by label", title="Training", description="Two by label; one with labels shuffled among the sounds"
    )
    layer: int = Field(0, ge=0, le=6, title="Layer shown", description="Dilation 1 at 0 to 64 at 6")
    channel: int = Field(0, ge=0, le=15, title="Channel shown", json_schema_extra=MORE)


class ToneResult(NamedTuple):
    controls: ToneControls
    wave: Tensor  # (HEARD,) of the mixture, −1 to 1
    spectrum: Tensor  # (F,) of it, its largest value 1
    frequencies: Tensor  # (F,) Hz
    peak: float  # Hz, of the mixture
    peaks: Tensor  # (4,) Hz, of each label, median of SOUNDS
    met: float  # share of all these sounds whose peak lies within 5 % of the label's pitch
    trace: LayerTrace  # of the layer shown, (1, SHOWN, C)
    gate_swing: float  # standard deviation of the gates over time, mean over layers and channels
    parameters: int


def rows_of(network: WaveNet, weights: Tensor, branches: Branches) -> list[tuple[Tensor, Tensor]]:
    """V_f and V_g of each layer for mixtures of labels, weights (B, 4); a branch that is left out gets their mean."""
    mean = torch.full_like(weights, 1 / weights.shape[1])
    f = weights if branches in ("filter and gate", "filter only") else mean
    g = weights if branches in ("filter and gate", "gate only") else mean
    return [(f @ layer.v_f.weight, g @ layer.v_g.weight) for layer in network.layers]


class Generated(NamedTuple):
    codes: Tensor  # (B, SETTLING + HEARD)
    peaks: Tensor  # (B,) Hz


@memo
@torch.inference_mode()
def generated(trained: str, branches: Branches, weights: tuple[tuple[float, ...], ...], seed: int) -> Generated:
    """Tones for mixtures of labels, sampled from one silent sample on."""
    network, mixture = tone_wavenet(trained), torch.tensor(weights)
    silence = torch.full((len(mixture), 1), TONE_LEVELS // 2)
    rows = rows_of(network, mixture, branches)
    codes = continued(network, silence, rows, SETTLING + HEARD, generator(seed), TEMPERATURE)
    return Generated(codes, spectral_peak(decode(codes[:, SETTLING:], MU, TONE_LEVELS)))


def one_hot(index: int, share: float = 1.0) -> list[float]:
    return [share * (at == index) for at in range(len(PITCHES))]


@torch.inference_mode()
def run(controls: ToneControls, device: str) -> ToneResult:
    c = controls
    network = tone_wavenet(c.trained)
    first, second = NAMES.index(c.pitch), NAMES.index(c.other)
    mixture = [a + b for a, b in zip(one_hot(first, 1 - c.mix), one_hot(second, c.mix), strict=True)]
    rows = [*(one_hot(at) for at in range(len(PITCHES)) for _ in range(SOUNDS)), mixture]
    codes, peaks = generated(c.trained, c.branches, tuple(map(tuple, rows)), c.seed)
    by_label = peaks[:-1].unflatten(0, (len(PITCHES), SOUNDS))
    wave = decode(codes[-1], MU, TONE_LEVELS)[SETTLING:]
    spectrum = torch.fft.rfft((wave - wave.mean()) * torch.hann_window(HEARD), n=4 * HEARD).abs()
    x, traces = network.embedding(codes[-1:]), []
    for layer, (v_f, v_g) in zip(network.layers, rows_of(network, torch.tensor([mixture]), c.branches), strict=True):
        traces.append(layer.conditioned_on(x, v_f, v_g)[1])
        x = traces[-1].output
    swing = torch.stack([trace.gate[0, SETTLING:].sigmoid().std(dim=0).mean() for trace in traces]).mean()
    shown = traces[c.layer]
    return ToneResult(
        controls,
        wave,
        spectrum / spectrum.max().clamp(min=1e-9),
        torch.arange(len(spectrum)) * RATE / (4 * HEARD),
        peaks[-1].item(),
        by_label.median(dim=1).values,
        ((by_label / torch.tensor(PITCHES)[:, None] - 1).abs() < 0.05).float().mean().item(),
        LayerTrace(*(part[:, SETTLING : SETTLING + SHOWN] for part in shown)),
        swing.item(),
        parameter_count(network),
    )


def measure(result: ToneResult) -> Measurements:
    requested = torch.tensor(PITCHES)
    error = (result.peaks / requested - 1).abs()
    return {
        "largest_pitch_error_share": error.max().item(),
        "pitches_met": (error < 0.05).sum().item(),
        "sounds_met_share": result.met,
        "peak_hz": result.peak,
        **{f"peak_of_label_{at}_hz": peak.item() for at, peak in enumerate(result.peaks)},
        "gate_swing": result.gate_swing,
    }
