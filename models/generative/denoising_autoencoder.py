"""A denoising autoencoder: the input is corrupted, and the network reconstructs it as it was before.

Papers: Vincent et al. 2008, "Extracting and Composing Robust Features with Denoising Autoencoders" (the training);
Vincent 2011, "A Connection Between Score Matching and Denoising Autoencoders" (what the correction estimates);
Alain & Bengio 2014, "What Regularized Auto-Encoders Learn from the Data-Generating Distribution" (the same, for small
noise and any network).

With Gaussian noise the best reconstruction is known: the posterior mean, which is the noisy input moved along the score
of the noisy data. A network has to find it from pairs of clean and noisy inputs alone.

Symbols
    x  clean input (B, D)        x̃  noisy input (B, D)        x̂  reconstruction (B, D)        h  code (B, H)
    σ  standard deviation of the noise        ε  standard normal noise        φ  activation
    p_σ  density of the noisy data
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import silu

from models.generative.autoencoder import ACTIVATIONS
from models.generative.mixtures import Mixture, score, smoothed

DENOISER_ACTIVATIONS = {"silu": silu, "tanh": ACTIVATIONS["tanh"], "none": ACTIVATIONS["none"]}


class DenoisingAutoencoderTrace(NamedTuple):
    hidden: Tensor  # (B, H)
    code: Tensor  # (B, H)


def corrupted(x: Tensor, noise: Tensor, sigma: float) -> Tensor:
    """x̃ = x + σ ε.  (…, D), (…, D) → (…, D)"""
    return x + sigma * noise


def denoising_error(target: Tensor, reconstructed: Tensor) -> Tensor:
    """⟨‖x − x̂‖²⟩ / D, the mean over inputs: squared error per coordinate.  (…, D), (…, D) → ()"""
    return (target - reconstructed).square().mean()


def score_from_correction(noisy: Tensor, reconstructed: Tensor, sigma: float) -> Tensor:
    """ŝ(x̃) = (x̂ − x̃) / σ², an estimate of ∇ log p_σ(x̃).  Vincent 2011.  (…, D), (…, D) → (…, D)"""
    return (reconstructed - noisy) / sigma**2


def best_reconstruction(mixture: Mixture, noisy: Tensor, sigma: float) -> Tensor:
    """E[x | x̃] = x̃ + σ² ∇ log p_σ(x̃): no reconstruction has a lower mean squared error.  (…, D) → (…, D)"""
    return noisy + sigma**2 * score(smoothed(mixture, sigma), noisy)


class DenoisingAutoencoder(nn.Module):
    """x̂ = W₃ h,  h = φ(W₂ φ(W₁ x̃)), each with a bias; H may exceed D, for copying does not help."""

    def __init__(self, inputs: int, hidden: int, activation: str = "silu") -> None:
        super().__init__()
        self.to_hidden, self.to_code = nn.Linear(inputs, hidden), nn.Linear(hidden, hidden)
        self.from_code = nn.Linear(hidden, inputs)
        self.activation = DENOISER_ACTIVATIONS[activation]

    def forward(self, noisy: Tensor) -> tuple[Tensor, DenoisingAutoencoderTrace]:
        """x̃ (B, D) → x̂ (B, D)"""
        hidden = self.activation(self.to_hidden(noisy))  # (B, H)
        code = self.activation(self.to_code(hidden))  # (B, H)
        return self.from_code(code), DenoisingAutoencoderTrace(hidden, code)
