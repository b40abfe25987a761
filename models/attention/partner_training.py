"""Two scores that learn to find the partner of a query: a matrix W, and a small network.

Papers: Luong et al. 2015, section 3.1 (the bilinear score, “general”); Bahdanau et al. 2014, appendix A.1.2 (the
additive score). Each is trained so that the softmax over a batch of keys picks the query's own.

Symbols
    q  queries (N, K)     k  keys (N, K), keyₙ is the partner of queryₙ     R  rotation (K, K)
    W  (K, K)             W_q, W_k (K, A), c, u (A,) of the additive score  N  pairs     K  width     A  hidden size
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from models.attention.additive import additive_score, bilinear_score
from models.seeding import generator

BATCH, LEARNING_RATE, NOISE = 32, 0.02, 0.2


class Pairs(NamedTuple):
    q: Tensor  # (N, K)
    k: Tensor  # (N, K)


class Scores(NamedTuple):
    """The weights of both scores, in the order in which ``bilinear_score`` and ``additive_score`` take them."""

    w: Tensor  # (K, K)
    additive: tuple[Tensor, Tensor, Tensor, Tensor]


def rotation(width: int, draws: torch.Generator) -> Tensor:
    """R: a random rotation, (K, K)."""
    return torch.linalg.qr(torch.randn(width, width, generator=draws)).Q


def partners(rows: int, turn: Tensor, draws: torch.Generator) -> Pairs:
    """Random queries of length √K, and keys that are the queries, multiplied by ``turn``, plus noise."""
    width = len(turn)
    q = width**0.5 * normalize(torch.randn(rows, width, generator=draws), dim=-1)  # (N, K)
    return Pairs(q, q @ turn + NOISE * torch.randn(rows, width, generator=draws))


def untrained(width: int, hidden: int, draws: torch.Generator, device: str) -> Scores:
    new = lambda *shape: torch.randn(*shape, generator=draws)
    matrices = new(width, hidden) / width**0.5, new(width, hidden) / width**0.5
    additive = *matrices, 0.5 * new(hidden), new(hidden) / hidden**0.5
    on = lambda x: x.to(device).requires_grad_()
    return Scores(on(0.01 * new(width, width)), tuple(map(on, additive)))  # type: ignore[arg-type]


def matrix_of(scores: Scores, matrix: Literal["full", "diagonal"]) -> Tensor:
    """W, or what of it stands on the diagonal."""
    return scores.w if matrix == "full" else torch.diag(scores.w.diagonal())


def training(
    scores: Scores,
    pairs: Pairs,
    matrix: Literal["full", "diagonal"],
    activation: Callable[[Tensor], Tensor],
    steps: int,
    seed: int,
) -> Iterator[int]:
    """Train both scores in place on the same batches; yields the number of steps done after each."""
    draws = generator(seed)
    optimizer = torch.optim.Adam([scores.w, *scores.additive], lr=LEARNING_RATE)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
        rows = torch.randperm(len(pairs.q), generator=draws)[:BATCH]
        q, k, own = pairs.q[rows], pairs.k[rows], torch.arange(len(rows), device=pairs.q.device)
        with torch.inference_mode(False), torch.enable_grad():
            loss = cross_entropy(bilinear_score(q, k, matrix_of(scores, matrix)), own)
            loss = loss + cross_entropy(additive_score(q, k, *scores.additive, activation), own)
            loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        yield step + 1
