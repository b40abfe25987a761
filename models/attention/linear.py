"""Linear attention: a product of features in place of the softmax, so that the past fits into one sum.

Papers: Katharopoulos et al. 2020, "Transformers are RNNs", sections 3.2 to 3.4, equations 4 to 7 and 16 to 20;
Choromanski et al. 2020, "Rethinking Attention with Performers", section 2.3 (positive random features);
Schlag et al. 2021, "Linear Transformers Are Secretly Fast Weight Programmers" (the delta rule).

Symbols
    q, k  queries, keys (B, H, T, K)     v  values (B, H, T, C)      φ  feature map, K → F numbers
    B  batch     H  heads     T  tokens     S  state (B, H, F, C)     z  normaliser (B, H, F)
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import relu

from models.attention.dot_product import Attend, AttentionTrace, mix
from models.attention.masks import causal_mask
from models.seeding import normal

FeatureMap = Callable[[Tensor], Tensor]
"""(..., T, K) → (..., T, F), all numbers ≥ 0, so that no weight is negative."""


def elu_plus_one(x: Tensor) -> Tensor:
    """φ(x) = elu(x) + 1: x + 1 above zero, eˣ below, one feature per number (equation 7).

    Not computed as that sum: eˣ − 1 + 1 is rounded to 0 from x = −18 on, and a row of zeros has no mean.
    """
    return torch.where(x > 0, x + 1, x.clamp(max=0).exp())


def random_features(x: Tensor, directions: Tensor) -> Tensor:
    """φ(x) = exp(w · x′ − |x′|²/2), x′ = x / K^¼: in the mean over directions w (F, K), φ(q) · φ(k) = exp(q · k / √K).

    Rescaled so that the largest is 1, which changes no weight.
    """
    x = x / x.shape[-1] ** 0.25
    exponent = x @ directions.T - x.square().sum(dim=-1, keepdim=True) / 2  # (..., T, F)
    return (exponent - exponent.amax(dim=(-2, -1), keepdim=True)).exp() + 1e-6


def feature_map(name: str, K: int) -> FeatureMap:
    """“elu + 1”, “relu”, “exp” of each number, or “random”: 8K positive random features."""
    directions = normal(8 * K, K, seed=0)
    return {
        "elu + 1": elu_plus_one,
        "relu": lambda x: relu(x) + 1e-6,
        "exp": torch.exp,
        "random": lambda x: random_features(x, directions.to(x)),
    }[name]


def kernel_weights(q: Tensor, k: Tensor, mask: Tensor | None = None) -> Tensor:
    """wₜₛ = φ(qₜ) · φ(kₛ) / Σₛ′ φ(qₜ) · φ(kₛ′), of features: every pair is compared, as with softmax. (B, H, T, T)"""
    products = q @ k.transpose(-2, -1)  # (B, H, T, T)
    products = products if mask is None else products.where(mask, 0)  # (B, H, T, T)
    return products / products.sum(dim=-1, keepdim=True)


def step(S: Tensor, z: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """S ← S + φ(k) vᵀ, z ← z + φ(k), one token (B, H, F) and (B, H, C): equations 18 and 19."""
    return S + torch.einsum("bhf,bhc->bhfc", k, v), z + k


def delta_step(S: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """S ← S + k̂ (v − Sᵀ k̂)ᵀ with k̂ = φ(k) / ‖φ(k)‖: what the key would read now is replaced by its value."""
    k = k / k.norm(dim=-1, keepdim=True)
    return S + torch.einsum("bhf,bhc->bhfc", k, v - torch.einsum("bhf,bhfc->bhc", k, S))


def read(q: Tensor, S: Tensor, z: Tensor | None) -> Tensor:
    """y = φ(q)ᵀ S / φ(q)ᵀ z, equation 20; without z the sum alone. (B, H, C)"""
    y = torch.einsum("bhf,bhfc->bhc", q, S)  # (B, H, C)
    return y if z is None else y / torch.einsum("bhf,bhf->bh", q, z)[..., None]


def recurrent(q: Tensor, k: Tensor, v: Tensor, normalised: bool = True) -> tuple[Tensor, Tensor]:
    """Token by token, features in; the outputs (B, H, T, C) and the last state, which never grows."""
    B, H, T, F = k.shape
    S, z = k.new_zeros(B, H, F, v.shape[-1]), k.new_zeros(B, H, F)
    outputs = []
    for t in range(T):
        S, z = step(S, z, k[:, :, t], v[:, :, t])
        outputs.append(read(q[:, :, t], S, z if normalised else None))
    return torch.stack(outputs, dim=2), S


def forms_apart(q: Tensor, k: Tensor, v: Tensor, normalised: bool) -> float:
    """Recurrent against parallel, features in: the largest difference over the largest output."""
    parallel = mix(kernel_weights(q, k, causal_mask(q.shape[-2], device=q.device)), v)
    return ((recurrent(q, k, v, normalised)[0] - parallel).abs().max() / parallel.abs().max()).item()


def linearised(name: str) -> Attend:
    """Attention by a kernel where a trained layer had softmax; a bias or missing mask is as before."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        φ = feature_map(name, q.shape[-1])
        weights = kernel_weights(φ(q), φ(k), mask)  # (B, H, T, T)
        return AttentionTrace(weights.log(), weights, mix(weights, v))

    return attend


def softmax_operations(T: int, K: int, C: int) -> int:
    """(K + C) · T(T + 1)/2: each visible pair is compared and mixed."""
    return (K + C) * T * (T + 1) // 2


def recurrent_operations(T: int, F: int, C: int) -> int:
    """T · (2FC + 2F): each token is written into the state and the normaliser, and reads both."""
    return T * (2 * F * C + 2 * F)


def least_tokens(K: int, F: int, C: int) -> int:
    """The text length from which the recurrent form multiplies less often than softmax."""
    return math.ceil(2 * (2 * F * C + 2 * F) / (K + C))
