"""Message passing for an answer many hops away: deep with residual connections, or with a virtual node.

Works: Kipf & Welling 2017, appendix B (residual connections); Gilmer et al. 2017, "Neural Message Passing for Quantum
Chemistry", section 5.2 (a master node that is joined to all nodes).

Symbols
    Â  normalised adjacency (B, N, N)    H  node states (B, N, D)    W, V  weights (D, D)    N  nodes
    L  layers                            g  state of the virtual node (B, 1, D)
"""

import torch
from torch import Tensor, nn

from models.graphs.gcn import graph_convolution, normalised_adjacency


def virtual_message(h: Tensor, mask: Tensor) -> Tensor:
    """g = mean over all nodes of H: what a node that is joined to all of them holds.  (B, N, D) → (B, 1, D)"""
    weight = mask.unsqueeze(-1).float()  # (B, N, 1)
    return (h * weight).sum(-2, keepdim=True) / weight.sum(-2, keepdim=True)


class DeepGCN(nn.Module):
    """x → H₀, then H ← H + relu(Â H W + g V) in every layer, then one logit per node; without ``virtual`` no g."""

    def __init__(self, features: int, width: int, layers: int, *, virtual: bool = False) -> None:
        super().__init__()
        self.embed, self.answer = nn.Linear(features, width), nn.Linear(width, 1)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.weights = nn.ParameterList(torch.empty(width, width) for _ in range(layers))
        self.global_weights = nn.ParameterList(torch.empty(width, width) for _ in range(layers if virtual else 0))

    def forward(self, x: Tensor, adjacency: Tensor, mask: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits (B, N), and the states before the first layer and after each."""
        a_hat = normalised_adjacency(adjacency)  # (B, N, N)
        h = self.embed(x)  # (B, N, D)
        states = [h]
        for number, (norm, weight) in enumerate(zip(self.norms, self.weights)):
            normed = norm(h)  # (B, N, D)
            message = graph_convolution(normed, a_hat, weight)  # (B, N, D)
            if self.global_weights:
                message = message + virtual_message(normed, mask) @ self.global_weights[number]  # (B, N, D)
            h = h + message.relu()  # (B, N, D)
            states.append(h)
        return self.answer(h).squeeze(-1), states
