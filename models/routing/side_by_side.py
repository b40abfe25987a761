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
        self, runs: int, width: int, hidden: int, experts: int = 8, k: int = 1, gate: Gate = chosen_of_softmax, seed: int = 0
    ) -> None:
        super().__init__()
        self.k, self.gate = k, gate
        draws = generator(seed)

        def alike(*shape: int) -> nn.Parameter:
            first = torch.randn(*shape, generator=draws) / shape[-2] ** 0.5
            return nn.Parameter(first.expand(runs, *shape).clone())

        self.router = alike(width, experts)
        self.to_gate = alike(experts, width, hidden)
        self.to_value = alike(experts, width, hidden)
        self.to_out = alike(experts, hidden, width)

    def forward(self, x: Tensor) -> tuple[Tensor, RoutingTrace]:
        logits = x @ self.router  # (R, N, E)
        gates, chosen = self.gate(logits, self.k)  # (R, N, k)
        E = logits.shape[-1]
        neurons = swiglu(x @ self.to_gate, x @ self.to_value)  # (R, E, N, F)
        outputs = neurons @ self.to_out  # (R, E, N, D)
        y = torch.einsum("rne,rend->rnd", spread(gates, chosen, E), outputs)  # (R, N, D)
        return y, RoutingTrace(logits, gates, chosen, x)
