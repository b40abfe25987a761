"""The gradient of a small restricted Boltzmann machine's log-likelihood, exact; and what CD-k gives on average, exact.

Work: Bengio & Delalleau 2009, "Justifying and Generalizing Contrastive Divergence" (the bias of a short chain).

Symbols
    D  visible units    M  hidden units    V  all states of the visible units, 2^D    H  of the hidden units, 2^M
    p  the machine's probabilities (V)    q  those of a chain's state (V)    d  those of the data (V)
    W, b, c  parameters (D, M), (1, D), (1, M). All may carry leading axes for trainings side by side.
"""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from models.energy.boltzmann import all_states
from models.energy.contrastive_divergence import Parameters
from models.energy.restricted_boltzmann import hidden_given_visible, visible_given_hidden


def visible_probabilities(theta: Parameters) -> Tensor:
    """p(v) = exp(−F(v)) / Z of every visible state.  → (V)"""
    v = all_states(theta.W.shape[-2])  # (V, D)
    return torch.softmax((v * theta.b).sum(-1) + softplus(v @ theta.W + theta.c).sum(-1), -1)


def gradient(d: Tensor, q: Tensor, theta: Parameters) -> Parameters:
    """⟨v hᵀ⟩ under d − ⟨v hᵀ⟩ under q, and so for the biases; with q = p it is the exact gradient.  (V) → (D, M), …"""
    v = all_states(theta.W.shape[-2])  # (V, D)
    on = hidden_given_visible(v, theta.W, theta.c)  # (..., V, M)
    difference = (d - q).unsqueeze(-1)  # (..., V, 1)
    weighted = difference * on  # (..., V, M)
    return Parameters(v.T @ weighted, (difference * v).sum(-2, keepdim=True), weighted.sum(-2, keepdim=True))


def _listed(z: Tensor, states: Tensor) -> Tensor:
    """Probability of each of ``states`` (S, N) of independent units with log-odds ``z`` (…, R, N).  → (…, R, S)"""
    return (logsigmoid(z) @ states.T + logsigmoid(-z) @ (1 - states).T).exp()


def transitions(theta: Parameters) -> tuple[Tensor, Tensor]:
    """p(h | v) and p(v | h) of all states: together one step of a chain.  → (V, H), (H, V)"""
    v, h = all_states(theta.W.shape[-2]), all_states(theta.W.shape[-1])
    return _listed(v @ theta.W + theta.c, h), _listed(h @ theta.W.mT + theta.b, v)


def after_one_step(q: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """q′(v′) = Σ over v and h of q(v) p(h | v) p(v′ | h).  (V) → (V)"""
    return ((q.unsqueeze(-2) @ up) @ down).squeeze(-2)


def mean_field_step(v: Tensor, theta: Parameters) -> Tensor:
    """v′ = p(v | h = p(h | v)): probabilities in place of samples, both ways.  (R, D) → (R, D)"""
    return visible_given_hidden(hidden_given_visible(v, theta.W, theta.c), theta.W, theta.b)


def flat(slopes: Parameters) -> Tensor:
    """All slopes in one vector.  → (D M + D + M)"""
    return torch.cat([part.flatten(-2) for part in slopes], -1)


def relative_bias(estimate: Parameters, exact: Parameters) -> Tensor:
    """‖g − g*‖ / ‖g*‖: how far the mean estimate g is from the exact gradient g*.  → ()"""
    return (flat(estimate) - flat(exact)).norm(dim=-1) / flat(exact).norm(dim=-1)
