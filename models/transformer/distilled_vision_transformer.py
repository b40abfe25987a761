"""DeiT: a vision transformer with a second token, which learns from another network instead of from the labels.

Paper: Touvron et al. 2021, "Training Data-Efficient Image Transformers & Distillation through Attention", section 4
(distillation token; hard-label distillation, equation 3).

Symbols
    x  images (B, C, N, N)     T = (N/P)²  patches     D  width     Y  classes
    z  logits of the class token and of the distillation token (B, Y)       y, yₜ  label, teacher's answer (B,)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.transformer.vision_transformer import VisionTransformer, patches


class DistilledTrace(NamedTuple):
    by_class_token: Tensor  # (B, Y)
    by_distillation_token: Tensor  # (B, Y)


def hard_distillation(by_class: Tensor, by_distillation: Tensor, labels: Tensor, teacher: Tensor) -> Tensor:
    """½ CE(z_class, y) + ½ CE(z_distillation, yₜ), yₜ the teacher's most likely class.  Equation 3.  ()"""
    return 0.5 * cross_entropy(by_class, labels) + 0.5 * cross_entropy(by_distillation, teacher)


class DistilledVisionTransformer(VisionTransformer):
    """Class token, distillation token, then the patches; both read out by layers of their own."""

    def __init__(self, side: int = 2, size: int = 8, width: int = 32, classes: int = 10, **sizes: int) -> None:
        super().__init__(side, size, width=width, classes=classes, **sizes)
        self.distillation_token = nn.Parameter(torch.zeros(1, width))
        self.position = nn.Parameter(torch.zeros((size // side) ** 2 + 2, width))
        self.to_teacher_logits = nn.Linear(width, classes)

    def embed(self, x: Tensor) -> Tensor:
        """[class; distillation; x₁E; …; x_TE] + positions.  (B, T + 2, D)"""
        embedded = self.patch_embedding(patches(x, self.side))  # (B, T, D)
        tokens = torch.cat([self.class_token, self.distillation_token]).expand(len(x), 2, -1)  # (B, 2, D)
        return torch.cat([tokens, embedded], dim=1) + self.position

    def forward(self, x: Tensor) -> tuple[Tensor, DistilledTrace]:  # type: ignore[override]
        """At test time the two heads are averaged.  (B, Y)"""
        state = self.embed(x)
        for block in self.blocks:
            state, _ = block(state)
        state = self.norm(state)  # (B, T + 2, D)
        trace = DistilledTrace(self.to_logits(state[:, 0]), self.to_teacher_logits(state[:, 1]))
        return (trace.by_class_token + trace.by_distillation_token) / 2, trace
