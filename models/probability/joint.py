"""Joint, marginal and conditional probabilities of two events, from a table of counts.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", sections 3.4 (marginal), 3.5 (conditional), 3.11 (Bayes).

Symbols
    n  counts (A, B): how often each value of a came with each value of b
    A, B  values of the first and of the second variable
"""

from torch import Tensor


def joint(counts: Tensor) -> Tensor:
    """P(a, b) = n(a, b) / Σ n.  (A, B) → (A, B)"""
    return counts / counts.sum()


def marginal(together: Tensor, of: int) -> Tensor:
    """P(a) = Σ_b P(a, b), or P(b) = Σ_a P(a, b): variable ``of`` is 0 or 1.  (A, B) → (A,) or (B,)"""
    return together.sum(dim=1 - of)


def conditional(together: Tensor) -> Tensor:
    """P(b | a) = P(a, b) / P(a): each row of the table, divided by its sum.  (A, B) → (A, B)"""
    return together / together.sum(dim=1, keepdim=True)


def bayes(prior: Tensor, likelihood: Tensor) -> Tensor:
    """P(a | b) = P(b | a) P(a) / Σ_a' P(b | a') P(a').  (A,), (A, B) → (A, B), each column summing to 1"""
    together = likelihood * prior[:, None]  # (A, B)
    return together / together.sum(dim=0)
