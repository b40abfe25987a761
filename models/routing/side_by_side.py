"""Several small mixtures of experts trained at once: same tokens, same first weights, another rule of balance each.

The layer is that of ``mixture_of_experts``; only the bookkeeping differs. The runs share one tensor a weight, so a
step of all of them costs little more than a step of one, and as they are this small, every expert is computed for
every token and the unchosen ones get a gate of zero. Adam treats each number on its own, so no run feels another.

Symbols
    R  runs        x  tokens (N, D)          E, k  experts, and how many a token gets
    N  tokens      h  router logits (R, N, E)    F  hidden neurons of an expert
"""

import torch
from torch import Tensor, nn

from models.layers.swiglu import swiglu
from models.routing.mixture_of_experts import Gate, RoutingTrace, chosen_of_softmax
from models.seeding import generator


def spread(gates: Tensor, chosen: Tensor, experts: int) -> Tensor:
    """The gates (..., k) at the places of their experts, zero elsewhere: (..., E)."""
    empty = torch.zeros(*gates.shape[:-1], experts, dtype=gates.dtype, device=gates.device)
    return empty.scatter(-1, chosen, gates)


def load_of(chosen: Tensor, experts: int) -> Tensor:
    """The share of the assignments (..., N, k) that each expert got: (..., E)."""
    return spread(torch.ones_like(chosen, dtype=torch.float32), chosen, experts).mean(dim=-2) / chosen.shape[-1]


class SideBySideMoE(nn.Module):
    """y = Σᵢ gᵢ · Expertᵢ(x) for R runs at once, all drawn from one seed to the same weights."""

    def __init__(
        self,
        runs: int,
        width: int,
        hidden: int,
        experts: int = 8,
        k: int = 1,
        gate: Gate = chosen_of_softmax,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.k, self.gate = k, gate
        draws = generator(seed)

        def alike(*shape: int, fan: int) -> nn.Parameter:
            first = torch.randn(*shape, generator=draws) / fan**0.5
            return nn.Parameter(first.expand(runs, *shape).clone())

        self.router = alike(width, experts, fan=width)
        self.to_gate = alike(width, experts, hidden, fan=width)
        self.to_value = alike(width, experts, hidden, fan=width)
        self.to_out = alike(experts, hidden, width, fan=hidden)

    def forward(self, x: Tensor) -> tuple[Tensor, RoutingTrace]:
        logits = x @ self.router  # (R, N, E)
        gates, chosen = self.gate(logits, self.k)  # (R, N, k)
        neurons = swiglu(x @ self.to_gate.flatten(2), x @ self.to_value.flatten(2))  # (R, N, E·F)
        weighed = (
            neurons.unflatten(-1, self.to_gate.shape[2:]) * spread(gates, chosen, logits.shape[-1])[..., None]
        )  # (R, N, E, F)
        y = weighed.flatten(2) @ self.to_out.flatten(1, 2)  # (R, N, D)
        return y, RoutingTrace(logits, gates, chosen, x)
