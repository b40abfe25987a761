"""What a vocabulary costs per character: fewer tokens to compute, but a larger output layer for each.

Paper: Tao et al. 2024, "Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies" (loss per
character, so that vocabularies can be compared; parameters of the vocabulary apart from the others).

Symbols
    V  tokens of the vocabulary     T  tokens of a text     C  its characters     ℓ  mean loss per token, nats
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Literal

from models.cost.decoding_cost import forward_flops
from models.transformer.decoder import DecoderConfig


def bits_per_character(nats_per_token: float, tokens: int, characters: int) -> float:
    """T ℓ / (C ln 2)"""
    return tokens * nats_per_token / (characters * math.log(2))


Part = Literal["everything", "all but the output layer", "all but attention over positions"]


def flops_per_character(
    config: DecoderConfig, tokens: Sequence[int], characters: int, part: Part = "everything"
) -> float:
    """Σ FLOPs(T) / C over texts of T tokens and C characters in all; a ``part`` of the model may be left out."""
    counted = dataclasses.replace(config, vocabulary=0) if part == "all but the output layer" else config
    seen = 0 if part == "all but attention over positions" else 1
    return sum(forward_flops(counted, T, seen * T) for T in tokens) / characters


def vocabulary_parameters(config: DecoderConfig) -> int:
    """V D: one row per token, the same matrix at both ends"""
    return config.vocabulary * config.width
