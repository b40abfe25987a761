"""Further training of a model that was changed, for a handful of steps: short enough to watch.

Paper: Ainslie et al. 2023, "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints",
section 2.1: pool the heads, then train on for a small part of the original steps.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from models.language.evaluation import token_losses
from models.transformer.decoder import Decoder


def uptrain(model: Decoder, rows: Tensor, batch: int, learning_rate: float = 3e-3, clip: float = 1.0) -> Iterator[int]:
    """Adam in place on rows (N, T), ``batch`` at a time and each once; yields the number of steps done after each."""
    optimizer = torch.optim.Adam(model.parameters(), learning_rate, betas=(0.9, 0.95))
    for step, ids in enumerate(rows.split(batch), start=1):
        with torch.enable_grad():
            token_losses(model(ids)[0], ids).mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        optimizer.zero_grad()
        yield step
