"""A restricted Boltzmann machine: visible and hidden units, connected across the two layers and not within one.

Work: Smolensky 1986, "Information Processing in Dynamical Systems" (as the harmonium); Hinton 2002, "Training Products
of Experts by Minimizing Contrastive Divergence".

Symbols
    B  digits, or chains    D  visible units    M  hidden units    v, h  their states, 0 or 1 (B, D), (B, M)
    W  weights (D, M)       b, c  biases of the visible (D) and of the hidden units (M)    F  free energy    Z  its sum
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid, softplus

from models.energy.boltzmann import all_states


def energy(v: Tensor, h: Tensor, W: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """E(v, h) = −vᵀ W h − bᵀ v − cᵀ h.  (B, D), (B, M) → (B)"""
    return -((v @ W) * h).sum(-1) - v @ b - h @ c


def hidden_given_visible(v: Tensor, W: Tensor, c: Tensor) -> Tensor:
    """p(h_j = 1 | v) = σ(Σ over i of v_i w_ij + c_j): no hidden unit asks another.  (B, D) → (B, M)"""
    return torch.sigmoid(v @ W + c)


def visible_given_hidden(h: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """p(v_i = 1 | h) = σ(Σ over j of w_ij h_j + b_i).  (B, M) → (B, D)"""
    return torch.sigmoid(h @ W.mT + b)


def free_energy(v: Tensor, W: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """F(v) = −bᵀ v − Σ over j of log(1 + exp(vᵀ w_j + c_j)): e^−F sums e^−E over all h.  (B, D) → (B)"""
    return -(v @ b) - softplus(v @ W + c).sum(-1)


def log_partition(W: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """log Z = log Σ over all 2^M states h of exp(cᵀ h) Π over i of (1 + exp(w_i h + b_i)): exact, for few units. ()"""
    h = all_states(len(c))  # (2^M, M)
    return torch.logsumexp(h @ c + softplus(h @ W.T + b).sum(-1), 0)


def log_likelihood(v: Tensor, W: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """log p(v) = −F(v) − log Z, in nats.  (B, D) → (B)"""
    return -free_energy(v, W, b, c) - log_partition(W, b, c)


def hidden_listed(v: Tensor, W: Tensor, c: Tensor, lateral: float = 0.0) -> Tensor:
    """p(h | v) of every state of the hidden units; ``lateral`` is a weight between units 0 and 1.  (D) → (2^M)"""
    h = all_states(len(c))  # (2^M, M)
    return torch.softmax(h @ (v @ W + c) + lateral * h[:, 0] * h[:, 1], 0)


def product_of_units(on: Tensor) -> Tensor:
    """Π over j of p_j where h_j = 1, and of 1 − p_j where h_j = 0, for every state of the hidden units.  (M) → (2^M)"""
    h = all_states(len(on))  # (2^M, M)
    return (h * on + (1 - h) * (1 - on)).prod(-1)


def rest_given_part(v: Tensor, known: Tensor, W: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """p(v_i = 1 | the visible units ``known`` (D)), summed over all 2^M hidden states.  (B, D) → (B, D)"""
    h = all_states(len(c))  # (2^M, M)
    z = h @ W.T + b  # (2^M, D)
    unknown = softplus(z[:, ~known]).sum(-1)  # what the other visible units sum to, whatever they are
    seen = v[:, known] @ logsigmoid(z[:, known]).T + (1 - v[:, known]) @ logsigmoid(-z[:, known]).T
    posterior = torch.softmax(seen + softplus(z[:, known]).sum(-1) + unknown + h @ c, -1)  # (B, 2^M)
    return posterior @ torch.sigmoid(z)


class RBMTrace(NamedTuple):
    hidden: Tensor  # (B, M) chance of each hidden unit to be on
    sampled: Tensor  # (B, M) what was drawn
    visible: Tensor  # (B, D) chance of each visible unit to be on


class RestrictedBoltzmannMachine(nn.Module):
    """One call is one step of Gibbs sampling: all hidden units at once, then all visible ones."""

    def __init__(self, visible: int, hidden: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(visible, hidden))
        self.visible_bias = nn.Parameter(torch.empty(visible))
        self.hidden_bias = nn.Parameter(torch.empty(hidden))

    def forward(self, v: Tensor, draws: torch.Generator) -> tuple[Tensor, RBMTrace]:
        on = hidden_given_visible(v, self.weight, self.hidden_bias)  # (B, M)
        h = torch.bernoulli(on, generator=draws)  # (B, M)
        p = visible_given_hidden(h, self.weight, self.visible_bias)  # (B, D)
        return torch.bernoulli(p, generator=draws), RBMTrace(on, h, p)
