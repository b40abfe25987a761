"""Teaching a model where a text ends: an end token behind every text, pads behind that, and a loss that skips pads.

Papers: Sutskever, Vinyals & Le 2014, "Sequence to Sequence Learning with Neural Networks", section 2 (every sentence
ends with <EOS>, so that the model covers all lengths). Which positions the loss skips decides whether that is learned.

Symbols
    x  rows of token ids (B, T): start, text, end, pads        n  length of each row up to its end token (B,)
    y  what is to be predicted (B, T − 1), IGNORED where nothing is        z  logits (B, T, V)
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

IGNORED = -100


def rows_of(texts: Sequence[Sequence[int]], start: int, end: int, pad: int) -> Tensor:
    """Start, text, end, then pads up to the longest: (B, T)."""
    rows = [torch.tensor([start, *text, end]) for text in texts]
    return pad_sequence(rows, batch_first=True, padding_value=pad)


def skipping_pads(x: Tensor, pad: int) -> Tensor:
    """y_t = x_{t+1}, or IGNORED where that is the pad id, whatever it stands for there.  (B, T − 1)"""
    following = x[:, 1:]  # (B, T − 1)
    return following.masked_fill(following == pad, IGNORED)


def skipping_by_length(x: Tensor, n: Tensor) -> Tensor:
    """y_t = x_{t+1} up to the end token, which is number n of its row; IGNORED behind it.  (B, T − 1)"""
    following = x[:, 1:]  # (B, T − 1)
    place = torch.arange(1, x.shape[1], device=x.device)  # (T − 1,)
    return following.masked_fill(place >= n[:, None], IGNORED)


def mean_loss(z: Tensor, y: Tensor) -> Tensor:
    """L = mean of −ln p(y_t) over all positions that are not IGNORED: logits (B, T, V), targets (B, T − 1)."""
    return cross_entropy(z[:, :-1].flatten(0, 1), y.flatten(), ignore_index=IGNORED)


def ending_probability(z: Tensor, end: int) -> Tensor:
    """p(end | x_1 … x_t) = softmax(z_t)_end, (B, T)"""
    return z.softmax(dim=-1)[..., end]
