"""Two equal digit networks trained side by side, one on the true labels and one on labels of which a share is random.

Symbols
    x  digits (B, 64), ink from 0 to 1        c  labels (2, B)        z  logits (2, B, 10)
    H  hidden units        p  probabilities (2, B, 10)
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from models.data.digits import Digits, digits
from models.linear.descent import Descent
from models.probability.class_losses import cross_entropy
from models.seeding import generator

Loss = Callable[[Tensor, Tensor], Tensor]
CLASSES = 10


class Snapshot(NamedTuple):
    """Both networks at one step, on all digits to learn from and on the held-out ones."""

    training_loss: Tensor  # (2,) of the loss that is asked for
    held_out_accuracy: Tensor  # (2,) by the true labels
    confidence: Tensor  # (2,) mean probability of the answer on held-out digits
    agreement: Tensor  # (2,) expected share of labels, equally random, that agree with the answer
    held_out_logits: Tensor  # (2, B, 10)


def with_random_labels(labels: Tensor, share: float, draws: torch.Generator) -> Tensor:
    """A share of the labels replaced by any of the ten, the right one included.  (B,) → (B,)"""
    random = torch.randint(CLASSES, labels.shape, generator=draws)  # (B,)
    return torch.where(torch.rand(labels.shape, generator=draws) < share, random, labels)


def label_entropy(share: float) -> float:
    """H of a label whose digit is known: right with 1 − share + share/10, each wrong one with share/10, in nats."""
    p = torch.full((CLASSES,), share / CLASSES, dtype=torch.double)
    p[0] += 1 - share
    return torch.special.entr(p).sum().item()


class LabelTraining:
    """Gradient descent with momentum on 64 → H → 10; both networks start alike and read the same digits."""

    def __init__(self, loss: Loss, share: float, seed: int, *, hidden: int = 32, steps: int = 300) -> None:
        draws = generator(seed)
        learned, self.held_out = digits()
        self.share, self.loss, self.draws, self.steps, self.done = share, loss, draws, steps, 0
        self.x = ink(learned)  # (B, 64)
        noisy = with_random_labels(learned.labels, share, draws)
        self.labels = torch.stack([learned.labels, noisy])  # (2, B)
        first = torch.randn(64, hidden, generator=draws) * (2 / 64) ** 0.5  # (64, H)
        second = torch.randn(hidden, CLASSES, generator=draws) * (1 / hidden) ** 0.5  # (H, 10)
        shapes = first, torch.zeros(1, hidden), second, torch.zeros(1, CLASSES)
        self.parameters = [weight.repeat(2, 1, 1).requires_grad_() for weight in shapes]
        self.batch = torch.arange(0)
        self.descent = Descent(self.parameters, self._batch_loss, rate=0.3)

    def logits(self, x: Tensor) -> Tensor:
        """(B, 64) → (2, B, 10)"""
        W, b, V, c = self.parameters
        return (x @ W + b).relu() @ V + c

    def step(self) -> None:
        """128 digits at random, the rate falling to zero."""
        self.batch = torch.randint(len(self.x), (128,), generator=self.draws)
        self.descent.step(0.3 * (1 - self.done / self.steps))
        self.done += 1

    def _batch_loss(self) -> Tensor:
        return self.loss(self.logits(self.x[self.batch]), self.labels[:, self.batch]).sum()

    @torch.no_grad()
    def evaluate(self) -> Snapshot:
        z = self.logits(ink(self.held_out))  # (2, B, 10)
        p = z.softmax(dim=-1)  # (2, B, 10)
        accuracy = (p.argmax(dim=-1) == self.held_out.labels).float().mean(dim=-1)  # (2,)
        share = torch.tensor([0.0, self.share])
        agreement = (1 - share) * accuracy + share / CLASSES  # (2,)
        asked = self.loss(self.logits(self.x), self.labels)  # (2,)
        return Snapshot(asked, accuracy, p.amax(dim=-1).mean(dim=-1), agreement, z)

    def held_out_noisy_loss(self, snapshot: Snapshot) -> float:
        """Cross-entropy of the second network, expected over held-out labels of which the same share is random."""
        z, labels = snapshot.held_out_logits[1], self.held_out.labels
        every = torch.stack([cross_entropy(z, torch.full_like(labels, c)) for c in range(CLASSES)]).mean()
        return ((1 - self.share) * cross_entropy(z, labels) + self.share * every).item()


def ink(some: Digits) -> Tensor:
    """(B, 1, 8, 8) from −1 to 1 → (B, 64) from 0 to 1."""
    return (some.images.flatten(1) + 1) / 2
