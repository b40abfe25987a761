"""Whether sampled texts have the distribution that they should: many samples, counted and compared.

Papers: Pearson 1900 (the chi-square test); Leviathan et al. 2022, "Fast Inference from Transformers via Speculative
Decoding", appendix A.1 (a tested token has the target's distribution).

Symbols
    p, q  probabilities of target and draft (V,)     N  samples     x  tokens proposed (N,), sampled from q
    O, E  observed and expected counts (bins,)       V  vocabulary
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.language.speculative import Accept, Replacement, accepted, residual

RARE = 5.0
"""Bins with a smaller expected count are pooled, the usual rule of thumb."""


class ChiSquare(NamedTuple):
    statistic: float
    degrees: int

    @property
    def per_degree(self) -> float:
        """Near 1 if the samples have the expected distribution; with one bin there is nothing to compare."""
        return self.statistic / self.degrees if self.degrees else 1.0


def chi_square(observed: Tensor, expected: Tensor) -> ChiSquare:
    """Σ (O − E)² / E over bins with E ≥ 5 and one that pools the rest."""
    common = expected >= RARE
    rest = torch.stack([observed[~common].sum(), expected[~common].sum()]).double()
    counted, due = observed[common].double(), expected[common].double()  # (bins,)
    if rest[1] >= RARE:
        counted, due = torch.cat([counted, rest[:1]]), torch.cat([due, rest[1:]])  # (bins,)
    return ChiSquare(((counted - due) ** 2 / due).sum().item(), max(len(counted) - 1, 0))


def verified_tokens(
    p: Tensor,
    q: Tensor,
    x: Tensor,
    draws: torch.Generator,
    accept: Accept = accepted,
    replacement: Replacement = residual,
) -> Tensor:
    """One token for each proposal x (N,): itself if it is accepted, else one of the replacement's distribution."""
    u = torch.rand(len(x), generator=draws).to(p.device)  # (N,)
    passed = accept(p[x], q[x], u)  # (N,)
    instead = torch.multinomial(replacement(p, q).cpu(), len(x), replacement=True, generator=draws)  # (N,)
    return torch.where(passed, x, instead.to(x.device))  # (N,)
