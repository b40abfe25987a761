"""What a table of word vectors knows: neighbours by three measures, how pure they are, and analogies.

Papers: Mikolov, Yih & Zweig 2013, "Linguistic Regularities in Continuous Space Word Representations", section 4
(the vector offset method); Levy & Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word
Representations"; Linzen 2016, "Issues in evaluating semantic spaces using word analogies" (baselines).

Symbols
    X  vectors (V, D), one a row      M  words among which neighbours are looked for      A  analogies
"""

import torch
from torch import Tensor
from torch.nn.functional import normalize


def cosine(u: Tensor, v: Tensor) -> Tensor:
    """cos(u, v) = u · v / (‖u‖ ‖v‖), along the last dimension.  (...)"""
    return (u * v).sum(dim=-1) / ((u * u).sum(dim=-1) * (v * v).sum(dim=-1)).sqrt()


def cosines(X: Tensor) -> Tensor:
    """cos(xᵢ, xⱼ) of all pairs of rows.  (M, M)"""
    unit = normalize(X, dim=-1)  # (M, D)
    return unit @ unit.T


def dots(X: Tensor) -> Tensor:
    """xᵢ · xⱼ.  (M, M)"""
    return X @ X.T


def nearness(X: Tensor) -> Tensor:
    """−‖xᵢ − xⱼ‖, so that the nearest row has the largest value.  (M, M)"""
    return -torch.cdist(X[None], X[None])[0]


MEASURES = {"cosine": cosines, "dot product": dots, "distance": nearness}


def nearest(similarity: Tensor, count: int) -> Tensor:
    """For each row the other rows that are most similar, the best first: (M, M) → (M, count)."""
    others = similarity.masked_fill(torch.eye(len(similarity), dtype=torch.bool), -torch.inf)
    return others.topk(count, dim=-1).indices  # (M, count)


def purity(neighbours: Tensor, classes: Tensor) -> Tensor:
    """Share of each word's neighbours (M, K) that are of its own class (M,).  (M,)"""
    return (classes[neighbours] == classes[:, None]).double().mean(dim=-1)


def mean_cosine(X: Tensor) -> Tensor:
    """Mean of cos(xᵢ, xⱼ) over all pairs of different rows: near 1 where all vectors point the same way.  ()"""
    count = len(X)
    return (cosines(X).sum() - count) / (count * (count - 1))


def offset_answer(X: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """y = x_b − x_a + x_c, of vectors scaled to length 1: “a is to b as c is to …”.  (A, D)"""
    unit = normalize(X, dim=-1)
    return unit[b] - unit[a] + unit[c]  # (A, D)


def closest_words(X: Tensor, y: Tensor, excluded: Tensor) -> Tensor:
    """argmax_w cos(x_w, y) over all words but the ``excluded`` (A, E) of each row.  (A,)"""
    scores = normalize(y, dim=-1) @ normalize(X, dim=-1).T  # (A, V)
    return scores.scatter(1, excluded, -torch.inf).argmax(dim=-1)


def analogies(pairs: Tensor) -> Tensor:
    """All questions a : b = c : d of two different pairs (N, 2), asked in both directions: (A, 4)."""
    count = len(pairs)
    both = torch.cat([pairs, pairs.flip(1)]).view(2, count, 2)
    first, second = (one for one in torch.cartesian_prod(torch.arange(count), torch.arange(count)).T)
    different = first != second
    asked = torch.cat([both[:, first], both[:, second]], dim=2)  # (2, N·N, 4)
    return asked[:, different].flatten(0, 1)


def analogy_accuracy(X: Tensor, asked: Tensor, excluded: Tensor) -> Tensor:
    """Share of questions (A, 4) whose d is closest to x_b − x_a + x_c, the ``excluded`` words (A, E) left out.  ()"""
    a, b, c, d = asked.T
    return (closest_words(X, offset_answer(X, a, b, c), excluded) == d).double().mean()
