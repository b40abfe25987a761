"""Drawn digits judged by a separate classifier: how sure it is, which classes it sees, how varied the drawings are.

Papers: Salimans et al. 2016, "Improved Techniques for Training GANs", section 4 (a classifier judges samples: sure of
each, and all classes among them); the classifier is that of ``models.generative.digit_classifier``, trained on digits
alone and 99.7 % right on held-out ones. It has to name one of ten digits, also where there is none.

Symbols
    P  drawings        p(c|x)  the judge's probabilities, c from 0 to 9
"""

import torch
from torch import Tensor

from models.generative.digit_classifier import DigitClassifier

SURE = 0.9
"""A drawing is readable if the judge gives one digit at least this probability."""

SEEN = 0.02
"""A class is covered if at least this share of the drawings is taken for it: a fifth of an even share."""


def judged(judge: DigitClassifier, x: Tensor) -> Tensor:
    """p(c|x) for drawings from −1 (paper) to 1 (ink), (P, 64) or (P, 1, 8, 8) → (P, 10); others are cut to that."""
    logits, _ = judge(x.clamp(-1, 1).view(-1, 1, 8, 8))
    return logits.softmax(dim=-1)


def readable_share(probabilities: Tensor) -> float:
    """Share of drawings of which max_c p(c|x) ≥ 0.9.  (P, 10)"""
    return (probabilities.max(dim=-1).values >= SURE).float().mean().item()


def class_accuracy(probabilities: Tensor, asked: Tensor) -> float:
    """Share of drawings taken for the digit that was asked for.  (P, 10), (P,)"""
    return (probabilities.argmax(dim=-1) == asked).float().mean().item()


def class_shares(probabilities: Tensor) -> Tensor:
    """Share of the drawings taken for each digit.  (P, 10) → (10,)"""
    return torch.bincount(probabilities.argmax(dim=-1), minlength=10) / len(probabilities)


def classes_covered(probabilities: Tensor) -> int:
    """Digits that at least 2 % of the drawings are taken for.  (P, 10)"""
    return int((class_shares(probabilities) >= SEEN).sum())


def effective_classes(probabilities: Tensor) -> float:
    """exp H of the class shares: 10 if all digits are drawn equally often, 1 if always the same.  (P, 10)"""
    return torch.special.entr(class_shares(probabilities)).sum().exp().item()
