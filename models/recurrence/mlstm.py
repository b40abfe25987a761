"""mLSTM: a matrix as the cell; each step adds value times key, and a query reads.

Paper: Beck et al. 2024, "xLSTM: Extended Long Short-Term Memory", section 2.3; its appendix
for the parallel form.

Symbols
    x  input (B, T, I)      q, k, v  query, key, value (B, T, D)      C  matrix memory (B, D, D), rows are values
    n  normaliser (B, D)    m  stabiliser (B,)      ln i, ln f  gates of each step (B, T)      o  output gate (B, T, D)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid


class Projected(NamedTuple):
    """What a step needs of its input."""

    q: Tensor  # (B, T, D)
    k: Tensor  # (B, T, D)
    v: Tensor  # (B, T, D)
    log_i: Tensor  # (B, T)
    log_f: Tensor  # (B, T)
    o: Tensor  # (B, T, D)


class MLSTMTrace(NamedTuple):
    """The projections, and the memory after every step."""

    projected: Projected
    memories: Tensor  # (B, T, D, D) scaled by exp(−m)
    normalisers: Tensor  # (B, T, D) scaled by exp(−m)
    stabilisers: Tensor  # (B, T)


def added(C: Tensor, n: Tensor, i: Tensor, f: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """C' = f C + i v kᵀ, n' = f n + i k; i and f are (B,)."""
    i, f = i[:, None], f[:, None]
    return f[..., None] * C + i[..., None] * v[:, :, None] * k[:, None, :], f * n + i * k


def unscaled(C: Tensor, m: Tensor) -> Tensor:
    """C exp(m): the memory as it would be without a stabiliser; C (B, T, D, D), m (B, T)."""
    return C * m[..., None, None].exp()


def read(C: Tensor, n: Tensor, m: Tensor, q: Tensor) -> Tensor:
    """C q / max(|nᵀ q|, exp(−m)), of C and n that are scaled by exp(−m)."""
    bound = (-m).exp()  # (B,)
    return torch.einsum("bvk,bk->bv", C, q) / torch.maximum((n * q).sum(-1).abs(), bound)[:, None]


def recurrent(p: Projected) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Step by step: what is read (B, T, D), and every memory, normaliser and stabiliser."""
    B, T, D = p.q.shape
    C, n, m = p.q.new_zeros(B, D, D), p.q.new_zeros(B, D), p.q.new_full((B,), -torch.inf)
    steps = []
    for t in range(T):
        larger = torch.maximum(p.log_f[:, t] + m, p.log_i[:, t])  # (B,)
        i, f = (p.log_i[:, t] - larger).exp(), (p.log_f[:, t] + m - larger).exp()  # (B,)
        C, n = added(C, n, i, f, p.k[:, t], p.v[:, t])
        m = larger  # (B,)
        steps.append((read(C, n, m, p.q[:, t]), C, n, m))
    out, memories, normalisers, stabilisers = (torch.stack(parts, dim=1) for parts in zip(*steps))
    return out, memories, normalisers, stabilisers


def decay_weights(p: Projected) -> tuple[Tensor, Tensor]:
    """d_ts = exp(F_t − F_s + ln i_s − m_t) for s ≤ t, else 0, and m_t, the largest exponent of row t; F sums ln f."""
    F = p.log_f.cumsum(dim=1)  # (B, T)
    exponent = F[:, :, None] - F[:, None, :] + p.log_i[:, None, :]  # (B, T, T)
    exponent = exponent.masked_fill(torch.ones_like(exponent[0]).triu(1).bool(), -torch.inf)  # (B, T, T)
    m = exponent.amax(dim=-1, keepdim=True)  # (B, T, 1)
    return (exponent - m).exp(), m


def parallel(p: Projected) -> Tensor:
    """h_t = Σ_s d_ts (q_t · k_s) v_s / max(|Σ_s d_ts (q_t · k_s)|, exp(−m_t)), with d the decay weights."""
    decay, m = decay_weights(p)
    weights = decay * (p.q @ p.k.mT)  # (B, T, T)
    return weights @ p.v / torch.maximum(weights.sum(-1, keepdim=True).abs(), (-m).exp())  # (B, T, D)


class MLSTM(nn.Module):
    """One head. Nothing of the state goes back into the gates, hence the parallel form."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.to_q, self.to_k, self.to_v = (nn.Linear(inputs, width) for _ in range(3))
        self.to_gates, self.to_o = nn.Linear(inputs, 2), nn.Linear(inputs, width)

    def start(self, forget_bias: float = 3.0) -> "MLSTM":
        """Before training: a forget gate that begins at σ(``forget_bias``), and queries that begin as the keys."""
        with torch.no_grad():
            self.to_gates.bias[1] = forget_bias
            self.to_q.weight.copy_(self.to_k.weight)
        return self

    def projected(self, x: Tensor) -> Projected:
        """q = W x, k = W x / √D, v = W x, ln i = w x, ln f = ln σ(w x), o = σ(W x), each with a bias."""
        q, k, v = self.to_q(x), self.to_k(x), self.to_v(x)
        log_i, f = self.to_gates(x).unbind(-1)
        return Projected(q, k / k.shape[-1] ** 0.5, v, log_i, logsigmoid(f), self.to_o(x).sigmoid())

    def forward(self, x: Tensor) -> tuple[Tensor, MLSTMTrace]:
        """h = o ⊙ what is read (B, T, D), step by step."""
        p = self.projected(x)
        out, *kept = recurrent(p)
        return p.o * out, MLSTMTrace(p, *kept)


class ParallelMLSTM(MLSTM):
    """The same layer, all steps at once: the memories are never made."""

    def forward(self, x: Tensor) -> tuple[Tensor, Projected]:  # type: ignore[override]
        """h = o ⊙ what is read (B, T, D)."""
        p = self.projected(x)
        return p.o * parallel(p), p
