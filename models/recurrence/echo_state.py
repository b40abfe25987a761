"""Echo state network: a fixed random recurrent network, the reservoir, and one linear readout fitted in closed form.

Papers: Jaeger 2001, "The “echo state” approach to analysing and training recurrent neural networks", GMD report 148,
section 2; in the notation of Lukoševičius 2012, "A Practical Guide to Applying Echo State Networks", equations 2, 3
and 9.

Symbols
    u  input (D,)              W_in   input weights (N, 1 + D), the first column for a constant 1     N  units
    x  reservoir state (N,)    W      recurrent weights (N, N), never trained                         T  steps
    y  target (D,)             W_out  readout (D, 1 + D + N), the only part that is fitted
    α  leak rate               β      ridge coefficient                      ρ  spectral radius
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.seeding import generator


def spectral_radius(w: Tensor) -> Tensor:
    """ρ(W) = maxᵢ |λᵢ|: the largest absolute eigenvalue. (…,)"""
    return torch.linalg.eigvals(w).abs().amax(dim=-1)


def largest_singular_value(w: Tensor) -> Tensor:
    """σ_max(W) = max ‖W x‖ / ‖x‖: never below the spectral radius. (…,)"""
    return torch.linalg.matrix_norm(w, ord=2)


def effective_matrix(w: Tensor, alpha: float) -> Tensor:
    """(1 − α) I + α W: how a small difference of two states near 0 is passed on."""
    return (1 - alpha) * torch.eye(w.shape[-1], dtype=w.dtype) + alpha * w


def random_reservoir(units: int, density: float, draws: torch.Generator) -> Tensor:
    """Sparse weights from −1 to 1, (N, N), still to be scaled."""
    weights = 2 * torch.rand(units, units, generator=draws) - 1
    return weights * (torch.rand(units, units, generator=draws) < density)


def reservoir_update(
    x: Tensor, u: Tensor, w_in: Tensor, w: Tensor, alpha: float, activation: Callable[[Tensor], Tensor] = torch.tanh
) -> Tensor:
    """x(n) = (1 − α) x(n−1) + α tanh(W_in [1; u(n)] + W x(n−1)), for states (…, N) and inputs (…, D)"""
    return (1 - alpha) * x + alpha * activation(w_in[:, 0] + u @ w_in[:, 1:].T + x @ w.T)


def reservoir_distances(starts: Tensor, u: Tensor, w_in: Tensor, w: Tensor, alpha: float) -> Tensor:
    """‖x(n) − x′(n)‖ of two states under one input, from n = 0 on, for R reservoirs and K inputs: (K, T + 1, R)

    From starts (2, R, N), inputs u (K, T) of one number per step, w_in (R, N) and w (R, N, N).
    """
    x = starts.permute(1, 2, 0)[:, :, None].expand(-1, -1, len(u), -1)  # (R, N, K, 2)
    found = [(x[..., 0] - x[..., 1]).norm(dim=1)]
    for step in u.T:
        driven = w_in[:, :, None] * step  # (R, N, K)
        passed_on = (w @ x.flatten(2)).unflatten(2, x.shape[2:])  # (R, N, K, 2)
        x = (1 - alpha) * x + alpha * (driven[..., None] + passed_on).tanh()
        found.append((x[..., 0] - x[..., 1]).norm(dim=1))
    return torch.stack(found, dim=1).permute(2, 1, 0)


def readout(u: Tensor, x: Tensor, w_out: Tensor) -> Tensor:
    """y(n) = W_out [1; u(n); x(n)], for inputs (…, D) and states (…, N)"""
    return torch.cat([torch.ones_like(u[..., :1]), u, x], dim=-1) @ w_out.T


def ridge_readout(features: Tensor, y: Tensor, ridge: float) -> Tensor:
    """W_out = Yᵀ X (XᵀX + β I)⁻¹, from features (T, F) and targets (T, D): (D, F), in double precision"""
    x, target = features.double(), y.double()
    gram = x.T @ x + ridge * torch.eye(x.shape[1], dtype=torch.double)  # (F, F)
    return torch.linalg.solve(gram, x.T @ target).T.to(features.dtype)


class EchoStateNetwork(nn.Module):
    """The reservoir, and a readout of [1; u; x] once ``fit`` has been called."""

    w_in: Tensor
    w: Tensor
    w_out: Tensor

    def __init__(
        self,
        units: int,
        inputs: int,
        radius: float,
        alpha: float,
        bias: float,
        scale: float,
        seed: int,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        density: float = 0.1,
    ) -> None:
        super().__init__()
        draws = generator(seed)
        w = random_reservoir(units, density, draws)
        w_in = 2 * torch.rand(units, 1 + inputs, generator=draws) - 1
        w_in = w_in * torch.tensor([bias, *[scale] * inputs])  # (N, 1 + D)
        self.alpha, self.activation = alpha, activation
        self.register_buffer("w", w * (radius / spectral_radius(w)))
        self.register_buffer("w_in", w_in)
        self.register_buffer("w_out", torch.zeros(inputs, 1 + inputs + units))

    def forward(self, u: Tensor, x: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Predictions of the next input (T, D) and states (T, N) along inputs u (T, D), from state x (N,) or 0."""
        x, states = torch.zeros(len(self.w)) if x is None else x, []
        for step in u:
            x = reservoir_update(x, step, self.w_in, self.w, self.alpha, self.activation)
            states.append(x)
        found = torch.stack(states)  # (T, N)
        return readout(u, found, self.w_out), found

    def fit(self, u: Tensor, y: Tensor, states: Tensor, ridge: float) -> None:
        """Set the readout: states (T, N) along u (T, D) are to give y (T, D)."""
        self.w_out = ridge_readout(torch.cat([torch.ones_like(u[:, :1]), u, states], dim=1), y, ridge)

    def continued(self, u: Tensor, x: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Each prediction is the next input. From inputs u (B, D) and the states x (B, N) behind them.

        Predictions (steps, B, D), and the states (steps, B, N) that they were read from.
        """
        predicted, states = [], []
        for _ in range(steps):
            states.append(x)
            u = readout(u, x, self.w_out)
            predicted.append(u)
            x = reservoir_update(x, u, self.w_in, self.w, self.alpha, self.activation)
        return torch.stack(predicted), torch.stack(states)
