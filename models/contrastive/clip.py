"""CLIP: pictures and captions in one space, trained to find each other.

Paper: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", section 2.3 and
figure 3. There a residual network or a vision transformer reads pictures and a transformer reads captions; here two
convolutions, and a network per word whose outputs are added.

Symbols
    B  pairs of a batch     x  pictures (B, 3, N, N)     w  words (B, T), −1 for none     D  dimensions
    I, T  embeddings of length 1 (B, D)     t  logarithm of 1/temperature     s  similarities (B, B)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from models.data.captioned_shapes import CAPTION, SIDE, WORDS

CHANNELS, WIDTH, DIMENSIONS = (12, 24), 24, 16
START, HIGHEST = 2.6593, 4.6052
"""t begins at log(1/0.07) and stays below log 100, as in the paper."""


class ClipTrace(NamedTuple):
    pictures: Tensor  # (B, D)
    captions: Tensor  # (B, D)


def similarities(I: Tensor, T: Tensor, t: Tensor) -> Tensor:  # noqa: E741  # the paper's letter
    """s = exp(t) I Tᵀ.  (..., B, D), (..., B, D), () → (..., B, B)"""
    return t.clamp(max=HIGHEST).exp() * I @ T.mT


def symmetric_loss(s: Tensor) -> Tensor:
    """½ (mean_i −log softmax(s_i·)_i + mean_j −log softmax(s_·j)_j): each finds its partner.

    (..., B, B) → ()
    """
    right = torch.arange(s.shape[-1]).expand(s.shape[:-1]).flatten()  # (M,)
    rows, columns = (each.flatten(0, -2) for each in (s, s.mT))  # (M, B)
    return (cross_entropy(rows, right) + cross_entropy(columns, right)) / 2


class PictureEncoder(nn.Module):
    """Two convolutions that halve the side, then a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        first, second = CHANNELS
        self.first = nn.Conv2d(3, first, 3, stride=2, padding=1)
        self.second = nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.out = nn.Linear(second * (SIDE // 4) ** 2, DIMENSIONS)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, N, N) → (B, D)"""
        return self.out(self.second(self.first(x).relu()).relu().flatten(1))  # type: ignore[no-any-return]


class CaptionEncoder(nn.Module):
    """Σ over words of W₂ relu(W₁ (E[w] + P[place])): in order, but each word by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Parameter(torch.empty(len(WORDS), WIDTH))
        self.places = nn.Parameter(torch.empty(CAPTION, WIDTH))
        self.first, self.second = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, DIMENSIONS)

    def forward(self, w: Tensor) -> Tensor:
        """(B, T) → (B, D)"""
        h = self.first(self.words[w.clamp(min=0)] + self.places).relu()  # (B, T, h)
        return self.second((h * (w >= 0)[..., None]).sum(-2))  # type: ignore[no-any-return]


class CLIP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.picture, self.caption = PictureEncoder(), CaptionEncoder()
        self.scale = nn.Parameter(torch.empty(1))

    def forward(self, x: Tensor, w: Tensor) -> tuple[Tensor, ClipTrace]:
        """Similarities (B, B) of all pictures with all captions, and both embeddings."""
        I, T = normalize(self.picture(x), dim=-1), normalize(self.caption(w), dim=-1)  # (B, D)  # noqa: E741
        return similarities(I, T, START + self.scale), ClipTrace(I, T)
