"""Joint embedding with prediction on patches: the vectors of hidden patches are predicted from the visible ones.

Papers: Assran et al. 2023, "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture"
(I-JEPA); Bardes et al. 2024, "Revisiting Feature Prediction for Learning Visual Representations from Video" (V-JEPA,
the same on clips). Both take the target's vectors from a moving average of the context encoder.

Symbols
    x  patches (B, T, P)     V  visible ones     H  hidden ones     D  width
    s_x  vectors of the visible patches     s_y  of the hidden ones, by the target encoder     ŝ_y  predicted
    m  momentum of the target encoder
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm

from models.transformer.vision_transformer import VisionBlock


class PredictionTrace(NamedTuple):
    context: Tensor  # (B, V, D) s_x
    predicted: Tensor  # (B, H, D) ŝ_y
    targets: Tensor  # (B, H, D) s_y


def picked(rows: Tensor, places: Tensor) -> Tensor:
    """The rows at the places of each example.  (B, T, D), (B, V) → (B, V, D)"""
    return rows.gather(1, places[..., None].expand(-1, -1, rows.shape[-1]))


def latent_error(predicted: Tensor, targets: Tensor) -> Tensor:
    """‖ŝ_y − s_y‖² / D, of each hidden patch.  (B, H, D), (B, H, D) → (B, H)"""
    return (predicted - targets).square().mean(-1)


@torch.no_grad()
def follow(target: nn.Module, context: nn.Module, m: float) -> None:
    """θ̄ ← m θ̄ + (1 − m) θ, in place."""
    for slow, fast in zip(target.parameters(), context.parameters(), strict=True):
        slow.lerp_(fast, 1 - m)


class PatchEncoder(nn.Module):
    """Patches with their positions, through L blocks; each vector is normed at the end."""

    def __init__(self, count: int, numbers: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.embedding = nn.Linear(numbers, width)
        self.position = nn.Parameter(torch.zeros(count, width))
        self.blocks = nn.ModuleList(VisionBlock(width, heads, 2 * width) for _ in range(layers))

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        """Patches (B, T, P), of which only those at ``seen`` (B, V) are read → their vectors (B, V, D)."""
        state = picked(self.embedding(x) + self.position, seen)
        for block in self.blocks:
            state, _ = block(state)
        return layer_norm(state, state.shape[-1:])


class LatentPrediction(nn.Module):
    """Context encoder, target encoder and predictor; the predictor is told where the hidden patches are."""

    def __init__(
        self, count: int = 16, numbers: int = 4, width: int = 16, layers: int = 2, heads: int = 4, outputs: int = 0
    ) -> None:
        super().__init__()
        self.context = PatchEncoder(count, numbers, width, layers, heads)
        self.target = PatchEncoder(count, numbers, width, layers, heads)
        self.place = nn.Parameter(torch.zeros(count, width))
        self.mask_token = nn.Parameter(torch.zeros(1, width))
        self.predictor = VisionBlock(width, heads, 2 * width)
        self.to_output = nn.Linear(width, outputs or width)

    def targets(self, x: Tensor, hidden: Tensor) -> Tensor:
        """s_y: the target encoder reads all patches; no gradient passes.  (B, H, D)"""
        every = torch.arange(x.shape[1], device=x.device).expand(x.shape[:2])  # (B, T)
        return picked(self.target(x, every), hidden).detach()

    def predict(self, s_x: Tensor, visible: Tensor, hidden: Tensor) -> Tensor:
        """ŝ_y from the visible vectors (B, V, D) and where the hidden patches (B, H) are.  (B, H, D)"""
        asked = self.mask_token + self.place[hidden]  # (B, H, D)
        state, _ = self.predictor(torch.cat([s_x + self.place[visible], asked], 1))
        return self.to_output(state[:, visible.shape[1] :])

    def forward(self, x: Tensor, visible: Tensor, hidden: Tensor) -> tuple[Tensor, PredictionTrace]:
        """Patches (B, T, P), positions of visible (B, V) and hidden ones (B, H) → the error of each hidden one."""
        s_x = self.context(x, visible)  # (B, V, D)
        trace = PredictionTrace(s_x, self.predict(s_x, visible, hidden), self.targets(x, hidden))
        return latent_error(trace.predicted, trace.targets), trace


class PixelPrediction(LatentPrediction):
    """The same network, which predicts the hidden patches' own numbers."""

    def __init__(self, count: int = 16, numbers: int = 4, width: int = 16, layers: int = 2, heads: int = 4) -> None:
        super().__init__(count, numbers, width, layers, heads, outputs=numbers)

    def targets(self, x: Tensor, hidden: Tensor) -> Tensor:
        """The hidden patches themselves.  (B, H, P)"""
        return picked(x, hidden)
