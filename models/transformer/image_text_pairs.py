"""SigLIP: image and text are a pair or are not, one sigmoid per pair; beside it the softmax over the batch of CLIP.

Papers: Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training", section 3.2 (algorithm 1);
Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", section 2.3 (figure 3).

Symbols
    u, v  image and text embeddings of length 1 (B, D)     a  inverse temperature      b  bias
    z  scores of all pairs (B, B)                          y  +1 on the diagonal, −1 elsewhere (B, B)
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid, normalize

from models.transformer.vision_transformer import VisionTransformer

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def pair_scores(u: Tensor, v: Tensor, inverse_temperature: Tensor, bias: Tensor) -> Tensor:
    """zᵢⱼ = a uᵢ·vⱼ + b.  (B, B)"""
    return inverse_temperature * u @ v.mT + bias


def sigmoid_losses(z: Tensor, matches: Tensor) -> Tensor:
    """−log σ(yᵢⱼ zᵢⱼ): each pair by itself; matches (B, B) is True for a pair.  (B, B)"""
    return -logsigmoid(torch.where(matches, z, -z))


def softmax_losses(z: Tensor) -> Tensor:
    """−½ (log softmax over texts + log softmax over images) of each matching pair, on the diagonal.  (B,)"""
    return -0.5 * (z.log_softmax(dim=1) + z.log_softmax(dim=0)).diagonal()


class ImageTextModel(nn.Module):
    """A vision transformer and a table of words, both projected to unit length."""

    def __init__(self, width: int = 32, **sizes: int) -> None:
        super().__init__()
        self.image = VisionTransformer(width=width, classes=width, **sizes)
        self.text = nn.Embedding(len(WORDS), width)
        self.log_inverse_temperature = nn.Parameter(torch.zeros(()))
        self.bias = nn.Parameter(torch.zeros(()))

    def embeddings(self, x: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
        """Unit vectors of images (B, 1, N, N) and of words (S,): (B, D) and (S, D)."""
        return normalize(self.image(x)[0], dim=-1), normalize(self.text(words), dim=-1)

    def forward(self, x: Tensor, words: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Scores of every image with every word (B, S), and the embeddings."""
        u, v = self.embeddings(x, words)
        return pair_scores(u, v, 10 * self.log_inverse_temperature.exp(), self.bias - 10), (u, v)
