"""How much a fixed state remembers: pairs written by one head and read again, by a kernel and by softmax.

Paper: Schlag et al. 2021, "Linear Transformers Are Secretly Fast Weight Programmers", section 4.1 (capacity).

Symbols
    keys (N, K)     values (N, C)     N  pairs     F  features     S  state (F, C)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.dot_product import scaled_dot_product
from models.attention.linear import FeatureMap, delta_step, recurrent


class Recall(NamedTuple):
    """Every key is read again after all pairs were written."""

    error: float  # ‖read − written‖ over ‖written‖, mean
    softmax_error: float
    rank: int  # of the state


def recalled(
    keys: Tensor, values: Tensor, feature_map: FeatureMap, normalised: bool, delta: bool = False
) -> Recall:  # fmt: skip
    """Every key as a query, after all pairs were written.

    Without the normaliser the sum alone is read; the ``delta`` rule needs none, as its keys have length 1.
    """
    φ = feature_map(keys)  # (N, F)
    if delta:
        φ = φ / φ.norm(dim=-1, keepdim=True)  # (N, F)
        S = φ.new_zeros(1, 1, φ.shape[-1], values.shape[-1])  # (1, 1, F, C)
        for k, v in zip(φ, values, strict=True):
            S = delta_step(S, k[None, None], v[None, None])  # (1, 1, F, C)
        S = S[0, 0]  # (F, C)
    else:
        S = recurrent(φ[None, None], φ[None, None], values[None, None])[1][0, 0]  # (F, C)
    read = φ @ S if delta or not normalised else φ @ S / (φ @ φ.sum(dim=0))[:, None]  # (N, C)
    softmax = scaled_dot_product(keys, keys, values).output  # (N, C)

    def error(y: Tensor) -> float:
        return ((y - values).norm(dim=-1) / values.norm(dim=-1)).mean().item()

    singular = torch.linalg.svdvals(S)
    return Recall(error(read), error(softmax), int((singular > 1e-5 * singular[0]).sum()))
