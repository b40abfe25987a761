"""A trained mixture-of-experts decoder with another gate: the same weights, other decisions.

Symbols
    h  router logits (..., E)      k  experts a token gets      E  experts
"""

from copy import copy
from typing import TypeVar

import torch
from torch import Tensor, nn

from models.routing.mixture_of_experts import Gate, RoutingTrace, SparseMoE, softmax_over_chosen
from models.transformer.decoder import Decoder, DecoderTrace

M = TypeVar("M", bound=nn.Module)


def mixtures(model: Decoder) -> list[SparseMoE]:
    """The mixture of each layer."""
    return [block.feed_forward for block in model.blocks]


def routings(trace: DecoderTrace) -> list[RoutingTrace]:
    """What the router of each layer decided."""
    return [block.feed_forward for block in trace.blocks]


def rerouted(model: Decoder, k: int, gate: Gate = softmax_over_chosen, only: int | None = None) -> Decoder:
    """The model with ``k`` experts a token, chosen and weighed by ``gate``, in every layer or in ``only`` that one.

    It shares the weights: do not train it.
    """

    def another(layer: SparseMoE) -> SparseMoE:
        twin = copy(layer)
        twin.k, twin.gate = k, gate
        return twin

    blocks = [
        fork(block, feed_forward=another(block.feed_forward)) if only in (None, index) else block
        for index, block in enumerate(model.blocks)
    ]
    return fork(model, blocks=nn.ModuleList(blocks))


def with_router(model: Decoder, layer: int, weight: Tensor) -> Decoder:
    """The model with another matrix (E, D) in the router of one layer. It shares the weights: do not train it."""
    block = model.blocks[layer]
    router = copy(block.feed_forward.router)
    router._parameters = router._parameters | {"weight": nn.Parameter(weight, requires_grad=False)}
    blocks = list(model.blocks)
    blocks[layer] = fork(block, feed_forward=fork(block.feed_forward, router=router))
    return fork(model, blocks=nn.ModuleList(blocks))


def partly_random(weight: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """√(1 − s) W + √s R with R normal and as large as W: the same size, a share s of its square at random."""
    random = torch.randn(weight.shape, generator=generator).to(weight)
    return (1 - share) ** 0.5 * weight + share**0.5 * random * weight.norm() / random.norm()


def fork(module: M, **parts: nn.Module) -> M:
    """The same module with other ``parts``; what is not named is shared."""
    twin = copy(module)
    twin._modules = module._modules | parts
    return twin


def equal_gates(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k experts with the largest logits, weighted alike: 1/k each."""
    return torch.full_like(logits[..., :k], 1 / k), logits.topk(k, dim=-1).indices


def without(expert: int, gate: Gate = softmax_over_chosen) -> Gate:
    """``gate`` among the other experts: this one is never chosen."""

    def among_others(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
        absent = torch.full_like(logits[..., :1], -torch.inf)
        return gate(torch.cat([logits[..., :expert], absent, logits[..., expert + 1 :]], dim=-1), k)

    return among_others
