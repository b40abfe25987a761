"""Companding by hand, its inverse, and its signal-to-noise ratio."""

import math

import pytest
import torch

from models.data.sounds import tone, voice
from models.seeding import generator
from models.tokenization.mu_law import (
    compress,
    decode,
    dequantise,
    encode,
    expand,
    quantise,
    signal_to_noise_db,
)


def test_by_hand() -> None:
    x = torch.tensor([0.0, 0.1, -0.1, 1.0])
    value = math.log(26.5) / math.log(256)
    torch.testing.assert_close(compress(x, 255), torch.tensor([0.0, value, -value, 1.0]))
    assert quantise(torch.tensor([-1.0, 0.0, 1.0]), 256).tolist() == [0, 128, 255]
    assert encode(torch.tensor([-1.0, 1.0, 0.1]), 255, 256).tolist() == [0, 255, int((value + 1) / 2 * 255 + 0.5)]


@pytest.mark.parametrize("mu", [1, 100, 255, 1000])
def test_expanding_undoes_compressing(mu: float) -> None:
    x = torch.linspace(-1, 1, 201, dtype=torch.double)
    torch.testing.assert_close(expand(compress(x, mu), mu), x)


@pytest.mark.parametrize("levels", [16, 64, 256])
def test_every_code_is_the_code_of_its_own_sample(levels: int) -> None:
    codes = torch.arange(levels)
    assert torch.equal(encode(decode(codes, 255, levels), 255, levels), codes)
    assert torch.equal(quantise(dequantise(codes, levels), levels), codes)
    steps = dequantise(codes, levels).diff()
    torch.testing.assert_close(steps, torch.full_like(steps, 2 / (levels - 1)))


def test_the_slope_at_zero() -> None:
    x = torch.zeros(1, dtype=torch.double, requires_grad=True)
    (compress(x + 1e-12, 255)).backward()
    assert x.grad.item() == pytest.approx(255 / math.log(256), rel=1e-6)
    assert 20 * math.log10(255 / math.log(256)) == pytest.approx(33.3, abs=0.1)


def test_signal_to_noise_of_a_tenth_is_twenty_decibels() -> None:
    x = tone(800, 300.0)
    assert signal_to_noise_db(x, 1.1 * x).item() == pytest.approx(20, abs=0.01)
    assert signal_to_noise_db(x, x).isfinite()


def test_sounds() -> None:
    assert tone(8000, 500.0)[4].item() == pytest.approx(math.sin(math.pi / 2), abs=1e-6)
    spectrum = torch.fft.rfft(tone(8000, 437.0)).abs()
    assert spectrum.argmax() == 437
    sound = voice(4000, generator(0))
    assert sound.abs().max() == 1
    assert not torch.equal(sound, voice(4000, generator(1)))
