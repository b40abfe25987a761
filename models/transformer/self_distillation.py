"""DINO: a student predicts what its own running average, the teacher, says of another view of the image.

Paper: Caron et al. 2021, "Emerging Properties in Self-Supervised Vision Transformers", section 3.1 (equations 1 to 4:
teacher by moving average, centring and sharpening against collapse).

Symbols
    s, t  outputs of student and teacher (B, K)     τₛ, τₜ  temperatures     c  centre (K,)
    θ  weights     λ, m  momenta of teacher and centre     K  dimensions of the output
"""

import torch
from torch import Tensor, nn

from models.transformer.vision_transformer import VisionTransformer

STUDENT_TEMPERATURE, TEACHER_TEMPERATURE = 0.1, 0.04


def teacher_probabilities(t: Tensor, centre: Tensor, temperature: float = TEACHER_TEMPERATURE) -> Tensor:
    """softmax((t − c) / τₜ).  (B, K)"""
    return ((t - centre) / temperature).softmax(dim=-1)


def view_loss(s: Tensor, target: Tensor, temperature: float = STUDENT_TEMPERATURE) -> Tensor:
    """−Σ P_teacher log softmax(s / τₛ), mean over images; no gradient reaches the teacher.  Equation 2.  ()"""
    return -(target.detach() * (s / temperature).log_softmax(dim=-1)).sum(dim=-1).mean()


def moved_centre(centre: Tensor, t: Tensor, momentum: float = 0.9) -> Tensor:
    """m c + (1 − m) · mean of t over the batch.  Equation 4.  (K,)"""
    return momentum * centre + (1 - momentum) * t.mean(dim=0)


@torch.no_grad()
def follow(teacher: nn.Module, student: nn.Module, momentum: float = 0.99) -> None:
    """θ_teacher ← λ θ_teacher + (1 − λ) θ_student, in place."""
    for slow, fast in zip(teacher.parameters(), student.parameters(), strict=True):
        slow.lerp_(fast, 1 - momentum)


def used_outputs(p: Tensor) -> Tensor:
    """exp H(mean of p over images): how many of the K outputs are used, 1 if all images get the same one.  ()"""
    mean = p.mean(dim=0)
    return torch.special.entr(mean).sum().exp()


class DinoNetwork(nn.Module):
    """A vision transformer whose class token goes through a head of K outputs."""

    def __init__(self, outputs: int = 32, **sizes: int) -> None:
        super().__init__()
        self.backbone = VisionTransformer(classes=outputs, **sizes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs (B, K), and the features under them (B, D)."""
        logits, trace = self.backbone(x)
        return logits, self.backbone.norm(trace.states[-1][:, 0])
