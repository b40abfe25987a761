"""What a language model loses when only the last few tokens of a text are given.

Symbols
    ids  tokens (B, T), the last of which is predicted     n  given tokens     W  window of the model, 0 for none
"""

import torch
from torch import Tensor

from models.attention.fused import unwatched
from models.attention.masks import sliding_window_mask
from models.transformer.decoder import Decoder


@torch.inference_mode()
def loss_of_last(model: Decoder, ids: Tensor, given: int, window: int = 0) -> Tensor:
    """−ln p(x_T | x_{T−n} … x_{T−1}) in nats, through a window if there is one: (B,)."""
    context = ids[:, -1 - given : -1]  # (B, n)
    mask = sliding_window_mask(given, window, device=ids.device) if window else None
    logits, _ = unwatched(model)(context, mask=mask)  # (B, n, V)
    return -logits[:, -1].log_softmax(dim=-1).gather(-1, ids[:, -1:])[:, 0]


def reach(layers: int, window: int) -> int:
    """L(W − 1) + 1: positions on which the last output can depend."""
    return layers * (window - 1) + 1


def newest(ids: Tensor, n: int) -> Tensor:
    """x_{T−n} … x_{T−1}: what is cut off is the beginning of the text.  (B, n)"""
    return ids[:, -1 - n : -1]


def oldest(ids: Tensor, n: int) -> Tensor:
    """x_0 … x_{n−1}: what is cut off is the end of the text, where its question stands.  (B, n)"""
    return ids[:, :n]


def losses_of(logits: Tensor, answers: Tensor) -> Tensor:
    """ℓ = −ln p(answer), for logits (B, V) and answers (B,).  (B,)"""
    return -logits.log_softmax(dim=-1).gather(-1, answers[:, None])[:, 0]


def mean_among(losses: Tensor, among: Tensor) -> Tensor:
    """Σ_b a_b ℓ_b / Σ_b a_b, the mean over the texts of one kind.  (n, B), (B,) → (n,)"""
    return (losses * among).sum(dim=-1) / among.sum()
