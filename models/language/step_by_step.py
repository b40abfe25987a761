"""What an encoder-decoder says after every prefix of a target: all at once, as in training, or word after word.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3, third point (the mask makes both the same), and
section 4 (sequential operations).

Symbols
    B  batch        T  words of the target        V  symbols
"""

import torch
from torch import Tensor

from models.transformer.encoder_decoder import Encoded, EncoderDecoder


def in_one_pass(model: EncoderDecoder, prefix: Tensor, read: Encoded) -> Tensor:
    """Logits after every prefix in a single pass: (B, T) → (B, T, V)."""
    logits, _ = model.decode(prefix, read)
    return logits


def word_after_word(model: EncoderDecoder, prefix: Tensor, read: Encoded) -> Tensor:
    """The same with one pass per prefix, each waiting for the one before it: (B, T) → (B, T, V)."""
    steps = [model.decode(prefix[:, : t + 1], read)[0][:, -1] for t in range(prefix.shape[1])]
    return torch.stack(steps, dim=1)
