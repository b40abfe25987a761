"""Sentence vectors by contrast: a sentence is drawn towards its paraphrase and away from all other sentences.

Paper: Gao, Yao & Chen 2021, "SimCSE", section 4 (supervised, with a hard negative for each sentence).

Symbols
    N  sentences of a batch      D  width      h  vectors of length 1 (N, D)      h⁺  of the paraphrases (N, D)
    h⁻  of the negatives (N, D)      τ  temperature
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

TEMPERATURE = 0.05


def scores(h: Tensor, positive: Tensor, negative: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """cos(hᵢ, h⁺ⱼ)/τ, then cos(hᵢ, h⁻ⱼ)/τ, for unit vectors.  (N, 2N)"""
    return h @ torch.cat([positive, negative]).T / temperature


def contrastive_loss(z: Tensor, passed_over: Tensor) -> Tensor:
    """−mean log softmax(zᵢ)ᵢ over the scores (N, 2N).

    ``passed_over`` (N, N) is True where the paraphrase of another sentence would be right as well.  ()
    """
    right = torch.arange(len(z), device=z.device)
    left_out = torch.cat([passed_over, torch.zeros_like(passed_over)], dim=1)  # (N, 2N)
    return cross_entropy(z.masked_fill(left_out, -1e4), right)
