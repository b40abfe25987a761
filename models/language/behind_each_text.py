"""What a decoder predicts behind texts of several lengths, read in one batch.

Symbols
    N  texts     T  tokens of the longest     V  vocabulary
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from models.transformer.decoder import Decoder


@torch.inference_mode()
def logits_behind(model: Decoder, texts: Sequence[Sequence[int]]) -> Tensor:
    """Logits (N, V) behind the last token of each text. Padding stands where a causal model does not see it."""
    rows = [torch.tensor(ids) for ids in texts]
    ids = pad_sequence(rows, batch_first=True).to(model.embedding.weight.device)  # (N, T)
    logits, _ = model(ids)
    return logits[torch.arange(len(rows)), torch.tensor([len(row) - 1 for row in rows])]
