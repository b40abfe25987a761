"""What stands before a text: its loss behind a start token, behind nothing, and behind another token.

Papers: Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 3.3 (start token);
Touvron et al. 2023, "LLaMA", whose tokenizer puts a BOS token before every text.

Symbols
    s  tokens put before the texts (N, S)        x  texts (N, T)        V  vocabulary
"""

import torch
from torch import Tensor

from models.language.evaluation import token_losses
from models.transformer.decoder import Decoder


def losses_behind(model: Decoder, s: Tensor, x: Tensor) -> Tensor:
    """ℓ_t = −ln p(x_t | s, x_1 … x_{t−1}) in nats, (N, T); not a number for x_1 behind nothing."""
    ids = torch.cat([s, x], dim=1)  # (N, S + T)
    found = token_losses(model(ids)[0], ids)  # (N, S + T − 1)
    unknown = found.new_full((len(x), 1), torch.nan)  # (N, 1)
    return torch.cat([unknown, found], dim=1)[:, s.shape[1] :]


def mean_from_second(losses: Tensor) -> Tensor:
    """L = mean of ℓ_t over t = 2 … T and all texts: the words that every start can be compared on."""
    return losses[:, 1:].mean()


def first_word_probabilities(model: Decoder, s: Tensor) -> Tensor:
    """p(x_1 | s), mean over the starts, (V,)"""
    logits = model(s)[0][:, -1]  # (N, V)
    return logits.softmax(dim=-1).mean(dim=0)
