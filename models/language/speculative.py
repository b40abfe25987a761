"""Speculative decoding: a cheap draft proposes γ tokens, one call of the target tests them all.

Papers: Leviathan et al. 2022, "Fast Inference from Transformers via Speculative Decoding", algorithm 1, sections 3.1 to
3.4; Chen et al. 2023, "Accelerating Large Language Model Decoding with Speculative Sampling", algorithm 2.

Symbols
    p  the target's probabilities (..., V)     q  the draft's (..., V)     x  a token that the draft proposes
    γ  tokens proposed for one call            α  acceptance rate          c  time of a draft call over a target call
    V  vocabulary     T  tokens so far         G  tokens proposed, ≤ γ     u  a uniform random number, 0 to 1
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from models.language.sampling import draw, tempered
from models.transformer.decoder import Decoder

Accept = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Probability p(x), probability q(x) and u, all (...), to whether x is accepted."""

Replacement = Callable[[Tensor, Tensor], Tensor]
"""p and q (..., V) at a rejected token to the probabilities that its replacement is sampled from."""


def acceptance(p: Tensor, q: Tensor) -> Tensor:
    """β = Σᵢ min(pᵢ, qᵢ): how probable it is that a token sampled from q is accepted; 1 − TV(p, q).  (...)"""
    return torch.minimum(p, q).sum(dim=-1)


def accepted(p_x: Tensor, q_x: Tensor, u: Tensor) -> Tensor:
    """u < p(x) / q(x): always where the target finds x at least as probable as the draft does."""
    return u * q_x < p_x


def residual(p: Tensor, q: Tensor) -> Tensor:
    """(pᵢ − qᵢ)₊ / Σⱼ (pⱼ − qⱼ)₊: what accepted tokens leave of p; p itself where p and q are equal."""
    left = (p - q).clamp(min=0)
    total = left.sum(dim=-1, keepdim=True)
    return torch.where(total > 0, left / total, p)


def tokens_per_call(acceptance_rate: float | Tensor, count: int) -> float | Tensor:
    """(1 − α^(γ+1)) / (1 − α) = 1 + α + … + α^γ, if every token is accepted with α, whatever came before."""
    return sum(acceptance_rate**power for power in range(count + 1))


def speed_up(tokens: float, count: int, cost: float) -> float:
    """tokens / (γc + 1): tokens per call of the target, over the time of γ draft calls and one target call."""
    return tokens / (count * cost + 1)


class Proposal(NamedTuple):
    tokens: Tensor  # (G,)
    q: Tensor  # (G, V) the probabilities that each was sampled from


class Draft(Protocol):
    """What proposes: at most ``count`` tokens to follow ids (T,)."""

    def propose(self, ids: Tensor, count: int, draws: torch.Generator) -> Proposal: ...


class ModelDraft:
    """A smaller model of the same vocabulary; ``choose`` takes each token from logits (1, V)."""

    def __init__(
        self, model: Decoder, temperature: float, choose: Callable[[Tensor, torch.Generator], Tensor] = draw
    ) -> None:
        self.model, self.temperature, self.choose = model, temperature, choose
        self.cache = model.new_cache()

    def propose(self, ids: Tensor, count: int, draws: torch.Generator) -> Proposal:
        if len(self.cache) >= len(ids):
            self.cache.truncate(len(ids) - 1)  # forget what was rejected
        new, tokens, rows = ids[None, len(self.cache) :], [], []  # (1, ≤ T)
        for _ in range(count):
            z = tempered(self.model(new, self.cache)[0][:, -1], self.temperature)  # (1, V)
            new = self.choose(z, draws)[:, None]  # (1, 1)
            tokens.append(new[0, 0])
            rows.append(z[0].softmax(dim=-1))
        return Proposal(torch.stack(tokens), torch.stack(rows))


class LookupDraft:
    """No model: where the last tokens, two or at least one, stood before in the text, what followed them there."""

    def __init__(self, vocabulary: int) -> None:
        self.vocabulary = vocabulary

    def propose(self, ids: Tensor, count: int, draws: torch.Generator) -> Proposal:
        found = followed(ids.tolist(), count)
        tokens = ids.new_tensor(found)  # (G,)
        return Proposal(tokens, torch.nn.functional.one_hot(tokens, self.vocabulary).float())


def followed(text: list[int], count: int) -> list[int]:
    """The tokens behind the latest earlier place where the text's last two tokens stood, else its last one."""
    for length in (2, 1):
        for start in range(len(text) - length - 1, -1, -1):
            if text[start : start + length] == text[-length:]:
                return text[start + length : start + length + count]
    return []


class Round(NamedTuple):
    """One call of the target: of G proposed tokens the first ``kept`` are accepted, and one token is its own."""

    proposed: Tensor  # (G,)
    kept: int
    own: int  # in place of the first rejected token, or after the last one
    p: Tensor  # (G + 1, V)
    q: Tensor  # (G, V)

    @property
    def tokens(self) -> list[int]:
        return [*self.proposed[: self.kept].tolist(), self.own]


def verified(
    proposal: Proposal, p: Tensor, draws: torch.Generator,
    accept: Accept = accepted, replacement: Replacement = residual,
) -> Round:  # fmt: skip
    """Accept from the left until the first rejection; p (G + 1, V) are the target's probabilities at each place."""
    x, q = proposal
    u = torch.rand(len(x), generator=draws).to(p.device)  # (G,)
    passed = accept(p[:-1].gather(1, x[:, None])[:, 0], q.gather(1, x[:, None])[:, 0], u)  # (G,)
    kept = int(passed.long().cumprod(0).sum())
    last = p[kept] if kept == len(x) else replacement(p[kept], q[kept])  # (V,)
    return Round(x, kept, int(draw(last.log()[None], draws)), p, q)


def speculate(
    target: Decoder, ids: Tensor, steps: int, draft: Draft, count: int, temperature: float, draws: torch.Generator,
    accept: Accept = accepted, replacement: Replacement = residual,
) -> Iterator[Round]:  # fmt: skip
    """Rounds that continue ids (T,) by at least ``steps`` tokens; the target keeps a cache of what was accepted."""
    cache, wanted = target.new_cache(), len(ids) + steps
    while len(ids) < wanted:
        with torch.inference_mode():
            proposal = draft.propose(ids, count, draws)
            new = torch.cat([ids, proposal.tokens])[None, len(cache) :]  # (1, ≤ T + G)
            logits = target(new, cache)[0][0, -len(proposal.tokens) - 1 :]  # (G + 1, V)
            found = verified(proposal, tempered(logits, temperature).softmax(dim=-1), draws, accept, replacement)
            ids = torch.cat([ids, ids.new_tensor(found.tokens)])  # (T + kept + 1,)
            cache.truncate(len(ids) - 1)
        yield found
