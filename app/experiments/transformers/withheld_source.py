"""Trained encoder-decoders from which cross-attention is left out in some layers, by a control of their pages."""

from typing import Literal

from models.interpretability.withheld_source import without_cross_attention
from models.transformer.encoder_decoder import EncoderDecoder
from models.transformer.pretrained_halves import halves

Across = Literal["in both layers", "in the last layer alone", "in none"]
WITHOUT: dict[Across, tuple[int, ...]] = {"in both layers": (), "in the last layer alone": (0,), "in none": (0, 1)}
"""Decoder layers whose cross-attention is left out."""


def halves_across(checkpoint: str, kind: str, training: int, across: Across) -> EncoderDecoder:
    """One training of a checkpoint, with cross-attention in these layers."""
    model = halves(checkpoint, kind, training)
    return without_cross_attention(model, WITHOUT[across]) if WITHOUT[across] else model
