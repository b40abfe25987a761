"""A residual perceptron that separates noise from points in the plane.

Papers: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", appendix B (time in every block);
Salimans & Ho 2022, "Progressive Distillation for Fast Sampling of Diffusion Models", section 4 (velocity).

Symbols
    B  points        D  width        E  width of the embedding of time and set
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import silu

from models.generative.timestep_embedding import timestep_embedding


class PointDenoiserTrace(NamedTuple):
    """What each layer held, in the order it was computed."""

    embedding: Tensor  # (B, E)
    layers: tuple[Tensor, ...]  # (B, D) each


class PointBlock(nn.Module):
    """Two layers around the embedding, added to what came in."""

    def __init__(self, width: int, embedding: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, width)
        self.to_scale_and_shift = nn.Linear(embedding, 2 * width)
        self.outer = nn.Linear(width, width)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.to_scale_and_shift(embedding).chunk(2, dim=-1)  # (B, D)
        h = self.norm(x) * (1 + scale) + shift  # (B, D)
        return x + self.outer(silu(self.inner(h)))


class PointDenoiser(nn.Module):
    """One network for several sets of points; set `sets` stands for “no set asked”."""

    def __init__(self, sets: int, width: int = 96, blocks: int = 3, embedding: int = 64) -> None:
        super().__init__()
        self.no_class = sets
        self.embed_time = nn.Sequential(nn.Linear(embedding, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.embed_set = nn.Embedding(sets + 1, embedding)
        self.read = nn.Linear(2, width)
        self.blocks = nn.ModuleList(PointBlock(width, embedding) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.write = nn.Linear(width, 2)

    def forward(self, x: Tensor, t: Tensor, label: Tensor) -> tuple[Tensor, PointDenoiserTrace]:
        """x (B, 2); t (B,) from 1 to T; label (B,) → the velocity v̂ (B, 2)."""
        time = timestep_embedding(t, self.embed_set.embedding_dim)  # (B, E)
        embedding = silu(self.embed_time(time) + self.embed_set(label))  # (B, E)
        layers = [self.read(x)]
        for block in self.blocks:
            layers.append(block(layers[-1], embedding))
        v = self.write(silu(self.norm(layers[-1])))  # (B, 2)
        return v, PointDenoiserTrace(embedding, tuple(layers))
