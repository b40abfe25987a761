"""HiPPO: matrices under which a state keeps the coefficients of its input's past on polynomials.

Papers: Gu, Dao, Ermon, Rudra & Ré 2020, "HiPPO: Recurrent Memory with Optimal Polynomial Projections" (LegT: a window;
LegS: the whole past); Voelker, Kajić & Eliasmith 2019, "Legendre Memory Units" (the window, scaled otherwise);
Gu et al. 2022, "On the Parameterization and Initialization of Diagonal State Space Models" (S4D-Lin).

Symbols
    u  signal, a function of time      x  state (N,)      x' = A x + B u      A (N, N)      B (N,)
    θ  length of the window            s  age: how long ago, 0 to θ           N  numbers kept
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator


class System(NamedTuple):
    """x' = A x + B u, in units of time in which the window is 1 long."""

    A: Tensor  # (N, N)
    B: Tensor  # (N,)


def window_hippo(N: int) -> System:
    """A_nk = −√((2n+1)(2k+1)) · (1 if k ≤ n, (−1)^(n−k) if k > n), B_n = √(2n+1): LegT, for θ = 1."""
    n = torch.arange(N, dtype=torch.double)
    root = (2 * n + 1).sqrt()  # (N,)
    sign = torch.where(n <= n[:, None], 1.0, (-1.0) ** (n[:, None] - n))  # (N, N)
    return System(-root[:, None] * root * sign, root)


def scaled_hippo(N: int) -> System:
    """A_nk = −(√((2n+1)(2k+1)) if k < n, n + 1 if k = n, else 0), B_n = √(2n+1): LegS, with a fixed step as in S4."""
    n = torch.arange(N, dtype=torch.double)
    root = (2 * n + 1).sqrt()  # (N,)
    below = (root[:, None] * root).tril(-1)  # (N, N)
    return System(-(below + torch.diag(n + 1)), root)


def fourier(N: int) -> System:
    """N/2 modes −1/2 + 2πin, each as a 2 × 2 block of its real and imaginary part: S4D-Lin for a window of 1."""
    blocks = []
    for n in range(N // 2):
        turn = 2 * torch.pi * n
        blocks.append(torch.tensor([[-0.5, -turn], [turn, -0.5]], dtype=torch.double))
    B = torch.ones(N, dtype=torch.double)
    B[1::2] = 0.0  # the input enters the real part; the rotation fills the other
    return System(torch.block_diag(*blocks), B)


def random_stable(N: int, seed: int) -> System:
    """Normal entries of variance 1/N, shifted so that the slowest mode decays at the rate 1/2."""
    draws = generator(seed)
    A = torch.randn(N, N, generator=draws, dtype=torch.double) / N**0.5
    A = A - (torch.linalg.eigvals(A).real.max() + 0.5) * torch.eye(N)
    return System(A, torch.randn(N, generator=draws, dtype=torch.double))


def random_rotation(N: int, seed: int) -> System:
    """Antisymmetric normal entries of variance 1/N, and a decay of 1/2 in all directions: it turns and fades."""
    draws = generator(seed)
    A = torch.randn(N, N, generator=draws, dtype=torch.double) / N**0.5
    return System(A - A.T - 0.5 * torch.eye(N), torch.randn(N, generator=draws, dtype=torch.double))


def in_another_basis(system: System, seed: int) -> System:
    """A → M A M⁻¹, B → M B with a random M: another matrix, the same information."""
    N = len(system.B)
    M = torch.randn(N, N, generator=generator(seed), dtype=torch.double)
    return System(torch.linalg.solve(M.T, (M @ system.A).T).T, M @ system.B)


def held_input(system: System, delta: float) -> System:
    """exp(Δ [[A, B], [0, 0]]) = [[Ā, B̄], [0, 1]]: the zero-order hold of a whole matrix, in one exponential."""
    N = len(system.B)
    both = torch.zeros(N + 1, N + 1, dtype=torch.double)
    both[:N, :N], both[:N, N] = system.A, system.B
    both = torch.linalg.matrix_exp(delta * both)
    return System(both[:N, :N], both[:N, N])


def memory(step: System, length: int) -> Tensor:
    """Ā^l B̄ for l = 0 … length − 1: what a sample that is l steps old adds to the state.  (N, length)"""
    columns, power = step.B[:, None], step.A
    while columns.shape[1] < length:
        columns = torch.cat([columns, power @ columns], dim=1)
        power = power @ power
    return columns[:, :length]


def legendre(N: int, age: Tensor) -> Tensor:
    """√(2n+1) P_n(1 − 2s/θ): the signal at age s is Σₙ xₙ times this, for the window's own state.  (S, N)"""
    z = 1 - 2 * age  # (S,)
    P = [torch.ones_like(z), z]
    for n in range(1, N - 1):
        P.append(((2 * n + 1) * z * P[n] - n * P[n - 1]) / (n + 1))
    return torch.stack(P[:N], dim=1) * (2 * torch.arange(N) + 1).sqrt()


def fitted_decoder(x: Tensor, past: Tensor, ridge: float = 1e-8) -> Tensor:
    """(XᵀX + λI)⁻¹ Xᵀ U: the linear map from states (M, N) to pasts (M, S) with the least squared error.  (N, S)"""
    gram = x.T @ x + ridge * len(x) * torch.eye(x.shape[1], dtype=x.dtype)  # (N, N)
    return torch.linalg.solve(gram, x.T @ past)


def rebuilt(x: Tensor, decoder: Tensor) -> Tensor:
    """û = x D: the past that a state stands for, under a decoder D (N, S).  (M, S)"""
    return x @ decoder
