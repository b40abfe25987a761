"""The last layer of a language model: a hidden state is compared with one row per token, and a softmax follows.

Papers: Yang et al. 2018, "Breaking the Softmax Bottleneck", section 2.2 (the logits of many contexts have rank d at
most); Demeter et al. 2020, "Stolen Probability", section 3 (a token whose row lies inside the others' hull is never the
likeliest).

Symbols
    h  hidden states, one per context (N, d)       E  output rows, one per token (V, d)
    z  logits (N, V)      P  the probabilities to be learned (N, V)      d  width      W  widths side by side
"""

import torch
from torch import Tensor

from models.layers.softmax import entropy
from models.seeding import generator

START = 0.5


def head(h: Tensor, E: Tensor) -> Tensor:
    """z = h Eᵀ: a logit is the product of the state with the token's row. (…, N, d) × (…, V, d) → (…, N, V)"""
    return h @ E.mT


def planted(contexts: int, tokens: int, rank: int, seed: int) -> Tensor:
    """softmax of A Bᵀ, whose logits have that rank: normal A and B, logits of deviation 3. (N, V)"""
    draws = generator(seed)
    A, B = (torch.randn(count, rank, generator=draws) for count in (contexts, tokens))
    return (3 / rank**0.5 * A @ B.mT).softmax(dim=-1)


def shuffled_within_rows(P: Tensor, seed: int) -> Tensor:
    """Each context's probabilities in an order of its own: the same entropy, logits of another rank. (N, V)"""
    order = torch.rand(P.shape, generator=generator(seed)).argsort(dim=1)
    return P.gather(1, order)


def rows_permuted(P: Tensor, seed: int) -> Tensor:
    """Whole contexts exchanged: the rank stays. (N, V)"""
    return P[torch.randperm(len(P), generator=generator(seed))]


def excess_loss(z: Tensor, P: Tensor) -> Tensor:
    """Σ P ln(P / softmax z), mean over contexts: what the loss has above the least one, the entropy of P. (…, N, V)"""
    return above_the_least(cross_entropy(z, P), entropy(P).mean())


def cross_entropy(z: Tensor, P: Tensor) -> Tensor:
    """−Σ P ln softmax z, mean over contexts: nats per token. (…, N, V) → (…)"""
    return -(P * z.log_softmax(dim=-1)).sum(dim=-1).mean(dim=-1)


def above_the_least(loss: Tensor, least: Tensor) -> Tensor:
    """H(P, p) − H(P): a loss less the entropy, which no head can go below. (…)"""
    return loss - least


class Fits:
    """Tables h Eᵀ of several widths, trained side by side on one table P; narrower ones are padded with zeros."""

    def __init__(self, P: Tensor, widths: list[int], seed: int) -> None:
        draws, most = generator(seed), max(widths)
        self.P, self.used = P, (torch.arange(most) < torch.tensor(widths)[:, None]).float()[:, None]  # (W, 1, d)
        N, V = P.shape
        self.h, self.E = (
            (START * torch.randn(len(widths), count, most, generator=draws)).requires_grad_() for count in (N, V)
        )
        self.optimiser = torch.optim.Adam([self.h, self.E], lr=0.1)

    def logits(self) -> Tensor:
        """(W, N, V)"""
        return head(self.h * self.used, self.E * self.used)

    def step(self, rate: float) -> None:
        """One step of Adam on all contexts, at a rate of 0.1 · ``rate``."""
        self.optimiser.param_groups[0]["lr"] = 0.1 * rate
        self.optimiser.zero_grad(set_to_none=True)
        excess_loss(self.logits(), self.P).sum().backward()
        self.optimiser.step()


def winners(E: Tensor, directions: int, seed: int) -> Tensor:
    """Tokens (V,) that are the likeliest for one of so many random states: all others lie inside the hull, or nearly.

    In two dimensions the states are all angles, evenly.
    """
    d = E.shape[1]
    if d == 2:
        angle = torch.arange(directions) * (2 * torch.pi / directions)
        h = torch.stack([angle.cos(), angle.sin()], dim=1)  # (N, 2)
    else:
        h = torch.randn(directions, d, generator=generator(seed))
    won = torch.zeros(len(E), dtype=torch.bool)
    won[head(h, E).argmax(dim=1)] = True
    return won
