"""Routing by agreement: a capsule sends its vote to the parent whose output points the same way.

Paper: Sabour et al. 2017, "Dynamic Routing Between Capsules", section 2 and procedure 1.

Symbols
    B  batch        I  capsules below      J  capsules above      P, K  width of a capsule below and above
    u  output of a capsule below           û  its vote for one above       W  what turns outputs into votes
    b  routing logits                      c  coupling coefficients, a softmax of b over the capsules above
    s  input of a capsule above            v  its output, whose length lies between 0 and 1
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

TINY = 1e-8
"""Added under the root: the length of the zero vector has no gradient."""


class RoutingByAgreementTrace(NamedTuple):
    """Every iteration of the routing, R of them."""

    votes: Tensor  # (B, I, J, K)
    coupling: Tensor  # (R, B, I, J)
    sums: Tensor  # (R, B, J, K)
    outputs: Tensor  # (R, B, J, K)


Squash = Callable[[Tensor], Tensor]
"""A nonlinearity that changes the lengths of vectors (..., K)."""


def length(s: Tensor) -> Tensor:
    """‖s‖ over the last axis, (..., K) → (..., 1)."""
    return (s.square().sum(dim=-1, keepdim=True) + TINY).sqrt()


def squash(s: Tensor) -> Tensor:
    """v = ‖s‖² / (1 + ‖s‖²) · s / ‖s‖.  Equation 1."""
    squared = s.square().sum(dim=-1, keepdim=True)  # (..., 1)
    return squared / (1 + squared) * s / length(s)


def exponential_squash(s: Tensor) -> Tensor:
    """v = (1 − e^−‖s‖) · s / ‖s‖: another length between 0 and 1, linear near 0."""
    return (1 - (-length(s)).exp()) * s / length(s)


def unsquared_squash(s: Tensor) -> Tensor:
    """v = ‖s‖ / (1 + ‖s‖) · s / ‖s‖: squash with lengths that are not squared, so that short vectors stay longer."""
    return s / (1 + length(s))


def squash_without_tiny(s: Tensor) -> Tensor:
    """Squash as it is written, nothing added under the root: at the zero vector its gradient is 0/0."""
    squared = s.square().sum(dim=-1, keepdim=True)  # (..., 1)
    return squared / (1 + squared) * s / squared.sqrt()


def no_squash(s: Tensor) -> Tensor:
    """v = s: lengths have no upper bound."""
    return s


def unit_length(s: Tensor) -> Tensor:
    """v = s / ‖s‖: the direction alone."""
    return s / length(s)


def votes_of(u: Tensor, W: Tensor) -> Tensor:
    """û_j|i = W_ij u_i.  Equation 2: u (B, I, P), W (I, J, K, P) → (B, I, J, K)."""
    return torch.einsum("ijkp,bip->bijk", W, u)


def coupling(b: Tensor) -> Tensor:
    """c_ij = exp b_ij / Σ_k exp b_ik.  Equation 3: over the capsules above, so that each one below spends 1."""
    return b.softmax(dim=-1)


def coupling_over_inputs(b: Tensor) -> Tensor:
    """A known mistake: the softmax runs over the capsules below, so that each one above receives 1."""
    return b.softmax(dim=-2)


def weighted_sum(c: Tensor, votes: Tensor) -> Tensor:
    """s_j = Σ_i c_ij û_j|i.  Equation 2: c (B, I, J), votes (B, I, J, K) → (B, J, K)."""
    return torch.einsum("bij,bijk->bjk", c, votes)


def agreement(votes: Tensor, v: Tensor) -> Tensor:
    """a_ij = v_j · û_j|i.  Section 2: votes (B, I, J, K), v (B, J, K) → (B, I, J), added to b."""
    return torch.einsum("bijk,bjk->bij", votes, v)


def agreement_with_next(votes: Tensor, v: Tensor) -> Tensor:
    """Each vote is compared with the output of another capsule: votes (B, I, J, K), v (B, J, K) → (B, I, J)."""
    return agreement(votes, v.roll(1, 1))


def agreement_at_length_of_next(votes: Tensor, v: Tensor) -> Tensor:
    """Each vote is compared with its own output at the length of the next: (B, I, J, K), (B, J, K) → (B, I, J)."""
    return agreement(votes, normalize(v, dim=-1) * v.roll(1, 1).norm(dim=-1, keepdim=True))


def dynamic_routing(
    votes: Tensor,
    iterations: int,
    squashed: Squash = squash,
    agrees: Callable[[Tensor, Tensor], Tensor] = agreement,
    couples: Callable[[Tensor], Tensor] = coupling,
) -> tuple[Tensor, RoutingByAgreementTrace]:
    """Procedure 1: votes (B, I, J, K) → outputs v (B, J, K). With one iteration every coupling is 1/J."""
    b = torch.zeros_like(votes[..., 0])  # (B, I, J)
    couplings, sums, outputs = [], [], []
    for _ in range(iterations):
        c = couples(b)  # (B, I, J)
        s = weighted_sum(c, votes)  # (B, J, K)
        v = squashed(s)  # (B, J, K)
        b = b + agrees(votes, v)  # (B, I, J)
        couplings.append(c)
        sums.append(s)
        outputs.append(v)
    return v, RoutingByAgreementTrace(votes, *map(torch.stack, (couplings, sums, outputs)))
