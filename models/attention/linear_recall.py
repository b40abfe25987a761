"""How much a fixed state remembers: pairs told to one head and asked for again, by a kernel and by softmax.

Paper: Schlag et al. 2021, "Linear Transformers Are Secretly Fast Weight Programmers", section 4.1 (capacity).

Symbols
    keys (N, K)     values (N, C)     N  pairs     F  features     S  state (F, C)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.dot_product import scaled_dot_product
from models.attention.linear import FeatureMap, recurrent


class Recall(NamedTuple):
    """Every key is asked for again after all pairs were told."""

    error: float  # ‖read − told‖ over ‖told‖, mean
    softmax_error: float
    rank: int  # of the state


def recalled(keys: Tensor, values: Tensor, feature_map: FeatureMap, normalised: bool) -> Recall:
    """Every key as a query, after all pairs were told; without the normaliser, what is read is the sum alone."""
    φ = feature_map(keys)  # (N, F)
    S = recurrent(φ[None, None], φ[None, None], values[None, None])[1][0, 0]  # (F, C)
    read = φ @ S / (φ @ φ.sum(dim=0))[:, None] if normalised else φ @ S  # (N, C)
    softmax = scaled_dot_product(keys, keys, values).output  # (N, C)

    def error(y: Tensor) -> float:
        return ((y - values).norm(dim=-1) / values.norm(dim=-1)).mean().item()

    singular = torch.linalg.svdvals(S)
    return Recall(error(read), error(softmax), int((singular > 1e-5 * singular[0]).sum()))
