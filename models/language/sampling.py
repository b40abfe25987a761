"""From logits to a token: each rule is one small function, and a pipeline is one call inside the other.

``draw(min_p(top_p(top_k(tempered(logits, 0.8), 40), 0.95), 0.05), generator)``

Papers: Holtzman et al. 2019, "The Curious Case of Neural Text Degeneration" (top-p);
Fan et al. 2018, "Hierarchical Neural Story Generation" (top-k); Nguyen et al. 2024, "Turning Up the Heat:
Min-p Sampling", section 3; Keskar et al. 2019, "CTRL", section 4.1 (repetition penalty).

Symbols
    z  logits (..., V), −∞ for a token that is ruled out        V  vocabulary
    p  probabilities, the softmax of z                           T  tokens so far
"""

import math

import torch
from torch import Tensor

from models.layers.softmax import LEAST_TEMPERATURE


def greedy(z: Tensor) -> Tensor:
    """argmaxᵢ zᵢ: (..., V) → (...)."""
    return z.argmax(dim=-1)


def draw(z: Tensor, generator: torch.Generator) -> Tensor:
    """A token with probability softmax(z): (B, V) → (B,). Drawn on the CPU, so that every device draws the same."""
    return torch.multinomial(z.softmax(dim=-1).cpu(), 1, generator=generator).squeeze(-1).to(z.device)


def tempered(z: Tensor, temperature: float) -> Tensor:
    """zᵢ / t: below 1 the likely tokens gain, above 1 the unlikely; any t below 1e−30 counts as 1e−30."""
    if temperature <= 0:
        raise ValueError(f"temperature must be above 0, got {temperature}; for its limit 0 use greedy")
    return z / max(temperature, LEAST_TEMPERATURE)


def top_k(z: Tensor, k: int) -> Tensor:
    """Keep the k largest logits (and those equal to the k-th)."""
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    smallest_kept = z.topk(min(k, z.shape[-1]), dim=-1).values[..., -1:]
    return z.masked_fill(z < smallest_kept, -math.inf)


def top_p(z: Tensor, p: float) -> Tensor:
    """Keep the nucleus: the fewest tokens, the likeliest first, whose probabilities add up to p or more."""
    if not 0 < p <= 1:
        raise ValueError(f"p must lie above 0 and up to 1, got {p}")
    probabilities, order = z.softmax(dim=-1).sort(dim=-1, descending=True, stable=True)
    before = probabilities.cumsum(dim=-1) - probabilities
    outside = (before >= p).scatter(-1, order, before >= p)
    return z.masked_fill(outside, -math.inf)


def min_p(z: Tensor, p: float) -> Tensor:
    """Keep tokens at least p times as likely as the likeliest: few where the model is sure, many where it is not."""
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie between 0 and 1, got {p}")
    probabilities = z.softmax(dim=-1)
    return z.masked_fill(probabilities < p * probabilities.amax(dim=-1, keepdim=True), -math.inf)


def repetition_penalty(z: Tensor, seen: Tensor, penalty: float) -> Tensor:
    """zᵢ / θ if zᵢ > 0 else zᵢ · θ, for every token among ``seen`` (B, T): θ > 1 makes it less likely again."""
    if penalty <= 0:
        raise ValueError(f"the penalty must be above 0, got {penalty}")
    old = z.gather(-1, seen)
    return z.scatter(-1, seen, torch.where(old > 0, old / penalty, old * penalty))
