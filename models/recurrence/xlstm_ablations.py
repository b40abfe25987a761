"""sLSTM and mLSTM with one mechanism changed, to be trained again.

Paper: Beck et al. 2024, "xLSTM: Extended Long Short-Term Memory", sections 2.2 and 2.3.

Symbols
    x  input (B, T, I)      h  state (B, D)      q, k, v  query, key, value (B, T, D)
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from models.recurrence.mlstm import ParallelMLSTM, Projected, decay_weights
from models.recurrence.slstm import SLSTM, SLSTMState, SLSTMTrace
from models.seeding import generator


class UnmixedSLSTM(SLSTM):
    """U reads the input of the step before instead of the state: no way from one state to the next gate."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__(inputs, width)
        self.from_previous = nn.Linear(inputs, width, bias=False)

    def forward(self, x: Tensor, mixing: Tensor | None = None) -> tuple[Tensor, SLSTMTrace]:
        previous = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], dim=1)  # (B, T, I)
        return super().forward(x, self.from_previous(previous))


class UnstabilisedSLSTM(SLSTM):
    """c' = f c + i z, n' = f n + i as they stand: i = exp(ĩ) may exceed what a number can hold."""

    def step(
        self, z: Tensor, log_i: Tensor, log_f: Tensor, o: Tensor, before: SLSTMState
    ) -> tuple[SLSTMState, Tensor, Tensor]:
        i, f = log_i.exp(), log_f.exp()
        c = f * before.c + i * z  # (B, D)
        n = f * before.n + i  # (B, D)
        return SLSTMState(o * c / n, c, n, torch.zeros_like(n)), i, f


class FixedKeyMLSTM(ParallelMLSTM):
    """Each of the first ``symbols`` inputs has a random unit vector as key and query, which training leaves alone."""

    def fix_keys(self, symbols: int, seed: int) -> "FixedKeyMLSTM":
        """Before training: the keys of a seed."""
        width, inputs = self.to_k.weight.shape
        rows = normalize(torch.randn(symbols, width, generator=generator(seed)), dim=1)  # (S, D)
        fixed = torch.cat([rows, torch.zeros(inputs - symbols, width)]).T  # (D, I)
        with torch.no_grad():
            self.to_q.weight.copy_(fixed)
            self.to_k.weight.copy_(fixed)
        return self

    def projected(self, x: Tensor) -> Projected:
        p = super().projected(x)
        return p._replace(q=x @ self.to_q.weight.detach().T, k=x @ self.to_k.weight.detach().T)


class VectorMemory(ParallelMLSTM):
    """Writes k ⊙ v into a vector and reads it as q ⊙ c: D numbers, where a matrix holds D²."""

    def forward(self, x: Tensor) -> tuple[Tensor, Projected]:  # type: ignore[override]
        p = self.projected(x)
        weights, m = decay_weights(p)
        read = p.q * (weights @ (p.k * p.v))  # (B, T, D)
        return p.o * read / torch.maximum(weights.sum(-1, keepdim=True), (-m).exp()), p


def read_bounded_by_one(C: Tensor, n: Tensor, m: Tensor, q: Tensor) -> Tensor:
    """C q / max(|nᵀ q|, 1) of C and n that are scaled by exp(−m), while the bound is not: a known mistake."""
    return torch.einsum("bvk,bk->bv", C, q) / (n * q).sum(-1).abs().clamp(min=1)[:, None]
