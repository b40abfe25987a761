"""Depth up-scaling: a deeper decoder out of the layers of a trained one, some of them taken twice.

Papers: Kim et al. 2024, "SOLAR 10.7B: Scaling Large Language Models with Simple yet Effective Depth Up-Scaling",
section 2 (two copies, the last m layers of one and the first m of the other dropped, then continued pre-training);
Wu et al. 2024, "LLaMA Pro", section 3.2 (added blocks whose output matrices are zero).

Symbols
    n  layers of the source        m  layers dropped from each copy        s = 2(n − m)  layers of the result
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from models.interpretability.left_out import without
from models.transformer.decoder import Decoder


def upscaled_order(n: int, m: int) -> list[int]:
    """(1, …, n − m, m + 1, …, n), counted from 0: the layer of the source that each layer of the result copies."""
    return [*range(n - m), *range(m, n)]


def appended_order(n: int, m: int) -> list[int]:
    """(1, …, n, 1, …, n − 2m): as many layers, the first ones again behind the last."""
    return [*range(n), *range(n - 2 * m)]


def doubled_order(n: int, m: int) -> list[int]:
    """As many layers, each of the n − 2m in the middle twice in a row."""
    return sorted([*range(n), *range(m, n - m)])


def reversed_order(n: int, m: int) -> list[int]:
    """The layers of the up-scaled model from the last to the first."""
    return upscaled_order(n, m)[::-1]


def block_of(name: str) -> tuple[int, str] | None:
    """The layer to which a weight belongs, and its name in there; None for those outside the layers."""
    if not name.startswith("blocks."):
        return None
    _, layer, inside = name.split(".", 2)
    return int(layer), inside


def grown_weights(weights: Mapping[str, Tensor], order: Sequence[int]) -> dict[str, Tensor]:
    """W'ₗ = W_{order(l)} for every layer l of the result; embedding and last norm stay."""
    outside = {name: weight for name, weight in weights.items() if block_of(name) is None}
    inside: dict[int, dict[str, Tensor]] = {}
    for name, weight in weights.items():
        if found := block_of(name):
            inside.setdefault(found[0], {})[found[1]] = weight
    return outside | {f"blocks.{at}.{name}": w for at, layer in enumerate(order) for name, w in inside[layer].items()}


def repeated_layers(order: Sequence[int]) -> list[int]:
    """The layers of the result that copy one that has been copied before."""
    return [at for at, layer in enumerate(order) if layer in order[:at]]


def silenced(weights: Mapping[str, Tensor], layers: Sequence[int]) -> dict[str, Tensor]:
    """The same weights, but these layers add nothing: f(x) = 0, since both their output matrices are zero."""
    ends = [f"blocks.{at}.{part}.to_out.weight" for at in layers for part in ("attention", "feed_forward")]
    return {name: torch.zeros_like(weight) if name in ends else weight for name, weight in weights.items()}


def stacked(source: Decoder, order: Sequence[int], silent: bool = False) -> Decoder:
    """The same function as ``grown`` without a copy of any weight, for a source that is too large to be copied."""
    model = without(source, [])
    model.config = replace(source.config, layers=len(order))
    blocks = [source.blocks[layer] for layer in order]
    for at in repeated_layers(order) if silent else []:
        blocks[at] = without(source, [(order[at], "attention"), (order[at], "MLP")]).blocks[order[at]]
    model.blocks = nn.ModuleList(blocks)
    return model


def grown(source: Decoder, order: Sequence[int], silent: bool = False) -> Decoder:
    """A frozen decoder of the source's layers in that order; ``silent``: repeated layers add nothing at first."""
    model = copy.deepcopy(source)
    model.config = replace(source.config, layers=len(order))
    model.blocks = nn.ModuleList(copy.deepcopy(source.blocks[layer]) for layer in order)
    weights = grown_weights(source.state_dict(), order)
    model.load_state_dict(silenced(weights, repeated_layers(order)) if silent else weights)
    return model.requires_grad_(False)
