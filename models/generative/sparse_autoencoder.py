"""A sparse autoencoder: an activation vector as a sum of a few of many directions.

Paper: Bricken et al. 2023, "Towards Monosemanticity: Decomposing Language Models With Dictionary Learning"
(Transformer Circuits Thread); Cunningham et al. 2023, "Sparse Autoencoders Find Highly Interpretable Features in
Language Models".

Symbols
    x  activations (B, D)        f  features (B, K)        x̂  reconstruction (B, D)        λ  penalty
    W_e  encoder (K, D)        b_e  its bias (K,)        W_d  decoder (D, K), columns dₖ        b_d  its bias (D,)
    B  tokens        D  width of the activations        K  features, more than D
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import relu


class SparseTrace(NamedTuple):
    features: Tensor  # (B, K)


def encoded(x: Tensor, encoder: Tensor, bias: Tensor, centre: Tensor) -> Tensor:
    """f = ReLU(W_e (x − b_d) + b_e)"""
    return relu((x - centre) @ encoder.mT + bias)  # (B, K)


def decoded(features: Tensor, decoder: Tensor, centre: Tensor) -> Tensor:
    """x̂ = W_d f + b_d"""
    return features @ decoder.mT + centre  # (B, D)


def sparse_loss(x: Tensor, reconstruction: Tensor, features: Tensor, penalty: float) -> Tensor:
    """mean ‖x − x̂‖² + λ · mean ‖f‖₁, means over tokens.  ()"""
    return (x - reconstruction).square().sum(dim=-1).mean() + penalty * features.abs().sum(dim=-1).mean()


def firing(features: Tensor) -> Tensor:
    """L0: how many features of each token are above zero.  (B,)"""
    return (features > 0).sum(dim=-1)


def explained(x: Tensor, reconstruction: Tensor) -> Tensor:
    """1 − Σ‖x − x̂‖² / Σ‖x − x̄‖²: share of the variance that the reconstruction keeps.  ()"""
    return 1 - (x - reconstruction).square().sum() / (x - x.mean(dim=0)).square().sum()


def clamped(x: Tensor, features: Tensor, decoder: Tensor, feature: int, value: float) -> Tensor:
    """x + (v − fₖ) dₖ: feature k is set to v; what the dictionary leaves out of x stays.  (B, D)"""
    return x + (value - features[:, [feature]]) * decoder[:, feature]


class SparseAutoencoder(nn.Module):
    """Encode, keep what is above zero, and decode with one direction per feature."""

    def __init__(self, width: int, features: int) -> None:
        super().__init__()
        self.encoder, self.decoder = (
            nn.Parameter(torch.zeros(features, width)),
            nn.Parameter(torch.zeros(width, features)),
        )
        self.bias, self.centre = nn.Parameter(torch.zeros(features)), nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> tuple[Tensor, SparseTrace]:
        """Activations (B, D) → their reconstruction (B, D)."""
        features = encoded(x, self.encoder, self.bias, self.centre)
        return decoded(features, self.decoder, self.centre), SparseTrace(features)

    @torch.no_grad()
    def normalise(self) -> None:
        """dₖ / ‖dₖ‖ for every column of the decoder: codes cannot shrink at the decoder's cost."""
        self.decoder.div_(self.decoder.norm(dim=0))

    @torch.no_grad()
    def start(self, mean: Tensor) -> None:
        """Unit columns, the encoder their transpose, b_d the mean of the activations."""
        self.normalise()
        self.encoder.copy_(self.decoder.mT)
        self.centre.copy_(mean)
