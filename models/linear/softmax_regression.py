"""Multiclass logistic regression: one linear score per class, made into probabilities by the softmax.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", section 6.2.2.3 (softmax units for several classes).
Paper: Bridle 1990, "Probabilistic Interpretation of Feedforward Classification Network Outputs".

Symbols
    x  points (N, D)        z  logits (N, K)        p  probabilities (N, K)
    c  right classes (N,), whole numbers            D  features     K  classes
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.layers.softmax import softmax


def class_probabilities(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """p = softmax(W x + b): all classes share one whole.  (N, D), (K, D), (K,) → (N, K)"""
    return softmax(x @ weight.T + bias)


def negative_log_likelihood(z: Tensor, classes: Tensor) -> Tensor:
    """−(1/N) Σₙ ln pₙ[cₙ] with p = softmax(z), in nats: −z of the right class + ln Σ exp z.  (N, K), (N,) → ()"""
    return (z.logsumexp(dim=-1) - z.gather(-1, classes[:, None])[:, 0]).mean()


def logit_gradient(p: Tensor, classes: Tensor) -> Tensor:
    """∂L/∂z = (p − y)/N with y one-hot: what is missing to the right answer.  (N, K), (N,) → (N, K)"""
    return (p - torch.nn.functional.one_hot(classes, p.shape[-1])) / len(p)


def separate_sigmoids_loss(z: Tensor, classes: Tensor) -> Tensor:
    """−(1/N) Σₙ Σₖ ln of what each class's own yes-or-no question gives the truth.  (N, K), (N,) → ()"""
    yes = torch.nn.functional.one_hot(classes, z.shape[-1]).bool()  # (N, K)
    return -torch.where(yes, z, -z).sigmoid().log().sum(dim=-1).mean()


def divided_sigmoids(z: Tensor) -> Tensor:
    """σ(zₖ) / Σⱼ σ(zⱼ): separate answers, divided by their sum afterwards.  (N, K) → (N, K)"""
    yes = z.sigmoid()  # (N, K)
    return yes / yes.sum(dim=-1, keepdim=True)


class SoftmaxRegressionTrace(NamedTuple):
    probabilities: Tensor  # (N, K)


class SoftmaxRegression(nn.Module):
    """One linear layer, K logits."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, SoftmaxRegressionTrace]:
        """Logits (N, K)."""
        z = self.linear(x)  # (N, K)
        return z, SoftmaxRegressionTrace(softmax(z))
