"""How well a linear classifier names examples from features that are held fixed.

Paper: Alain & Bengio 2016, "Understanding intermediate layers using linear classifier probes"; least squares stands in
for their softmax here, since it has one solution.

Symbols
    X  features to learn from (M, C)     Y  their classes, one-hot (M, K)     λ  ridge     W  (C + 1, K)
    Q  examples that are asked
"""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

RIDGE = 1.0


def linear_probe(X: Tensor, y: Tensor, asked: Tensor, wanted: Tensor) -> float:
    """Share of the asked (Q, C) that W = (AᵀA + λ I)⁻¹ AᵀY, A = [standardised X, 1], names rightly; classes (M,), (Q,).

    Not a number where a feature is none.
    """
    if not (X.isfinite().all() and asked.isfinite().all()):
        return float("nan")
    mean, scale = X.mean(0), X.std(0) + 1e-6  # (C,)
    A, B = (torch.cat([(part - mean) / scale, torch.ones(len(part), 1)], 1) for part in (X, asked))  # (n, c)
    W = torch.linalg.solve(A.T @ A + RIDGE * torch.eye(A.shape[1]), A.T @ one_hot(y).float())  # (c, K)
    return ((B @ W).argmax(1) == wanted).float().mean().item()


def sampling_error(share: float, count: int) -> float:
    """√(p (1 − p) / Q): standard deviation of a share p of Q examples, if they were sampled anew."""
    return (share * (1 - share) / count) ** 0.5
