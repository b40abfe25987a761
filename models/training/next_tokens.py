"""Batches of tokens and the losses on them that recipes of language models add up."""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.routing.balance import load_balancing_loss
from models.routing.mixture_of_experts import RoutingTrace
from models.transformer.decoder import DecoderTrace


def windows(stream: Tensor, rows: int, length: int, draws: torch.Generator) -> Tensor:
    """Stretches of the stream from random places: (rows, length)."""
    starts = torch.randint(len(stream) - length, (rows, 1), generator=draws, device=stream.device)
    return stream[starts + torch.arange(length, device=stream.device)].long()


def next_token_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean −ln p of the targets in nats: logits (B, T, V), targets (B, T)."""
    return cross_entropy(logits.flatten(0, 1), targets.flatten())


def balance_loss(trace: DecoderTrace, coefficient: float) -> Tensor | float:
    """The sum of the layers' load-balancing losses; 0 where there is no router."""
    routed = [block.feed_forward for block in trace.blocks if isinstance(block.feed_forward, RoutingTrace)]
    return sum(load_balancing_loss(routing, coefficient) for routing in routed)


def repeated_rows(rows: int, length: int, vocabulary: int, draws: torch.Generator) -> Tensor:
    """Random tokens said again and again: (rows, length).

    Every row has a period of its own, else a head could copy by distance and need not look for the token.
    """
    on = {"generator": draws, "device": draws.device}
    period = torch.randint(4, length // 2 + 1, (rows, 1), **on)
    place = torch.arange(length, device=draws.device) % period
    return torch.randint(vocabulary, (rows, length), **on).gather(1, place)
