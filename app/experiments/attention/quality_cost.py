"""What a change to a trained model costs: its loss on held-out texts, and how far its predictions move."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.language.evaluation import token_losses
from models.language.held_out import Purpose, mixture_of, packed
from models.language.pretrained_decoders import pretrained
from models.layers.softmax import total_variation
from models.transformer.decoder import Decoder

ROWS, LENGTH = 6, 64


class QualityCost(NamedTuple):
    loss: float  # nats per token
    moved: float  # total variation distance of the next token's distributions, mean over the texts: 0 to 1


@memo
def new_texts(checkpoint: str, purpose: Purpose, seed: int, rows: int, length: int) -> Tensor:
    """Texts of the kinds that the model was trained on, packed: (rows, length)."""
    return packed(mixture_of(checkpoint), purpose, seed, rows, length)


@memo
def _unchanged(checkpoint: str, seed: int, rows: int, length: int, device: str) -> tuple[Tensor, Tensor, float]:
    """The texts, the probabilities (B, T, V) that the model gives them as it was trained, and its loss."""
    ids = new_texts(checkpoint, "evaluation", seed, rows, length).to(device)
    logits, _ = pretrained(checkpoint, device)(ids)
    return ids, logits.softmax(dim=-1), token_losses(logits, ids).mean().item()


@torch.no_grad()
def quality_cost(
    model: Decoder, checkpoint: str, seed: int, device: str, rows: int = ROWS, length: int = LENGTH,
    mask: Tensor | None = None,
) -> QualityCost:  # fmt: skip
    """Of a model that was made from a checkpoint by changing it, or that reads through a ``mask`` (T, T)."""
    ids, full, _ = _unchanged(checkpoint, seed, rows, length, device)
    logits, _ = model(ids, mask=mask)
    moved = total_variation(logits.softmax(dim=-1), full).mean()
    return QualityCost(token_losses(logits, ids).mean().item(), moved.item())


@torch.no_grad()
def full_loss(checkpoint: str, seed: int, device: str, rows: int = ROWS, length: int = LENGTH) -> float:
    """Loss, in nats per token, of the model as it was trained, on the same texts."""
    return _unchanged(checkpoint, seed, rows, length, device)[2]
