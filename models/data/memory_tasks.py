"""Three tasks that tell recurrent memories apart.

    parity    0 1 1 0 → 0 1 0 0            is the number of ones so far odd?
    recall    (k, a) (m, b) … m? → b       the value that was stated with a key
    nearest   (0.2, a) (0.7, b) (0.4, c)   the value with the highest similarity so far: a b b

Paper: Beck et al. 2024, "xLSTM" (nearest neighbour search, parity, associative recall).

Symbols
    B  rows        T  steps        N  pairs
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot

KEYS, VALUES = 32, 8
PAIR_FEATURES = KEYS + VALUES + 1
NEAREST_FEATURES = 1 + VALUES


class Task(NamedTuple):
    """What is read (B, T, F), and the answers: after each step (B, T), or at the end (B,)."""

    x: Tensor
    targets: Tensor


def parity(rows: int, length: int, draws: torch.Generator) -> Task:
    """Random bits, and after each whether the number of ones so far is odd."""
    bits = torch.randint(2, (rows, length), generator=draws, device=draws.device)
    return Task(one_hot(bits, 2).float(), bits.cumsum(dim=1) % 2)


def pairs_of(keys: Tensor, values: Tensor, asked: Tensor) -> Task:
    """Each step a key and its value (B, N), the last one a key alone: the ``asked``-th pair's (B,)."""
    told = torch.cat([one_hot(keys, KEYS), one_hot(values, VALUES), torch.zeros_like(keys)[..., None]], dim=-1)
    key = one_hot(keys.gather(1, asked[:, None]), KEYS)  # (B, 1, K)
    question = torch.cat([key, torch.zeros_like(told[:, :1, KEYS:-1]), torch.ones_like(told[:, :1, -1:])], dim=-1)
    return Task(torch.cat([told, question], dim=1).float(), values.gather(1, asked[:, None])[:, 0])


def recall(rows: int, pairs: int, draws: torch.Generator) -> Task:
    """``pairs`` different keys, each with a random value, then one of them: T = N + 1."""
    on = {"generator": draws, "device": draws.device}
    keys = torch.rand(rows, KEYS, **on).argsort(dim=1)[:, :pairs]  # (B, N)
    values = torch.randint(VALUES, (rows, pairs), **on)  # (B, N)
    return pairs_of(keys, values, torch.randint(pairs, (rows,), **on))


def stated_again(task: Task, times: int, draws: torch.Generator) -> Task:
    """The pairs of a recall task stated ``times`` times, each time in an order of its own; the question stays last."""
    pairs, question = task.x[:, :-1], task.x[:, -1:]
    rows, N, F = pairs.shape
    orders = [torch.rand(rows, N, generator=draws, device=draws.device).argsort(dim=1) for _ in range(times)]
    rounds = [pairs.gather(1, order[..., None].expand(-1, -1, F)) for order in orders]
    return Task(torch.cat([*rounds, question], dim=1), task.targets)


def nearest(rows: int, length: int, draws: torch.Generator) -> Task:
    """Similarities between −1 and 1, each with a value; after each step the value of the highest so far."""
    similarity = 2 * torch.rand(rows, length, generator=draws, device=draws.device) - 1  # (B, T)
    values = torch.randint(VALUES, (rows, length), generator=draws, device=draws.device)  # (B, T)
    x = torch.cat([similarity[..., None], one_hot(values, VALUES)], dim=-1)  # (B, T, F)
    return Task(x, values.gather(1, similarity.cummax(dim=1).indices))
