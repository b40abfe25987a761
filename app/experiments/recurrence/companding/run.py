"""A sound at some loudness goes through 256 levels, placed by the μ-law and uniformly."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from models.data.sounds import tone, voice
from models.seeding import generator
from models.tokenization.mu_law import decode, dequantise, encode, quantise, signal_to_noise_db

SAMPLES = 6000
QUIET = 0.01
LOUDNESSES = torch.logspace(-3, 0, 40)


class CompandingControls(Controls):
    sound: Literal["tone", "voice"] = Field("tone", title="Sound", description="The voice is made of harmonics")
    loudness: float = Field(
        QUIET, ge=0.001, le=1, multiple_of=0.001, title="Loudness", description="Largest sample, as share of full scale"
    )
    mu: float = Field(255, ge=1, le=1000, multiple_of=1, title="μ of the encoder")
    decoder_mu: float = Field(0, ge=0, le=1000, multiple_of=1, title="μ of the decoder", description="0: the same")
    levels: Literal[16, 64, 256] = Field(256, title="Levels", description="4, 6 or 8 bits per sample")
    sign: Literal["as it is", "inverted"] = Field("as it is", title="Signal", json_schema_extra=MORE)


class CompandingResult(NamedTuple):
    controls: CompandingControls
    x: Tensor  # (T,) at the loudness set
    codes: Tensor  # (T,) of the μ-law
    companded: Tensor  # (T,)
    uniform_codes: Tensor  # (T,)
    uniform: Tensor  # (T,)
    by_loudness: Tensor  # (2, LOUDNESSES) SNR in dB, of the μ-law and of uniform levels
    quiet: Tensor  # (2,) the same at QUIET
    decoder_mu: float
    frequency: float  # of the tone, in Hz


def through(x: Tensor, mu: float, decoder_mu: float, levels: int) -> Tensor:
    """SNR in dB of the μ-law and of uniform levels, for sounds (…, T): (2, …)"""
    companded = decode(encode(x, mu, levels), decoder_mu, levels)
    uniform = dequantise(quantise(x, levels), levels)
    return torch.stack([signal_to_noise_db(x, companded), signal_to_noise_db(x, uniform)])


@torch.inference_mode()
def run(controls: CompandingControls, device: str) -> CompandingResult:
    c, draws = controls, generator(controls.seed)
    frequency = 220 * 2 ** torch.rand(1, generator=draws).item()
    whole = voice(SAMPLES, draws) if c.sound == "voice" else tone(SAMPLES, frequency)
    whole = -whole if c.sign == "inverted" else whole
    decoder_mu = c.decoder_mu or c.mu
    x = c.loudness * whole
    codes, uniform_codes = encode(x, c.mu, c.levels), quantise(x, c.levels)
    return CompandingResult(
        controls,
        x,
        codes,
        decode(codes, decoder_mu, c.levels),
        uniform_codes,
        dequantise(uniform_codes, c.levels),
        through(LOUDNESSES[:, None] * whole, c.mu, decoder_mu, c.levels),
        through(QUIET * whole, c.mu, decoder_mu, c.levels),
        decoder_mu,
        frequency,
    )


def crossing(by_loudness: Tensor) -> float:
    """The loudness from which on uniform levels have the higher SNR, between two of LOUDNESSES; 1 if they never do."""
    ahead = by_loudness[0] - by_loudness[1]
    above = (ahead > 0).nonzero()
    last = int(above[-1]) if len(above) else -1
    if last == len(ahead) - 1:
        return 1.0
    if last < 0:
        return LOUDNESSES[0].item()
    share = ahead[last] / (ahead[last] - ahead[last + 1])
    return (LOUDNESSES[last] * (LOUDNESSES[last + 1] / LOUDNESSES[last]) ** share).item()


def measure(result: CompandingResult) -> Measurements:
    heard = result.by_loudness[:, LOUDNESSES > 0.99 * QUIET]
    here = torch.stack([signal_to_noise_db(result.x, y) for y in (result.companded, result.uniform)])
    return {
        "snr_db": here[0].item(),
        "uniform_snr_db": here[1].item(),
        "quiet_snr_db": result.quiet[0].item(),
        "quiet_uniform_snr_db": result.quiet[1].item(),
        "quiet_gain_db": (result.quiet[0] - result.quiet[1]).item(),
        "snr_range_db": (heard[0].max() - heard[0].min()).item(),
        "uniform_snr_range_db": (heard[1].max() - heard[1].min()).item(),
        "crossing_loudness": crossing(result.by_loudness),
        "levels_used": len(result.codes.unique()),
        "uniform_levels_used": len(result.uniform_codes.unique()),
    }
