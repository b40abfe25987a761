"""From one text to another with an encoder-decoder: read once, then write word by word.

Paper: Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks", section 2; greedy here.

Symbols
    B  batch        S  tokens read        T  tokens written
"""

import torch
from torch import Tensor

from models.language.sampling import greedy
from models.language.tokenizer import END, PAD
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import EncoderDecoder


@torch.inference_mode()
def transduce(model: EncoderDecoder, source: Tensor, steps: int) -> Tensor:
    """The likeliest answer to each ``source`` (B, S), padded: (B, ≤ steps), padding after its end token."""
    encoded = model.encode(source, padding_mask(source, PAD))
    target = source.new_full((len(source), 1), END)  # (B, T)
    ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)
    for _ in range(steps):
        logits, _ = model.decode(target, encoded)
        word = torch.where(ended, PAD, greedy(logits[:, -1]))
        target = torch.cat([target, word[:, None]], dim=1)
        ended = ended | (word == END)
        if ended.all():
            break
    return target[:, 1:]
