"""Frozen features put to use: a linear probe on few labels, nearest neighbours, and a view in two dimensions.

Papers: Alain & Bengio 2016, "Understanding Intermediate Layers Using Linear Classifier Probes", section 3;
Hoerl & Kennard 1970, "Ridge Regression" (the probe's closed form).

Symbols
    f  features (B, D)       y  class of each (B,)       Y  classes       λ  ridge penalty
    W  weights of the probe (D, Y)                       B  pictures      D  width of the features
"""

import torch
from torch import Tensor
from torch.nn.functional import normalize, one_hot


def standardised(f: Tensor, by: Tensor) -> Tensor:
    """(f − mean) / scale, mean per feature and one scale, both of the labelled features ``by``.  (B, D)"""
    return (f - by.mean(dim=0)) / by.std().clamp_min(1e-6)


def ridge_weights(f: Tensor, y: Tensor, classes: int, penalty: float) -> Tensor:
    """W = (fᵀf + λ I)⁻¹ fᵀ (onehot(y) − 1/Y).  (D, Y)"""
    wanted = one_hot(y, classes).to(f) - 1 / classes  # (B, Y)
    return torch.linalg.solve(f.mT @ f + penalty * torch.eye(f.shape[1]).to(f), f.mT @ wanted)


def probe_accuracy(f: Tensor, y: Tensor, labelled: Tensor, classes: int, penalty: float = 25.0) -> Tensor:
    """The share of the pictures without label that a probe of the labelled ones classifies rightly.  ()"""
    known = standardised(f[labelled], f[labelled])
    weights = ridge_weights(known, y[labelled], classes, penalty)
    others = torch.ones(len(y), dtype=torch.bool, device=y.device)
    others[labelled] = False
    said = (standardised(f[others], f[labelled]) @ weights).argmax(dim=-1)
    return (said == y[others]).float().mean()


def nearest(f: Tensor, query: Tensor, count: int) -> Tensor:
    """The places of the ``count`` features with the largest cosine to the query (D,), the nearest first.  (count,)"""
    return (normalize(f, dim=-1) @ normalize(query, dim=-1)).topk(count).indices


def principal_plane(f: Tensor) -> tuple[Tensor, Tensor]:
    """The mean (D,) and the two directions (D, 2) in which the features vary most."""
    centre = f.mean(dim=0)
    _, _, directions = torch.linalg.svd(f - centre, full_matrices=False)
    return centre, directions[:2].mT


def in_plane(f: Tensor, centre: Tensor, directions: Tensor) -> Tensor:
    """(f − centre) · directions: where features (…, D) lie in a plane (D, 2).  (…, 2)"""
    return (f - centre) @ directions
