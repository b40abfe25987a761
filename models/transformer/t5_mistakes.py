"""Well-known slips with T5's weights: every size is right, and the scores mean something else.

Paper: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
section 2.1; that trained weights expect scores without 1/√K stands in the released code and in transformers.

Symbols as in ``models/transformer/t5.py``
    γ  a factor of all scores
"""

import copy
import math
from collections.abc import Callable, Iterator, Mapping

import torch

from models.transformer.t5 import T5, T5Attention


def attentions(model: T5) -> Iterator[T5Attention]:
    """Every attention of both stacks."""
    for module in model.modules():
        if isinstance(module, T5Attention):
            yield module


@torch.no_grad()
def scaled(model: T5, factor: float) -> T5:
    """q kᵀ becomes γ q kᵀ in every attention, by way of W_Q; the relative bias stays."""
    for attention in attentions(model):
        attention.to_q.weight.mul_(factor)
    return model


def divided(model: T5) -> T5:
    """The scores divided by √K, as in the transformer of 2017, with weights that were trained without."""
    return scaled(model, 1 / math.sqrt(model.config.head_width))


@torch.no_grad()
def divided_and_restored(model: T5) -> T5:
    """The same, and W_K multiplied by √K to match."""
    for attention in attentions(divided(model)):
        attention.to_k.weight.mul_(math.sqrt(model.config.head_width))
    return model


@torch.no_grad()
def bias_divided(model: T5) -> T5:
    """The relative bias divided by √K, and the scores as trained: the other summand of q kᵀ + b."""
    for stack in (model.encoder_bias, model.decoder_bias):
        for bias in stack.parameters():
            bias.div_(math.sqrt(model.config.head_width))
    return model


MISTAKES: Mapping[str, Callable[[T5], T5]] = {
    "none": lambda model: model,
    "scores divided by √K": divided,
    "divided, keys rescaled": divided_and_restored,
    "bias divided by √K": bias_divided,
}


def mistaken(model: T5, mistake: str) -> T5:
    """A copy of the model with that slip; the model itself stays as it is."""
    return MISTAKES[mistake](copy.deepcopy(model))
