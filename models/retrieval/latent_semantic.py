"""Latent semantic analysis: passages and words as vectors, from the singular value decomposition of their counts.

Papers: Deerwester et al. 1990, "Indexing by Latent Semantic Analysis"; weights of the counts: Salton & Buckley 1988,
"Term-weighting approaches in automatic text retrieval".

Symbols
    P  passages      W  words      K  dimensions kept      f  counts (P, W)      n  passages with a word (W,)
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize


class LatentSpace(NamedTuple):
    """What a decomposition keeps."""

    idf: Tensor  # (W,)
    directions: Tensor  # (K, W)
    passages: Tensor  # (P, K)


def smooth_idf(counts: Tensor) -> Tensor:
    """1 + log((1 + P) / (1 + n)).  (W,)"""
    n = (counts > 0).sum(dim=0)  # (W,)
    return 1 + ((1 + len(counts)) / (1 + n)).log()


def tf_idf(counts: Tensor, idf: Tensor) -> Tensor:
    """f · idf, each row scaled to length 1.  (P, W)"""
    return normalize(counts * idf, dim=1)


def latent_space(counts: Tensor, dimensions: int) -> LatentSpace:
    """The first rows of Vᵀ in tf-idf = U S Vᵀ, and the passages along them, U S.  (P, K)"""
    idf = smooth_idf(counts)
    weighted = tf_idf(counts, idf)  # (P, W)
    _, _, directions = torch.linalg.svd(weighted, full_matrices=False)
    kept = directions[:dimensions]  # (K, W)
    return LatentSpace(idf, kept, weighted @ kept.T)


def latent_scores(query_counts: Tensor, space: LatentSpace) -> Tensor:
    """Cosine of every query with every passage, both along the K directions.  (Q, P)"""
    queries = tf_idf(query_counts, space.idf) @ space.directions.T  # (Q, K)
    return normalize(queries, dim=1) @ normalize(space.passages, dim=1).T
