"""The liquid time-constant cell: inputs open conductances, which pull a cell to a potential and make it faster.

Works: Hasani et al. 2021, "Liquid Time-constant Networks", AAAI (equation 1, the fused solver, theorems 1 and 2);
Lechner et al. 2020, "Neural circuit policies enabling auditable autonomy" (the same cell with conductances).

Symbols
    x  inputs (B, T, N)          v  potentials of the cells (B, D)         c  capacitances (D,)
    w  largest conductances      μ, s  where and how steeply a synapse opens: (N, D) from inputs, (D, D) from cells
    E  potential to which a synapse pulls      g  leak conductance (D,)    v₀  potential to which the leak pulls (D,)
    Δ  time between two inputs (B, T)          U  steps of the solver in Δ
    B  sequences                 T  inputs in time        N  inputs at once        D  cells
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

LiquidSolver = Literal["fused", "explicit Euler"]


class LiquidTrace(NamedTuple):
    """What the cells did."""

    states: Tensor  # (B, T, D) after each input
    time_constants: Tensor  # (B, T, D) when each input had been read, in units of Δ


def conductances(pre: Tensor, w: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """G_ij = w_ij σ(s_ij (x_i − μ_ij)): how far each synapse is open."""
    return w * torch.sigmoid(sigma * (pre[..., None] - mu))  # (B, N, D)


def time_constant(open_: Tensor, c: Tensor, leak: Tensor) -> Tensor:
    """τ = c / (g + Σ_i G_ij): the more is open, the faster the cell."""
    return c / (leak + open_.sum(-2))  # (B, D)


def fused_step(v: Tensor, h: Tensor, open_: Tensor, E: Tensor, c: Tensor, leak: Tensor, rest: Tensor) -> Tensor:
    """v′ = (c v / h + g v₀ + Σ_i G_ij E_ij) / (c / h + g + Σ_i G_ij): a weighted average, so it stays between them."""
    pulled = (open_ * E).sum(-2)  # (B, D)
    return (c / h * v + leak * rest + pulled) / (c / h + leak + open_.sum(-2))


def euler_step(v: Tensor, h: Tensor, open_: Tensor, E: Tensor, c: Tensor, leak: Tensor, rest: Tensor) -> Tensor:
    """v′ = v + h / c (g (v₀ − v) + Σ_i G_ij (E_ij − v))"""
    pulled = (open_ * (E - v[..., None, :])).sum(-2)  # (B, D)
    return v + h / c * (leak * (rest - v) + pulled)


SOLVERS = {"fused": fused_step, "explicit Euler": euler_step}


ABSENT = -100.0
"""As a weight before the softplus: 4e-44 after it, and no gradient."""


class Synapses(nn.Module):
    """Synapses from N sources onto D cells. Where there is none, ``w_raw`` is ``ABSENT`` and the conductance 0."""

    def __init__(self, N: int, D: int) -> None:
        super().__init__()
        self.w_raw, self.mu, self.sigma, self.E = (nn.Parameter(torch.empty(N, D)) for _ in range(4))

    def forward(self, pre: Tensor, heard: Tensor | None = None) -> Tensor:
        """Conductances; those from sources where ``heard`` (B, N) is 0 stay shut."""
        open_ = conductances(pre, softplus(self.w_raw), self.mu, self.sigma)  # (B, N, D)
        return open_ if heard is None else open_ * heard[..., None]


class LiquidCells(nn.Module):
    """Cells that inputs and other cells act on."""

    def __init__(self, N: int, D: int, *, unfolds: int = 6, solver: LiquidSolver = "fused") -> None:
        super().__init__()
        self.unfolds, self.solver = unfolds, solver
        self.from_input, self.from_cells = Synapses(N, D), Synapses(D, D)
        self.c_raw, self.leak_raw, self.rest = (nn.Parameter(torch.empty(D)) for _ in range(3))

    @property
    def c(self) -> Tensor:
        """Capacitances, above 0."""
        return softplus(self.c_raw)

    @property
    def leak(self) -> Tensor:
        return softplus(self.leak_raw)

    def step(self, x: Tensor, v: Tensor, elapsed: Tensor, heard: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The potentials when the input has been held for ``elapsed`` (B, 1), and the time constants then."""
        sensed = self.from_input(x)  # (B, N, D)
        E = torch.cat([self.from_input.E, self.from_cells.E])  # (N + D, D)
        for _ in range(self.unfolds):
            open_ = torch.cat([sensed, self.from_cells(v, heard)], -2)  # (B, N + D, D)
            v = SOLVERS[self.solver](v, elapsed / self.unfolds, open_, E, self.c, self.leak, self.rest)
        return v, time_constant(open_, self.c, self.leak)

    def forward(self, x: Tensor, elapsed: Tensor) -> tuple[Tensor, LiquidTrace]:
        v = x.new_zeros(x.shape[0], len(self.rest))  # (B, D)
        steps = []
        for t in range(x.shape[1]):
            v, tau = self.step(x[:, t], v, elapsed[:, t, None])
            steps.append((v, tau))
        states, taus = (torch.stack(parts, 1) for parts in zip(*steps))
        return states, LiquidTrace(states, taus)


def start(cells: LiquidCells, draws: torch.Generator, c: tuple[float, float] = (0.4, 0.6)) -> LiquidCells:
    """Weights between the bounds that the authors' library draws from; synapses pull up or down at random."""
    between = lambda like, low, high: low + (high - low) * torch.rand(like.shape, generator=draws)
    for synapses in (cells.from_input, cells.from_cells):
        w = between(synapses.w_raw, 0.01, 1.0)
        synapses.w_raw.data = w.expm1().log()
        synapses.mu.data, synapses.sigma.data = between(w, 0.3, 0.8), between(w, 3.0, 8.0)
        synapses.E.data = torch.where(between(w, 0, 1) < 0.5, -1.0, 1.0)
    cells.c_raw.data = between(cells.c_raw, *c).expm1().log()
    cells.leak_raw.data = between(cells.leak_raw, 0.01, 1.0).expm1().log()
    cells.rest.data = between(cells.rest, -0.2, 0.2)
    return cells
