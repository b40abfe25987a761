"""How near the frequencies of n samples come to the probabilities that they were sampled with.

Symbols
    p  probabilities (K,)        n  samples        f  frequencies, counts over n (R, K)        R  repetitions
"""

import torch
from torch import Tensor

from models.layers.softmax import total_variation


def frequencies(p: Tensor, n: int, repetitions: int, draws: torch.Generator) -> Tensor:
    """f = counts / n of n independent samples, time and again.  (K,) → (R, K)"""
    samples = torch.multinomial(p.expand(repetitions, -1), n, replacement=True, generator=draws)  # (R, n)
    counts = torch.zeros(repetitions, len(p), dtype=p.dtype).scatter_add_(1, samples, p.new_ones(()).expand_as(samples))
    return counts / n


def sampling_error(f: Tensor, p: Tensor) -> Tensor:
    """Mean total variation distance of the frequencies from p: it falls like 1/√n.  (R, K), (K,) → ()"""
    return total_variation(f, p).mean()
