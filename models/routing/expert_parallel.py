"""A mixture of experts on several devices: every token is sent to the devices of its experts, and its result back.

Papers: Lepikhin et al. 2020, "GShard", section 3 (experts sharded, two all-to-alls a layer);
Fedus et al. 2021, "Switch Transformers", section 5 (with data parallelism). Devices are simulated, one after another.

Symbols
    N  tokens      E  experts, in blocks of E/P on the devices     chosen, gates (N, k)     home  device of a token (N,)
    P  devices     k  experts a token gets                         M  copies sent from device to device (P, P)
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from models.routing.mixture_of_experts import SparseMoE

Expert = Callable[[Tensor], Tensor]


def device_of_expert(E: int, P: int) -> Tensor:
    """Expert i lives on device ⌊i · P / E⌋: (E,)."""
    return torch.arange(E) * P // E


def home_of_token(N: int, P: int) -> Tensor:
    """Each device reads a part of the batch, as in data parallelism: (N,)."""
    return torch.arange(N) * P // N


def traffic(chosen: Tensor, kept: Tensor, home: Tensor, E: int, P: int) -> Tensor:
    """M_ij: copies of tokens at home on device i that go to experts on device j; dropped ones do not. (P, P)"""
    away = device_of_expert(E, P).to(chosen.device)[chosen]  # (N, k)
    pairs = (home[:, None] * P + away)[kept]
    return torch.bincount(pairs, minlength=P * P).view(P, P)


class Spread(NamedTuple):
    """The layer's output, put together from what the devices sent back."""

    y: Tensor  # (N, D)
    received: list[int]  # copies that each device computed


def computed_apart(experts: Sequence[Expert], x: Tensor, gates: Tensor, chosen: Tensor, home: Tensor, P: int) -> Spread:
    """Dispatch, compute, combine: each device sees only the rows that were sent to it. A gate of 0 was dropped.

    ``x`` (N, D). Rows travel sorted by sender; the answers go back the way they came and are weighed at home.
    """
    y, received = torch.zeros_like(x), []
    owner = device_of_expert(len(experts), P).to(chosen.device)
    for device in range(P):
        token, slot = ((owner[chosen] == device) & (gates > 0)).nonzero(as_tuple=True)
        order = home[token].argsort(stable=True)
        token, slot = token[order], slot[order]
        arrived, wanted = x[token], chosen[token, slot]
        answers = torch.zeros_like(arrived)
        for expert in (owner == device).nonzero()[:, 0].tolist():
            answers[wanted == expert] = experts[expert](arrived[wanted == expert])
        y.index_add_(0, token, gates[token, slot, None] * answers)
        received.append(len(token))
    return Spread(y, received)


def expert_functions(layer: SparseMoE) -> list[Expert]:
    def alone(index: int) -> Expert:
        return lambda rows: layer.experts[index](rows)[0]

    return [alone(index) for index in range(len(layer.experts))]


class StepTime(NamedTuple):
    """Of one layer: seconds by device, from floating-point operations and bytes over the slower of both ways."""

    send: Tensor  # (P,) the all-to-all before the experts
    compute: Tensor  # (P,)
    back: Tensor  # (P,) and the one after them

    @property
    def total(self) -> float:
        """max send + max compute + max back: nobody goes on before the last has finished."""
        return float(self.send.max() + self.compute.max() + self.back.max())


def step_time(M: Tensor, expert_flops: float, row_bytes: float, flops: float, bandwidth: float) -> StepTime:
    """compute_j = Σᵢ M_ij · expert_flops / flops; send_j = max(Σ sent, Σ received) · row_bytes / bandwidth."""
    apart = M.double() * (1 - torch.eye(len(M), dtype=torch.double, device=M.device))
    sent, got = apart.sum(dim=1), apart.sum(dim=0)
    send = torch.maximum(sent, got) * row_bytes / bandwidth
    return StepTime(send, M.double().sum(dim=0) * expert_flops / flops, send)
