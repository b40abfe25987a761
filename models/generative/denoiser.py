"""How a class-conditional velocity network is trained and asked for noise.

Papers: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", section 3.4 and algorithm 1;
Salimans & Ho 2022, "Progressive Distillation for Fast Sampling of Diffusion Models", section 4 (velocity);
Ho & Salimans 2022, "Classifier-Free Diffusion Guidance", algorithms 1 and 2.

Symbols
    B  batch        T  diffusion steps        a = ᾱ_t
"""

from typing import Any, Protocol

import torch
from torch import Tensor

from models.generative.diffusion import NoisePredictor, guided, noise_from_velocity, q_sample, velocity
from models.generative.noise_schedule import alpha_bars, cosine_betas

T = 1000
"""The diffusion steps that the trained denoisers know."""


def trained_alpha_bar() -> Tensor:
    """ᾱ_0 … ᾱ_T of the cosine schedule that the denoisers were trained on.  (T + 1,)"""
    return alpha_bars(cosine_betas(T))


class Denoiser(Protocol):
    """Any network (x_t, t, label) → (v̂, trace) with one label, `no_class`, for “nothing asked”."""

    no_class: int

    def __call__(self, x: Tensor, t: Tensor, label: Tensor) -> tuple[Tensor, Any]: ...


def drop_labels(label: Tensor, no_class: int, share: float, generator: torch.Generator) -> Tensor:
    """Hide the class of a share of the batch, so that one network learns both models.  Ho & Salimans, algorithm 1."""
    hidden = torch.rand(label.shape, generator=generator, device=label.device) < share  # (B,)
    return torch.where(hidden, no_class, label)


def denoising_loss(model: Denoiser, x0: Tensor, label: Tensor, t: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """L = E ‖v − v̂(√ᾱ_t x_0 + √(1 − ᾱ_t) ε, t, c)‖², mean over the P pixels, per sample.  Salimans & Ho, section 4.

    It is the noise-prediction loss of Ho et al., equation 14, weighted by 1/ᾱ_t.
    """
    a = alpha_bar[t].view(-1, *[1] * (x0.ndim - 1))
    v, _ = model(q_sample(x0, a, noise), t.to(x0.dtype), label)
    return (v - velocity(x0, noise, a)).square().flatten(1).mean(1)


def noise_predictor(model: Denoiser, label: Tensor, guidance: float, alpha_bar: Tensor) -> NoisePredictor:
    """(x_t, t) → ε̃ for the asked classes.  Ho & Salimans, algorithm 2.

    At guidance 0 and 1 only one of the two models counts, and only that one is asked.
    """
    nothing = torch.full_like(label, model.no_class)  # (B,)

    def ask(x: Tensor, t: int, label: Tensor) -> Tensor:
        v, _ = model(x, torch.full((len(x),), float(t), device=x.device), label)
        return noise_from_velocity(x, v, alpha_bar[t].item())

    def predict(x: Tensor, t: int) -> Tensor:
        if guidance in (0, 1):
            return ask(x, t, label if guidance else nothing)
        both = ask(torch.cat([x, x]), t, torch.cat([label, nothing]))
        return guided(*both.chunk(2), guidance)

    return predict
