"""One word of a decoder's prefix exchanged: what is then generated, and how far back the prefix is attended to.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3, third point (each position of the decoder
attends to the positions up to and including itself).

Symbols
    B  batch        T  positions of the target        w  how many positions back self-attention reaches
"""

from typing import Any

import torch
from torch import Tensor

from models.attention.masks import sliding_window_mask
from models.transformer.encoder_decoder import Encoded, EncoderDecoder


def replaced(prefix: Tensor, place: int, words: Tensor) -> Tensor:
    """The prefixes (B, T) with ``words`` (B,) behind the start and ``place`` right words."""
    changed = prefix.clone()
    changed[:, place + 1] = words
    return changed


def decoded(model: EncoderDecoder, prefix: Tensor, encoded: Encoded, window: int) -> tuple[Tensor, Any]:
    """Logits (B, T, V) where each position attends to the last ``window`` ones, itself included; and the blocks."""
    x, blocks = model.embed(prefix), []  # (B, T, D)
    mask = sliding_window_mask(prefix.shape[1], window, device=prefix.device)
    for block, memory in zip(model.decoder, encoded.memories, strict=True):
        x, trace = block(x, memory, mask, encoded.mask)
        blocks.append(trace)
    return x @ model.embedding.weight.T, blocks


@torch.inference_mode()
def generated(model: EncoderDecoder, encoded: Encoded, window: int, steps: int, end: int) -> Tensor:
    """The likeliest word after each prefix, word by word: (B, T)."""
    prefix = torch.full((len(encoded.states), 1), end, device=encoded.states.device)
    for _ in range(steps):
        word = decoded(model, prefix, encoded, window)[0][:, -1:].argmax(dim=-1)  # (B, 1)
        prefix = torch.cat([prefix, word], dim=1)
    return prefix[:, 1:]
