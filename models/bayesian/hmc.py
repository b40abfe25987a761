"""Hamiltonian Monte Carlo: a state rolls over the energy like a ball, and keeps where it arrives or stays.

Work: Neal 2011, "MCMC Using Hamiltonian Dynamics" (leapfrog steps and the acceptance rule).

Symbols
    C  chains    K  weights    q  states (C, K)    p  momenta (C, K)    U  energy of each state (C)
    ε  step size of each chain (C, 1)
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Energy = Callable[[Tensor], Tensor]

WANTED = 0.8
"""The acceptance rate that the step size is adapted to while the chains warm up."""


class Draws(NamedTuple):
    states: Tensor  # (N, C, K) one per round after the warm-up
    accepted: float  # mean probability of acceptance


def slope(energy: Energy, q: Tensor) -> tuple[Tensor, Tensor]:
    """U(q) and its gradient.  (C, K) → (C), (C, K)"""
    q = q.detach().requires_grad_()
    U = energy(q)  # (C,)
    return U.detach(), torch.autograd.grad(U.sum(), q)[0]


def leapfrog(energy: Energy, q: Tensor, p: Tensor, g: Tensor, epsilon: Tensor, steps: int) -> tuple[Tensor, ...]:
    """p ← p − ε/2 ∇U;  q ← q + ε p;  p ← p − ε/2 ∇U, ``steps`` times. Gives q, p, U and ∇U at the end."""
    U = torch.zeros(len(q))
    for _ in range(steps):
        p = p - epsilon / 2 * g  # (C, K)
        q = q + epsilon * p  # (C, K)
        U, g = slope(energy, q)
        p = p - epsilon / 2 * g  # (C, K)
    return q, p, U, g


def acceptance(U: Tensor, p: Tensor, U_new: Tensor, p_new: Tensor) -> Tensor:
    """min(1, exp(U + ½‖p‖² − U′ − ½‖p′‖²)); 0 where the path has left all numbers.  (C)"""
    total = U + p.square().sum(-1) / 2 - U_new - p_new.square().sum(-1) / 2  # (C,)
    return total.clamp(max=0).exp().nan_to_num(0.0)


def sampled(
    energy: Energy, start: Tensor, draws: torch.Generator, *, rounds: int, warm_up: int, steps: int, epsilon: float
) -> Draws:
    """Chains from ``start`` (C, K); ``warm_up`` rounds adapt ε and are dropped, then ``rounds`` are kept."""
    q = start  # (C, K)
    size = torch.full((len(start), 1), epsilon)  # (C, 1)
    U, g = slope(energy, q)
    kept, rate = [], 0.0
    for number in range(warm_up + rounds):
        p = torch.randn(q.shape, generator=draws)  # (C, K)
        epsilon_now = size * (0.8 + 0.4 * torch.rand(size.shape, generator=draws))  # (C, 1)
        q_new, p_new, U_new, g_new = leapfrog(energy, q, p, g, epsilon_now, steps)
        chance = acceptance(U, p, U_new, p_new)  # (C,)
        taken = torch.rand(chance.shape, generator=draws) < chance  # (C,)
        q, g = torch.where(taken[:, None], q_new, q), torch.where(taken[:, None], g_new, g)
        U = torch.where(taken, U_new, U)  # (C,)
        if number < warm_up:
            size = size * torch.where(chance > WANTED, 1.05, 0.95)[:, None]  # (C, 1)
        else:
            kept.append(q)
            rate += chance.mean().item() / rounds
    return Draws(torch.stack(kept), rate)


def shrink_factor(values: Tensor) -> Tensor:
    """R̂ = √(variance of all chains together / mean variance within one): near 1 once they agree.  (N, C, …) → (…)"""
    within = values.var(0).mean(0)
    between = values.mean(0).var(0)
    return ((within * (len(values) - 1) / len(values) + between) / within).sqrt()
