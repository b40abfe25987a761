"""From one text to another with an encoder-decoder: read once, then write word by word.

Paper: Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks", section 2; greedy here.

Symbols
    B  batch        S  tokens read        T  tokens written
"""

import torch
from torch import Tensor

from models.language.sampling import greedy
from models.tokenization.tokenizer import END, PAD
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import Encoded, EncoderDecoder


@torch.inference_mode()
def write(model: EncoderDecoder, encoded: Encoded, steps: int) -> Tensor:
    """The likeliest answer to what was read, padded: (B, ≤ steps), padding after its end token."""
    target = torch.full((len(encoded.states), 1), END, device=encoded.states.device)  # (B, T)
    ended = torch.zeros(len(target), dtype=torch.bool, device=target.device)
    for _ in range(steps):
        logits, _ = model.decode(target, encoded)
        word = torch.where(ended, PAD, greedy(logits[:, -1]))
        target = torch.cat([target, word[:, None]], dim=1)
        ended = ended | (word == END)
        if ended.all():
            break
    return target[:, 1:]


@torch.inference_mode()
def transduce(model: EncoderDecoder, source: Tensor, steps: int) -> Tensor:
    """The same, of sources (B, S) still to be read."""
    return write(model, model.encode(source, padding_mask(source, PAD)), steps)
