"""What a decoder would predict if it ended at an earlier block, and from which block on its prediction stays.

Source: nostalgebraist 2020, "interpreting GPT: the logit lens"; Belrose et al. 2023, "Eliciting Latent Predictions from
Transformers with the Tuned Lens", section 2 (the plain lens and where it misleads).

Symbols
    x  residual stream behind the embedding and behind each block: L + 1 of (B, T, D)
    N  predictions that are followed      V  vocabulary      L  blocks      D  width      B  batch      T  tokens
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from models.transformer.decoder import Decoder


def lens(model: Decoder, x: Tensor) -> Tensor:
    """softmax(norm(x) Eᵀ): the next token's probabilities, read from any point of the stream. (…, D) → (…, V)"""
    return model.unembed(x).softmax(dim=-1)


def likeliest(model: Decoder, residual: Sequence[Tensor]) -> Tensor:
    """argmax(norm(x) Eᵀ): first choice behind the embedding and behind each block, (L + 1, B, T)."""
    return torch.stack([model.unembed(x).argmax(dim=-1) for x in residual])


def settled(choices: Tensor) -> Tensor:
    """Blocks after which the first choice (L + 1, N) is the final one and stays so: 0 is the embedding. (N,)"""
    same = choices == choices[-1]  # (L + 1, N)
    stays = same.flip(0).cumprod(dim=0).flip(0)  # (L + 1, N)
    return len(choices) - stays.sum(dim=0)
