"""Swin: attention within windows, which move by half their side in every second block.

Paper: Liu et al. 2021, "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", section 3.2
(equation 3, the cyclic shift and its mask, equation 4 the relative position bias).

Symbols
    x  tokens on a grid (B, G, G, D)     M  side of a window     W = (G/M)²  windows      s  shift
    q, k, v  queries, keys, values (B·W, H, M², K)     b  bias of a head for an offset      H  heads     D  width
"""

import torch
from torch import Tensor, nn

from models.attention.multi_head import merge_heads, split_heads
from models.layers.feed_forward import FeedForward
from models.transformer.vision_transformer import patches


def windows(x: Tensor, side: int) -> Tensor:
    """The grid cut into windows: (B, G, G, D) → (B·W, M², D)."""
    B, G, _, D = x.shape
    cut = x.view(B, G // side, side, G // side, side, D)
    return cut.transpose(2, 3).reshape(-1, side * side, D)


def joined(cut: Tensor, grid: int) -> Tensor:
    """The inverse of ``windows``: (B·W, M², D) → (B, G, G, D)."""
    side = round(cut.shape[1] ** 0.5)
    tiles = cut.view(-1, grid // side, grid // side, side, side, cut.shape[-1])
    return tiles.transpose(2, 3).reshape(-1, grid, grid, cut.shape[-1])


def shift_mask(grid: int, side: int, shift: int) -> Tensor:
    """True where two tokens of a window may attend: not where only the cyclic shift joined them. (W, M², M²)"""
    place = torch.arange(grid) + shift
    around = (place // grid).float()  # 0 where the shift did not go over the edge
    region = around[:, None] * 3 + around  # (G, G)
    of_window = windows(region[None, :, :, None], side)[..., 0]  # (W, M·M)
    return of_window[:, :, None] == of_window[:, None]


def offset_numbers(side: int) -> Tensor:
    """Which of the (2M − 1)² offsets each pair of a window has.  (M², M²)"""
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    place = torch.stack([rows.flatten(), columns.flatten()])  # (2, M·M)
    offset = place[:, :, None] - place[:, None] + side - 1  # (2, M·M, M·M)
    return offset[0] * (2 * side - 1) + offset[1]


def reach(grid: int, side: int, shifts: tuple[int, ...]) -> Tensor:
    """Which tokens have reached each token after every block: (blocks, G², G²), True where they have."""
    T = grid * grid
    number, reached, found = torch.arange(T).view(1, grid, grid, 1), torch.eye(T, dtype=torch.bool), []
    for shift in shifts:
        inside = windows(number.roll((-shift, -shift), (1, 2)), side)[..., 0]  # (W, M·M)
        seen = torch.zeros(T, T, dtype=torch.bool)
        for window, allowed in zip(inside, shift_mask(grid, side, shift), strict=True):
            seen[window[:, None], window] = allowed
        reached = (seen.float() @ reached.float()) > 0
        found.append(reached)
    return torch.stack(found)


def score_count(grid: int, side: int) -> int:
    """(G/M)² · M⁴ = G² M²: attention scores of one head and block; without windows they are G⁴."""
    return grid**2 * side**2


class WindowAttention(nn.Module):
    """softmax(q kᵀ / √K + b) v within each window.  Equation 4."""

    def __init__(self, width: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads, self.side = heads, side
        self.to_q, self.to_k, self.to_v, self.to_out = (nn.Linear(width, width) for _ in range(4))
        self.bias = nn.Parameter(torch.zeros((2 * side - 1) ** 2, heads))

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Windows x (B·W, M², D), mask (W, M², M²) → output, and weights (B·W, H, M², M²)."""
        q, k, v = (split_heads(to(x), self.heads) for to in (self.to_q, self.to_k, self.to_v))
        scores = q @ k.mT / k.shape[-1] ** 0.5 + self.bias[offset_numbers(self.side)].movedim(-1, 0)
        per_image = scores.unflatten(0, (-1, len(mask)))  # (B, W, H, M·M, M·M)
        weights = per_image.masked_fill(~mask[:, None], -torch.inf).softmax(dim=-1).flatten(0, 1)
        return self.to_out(merge_heads(weights @ v)), weights


class SwinBlock(nn.Module):
    """ẑ = (S)W-MSA(LN(z)) + z, z′ = MLP(LN(ẑ)) + ẑ.  Equation 3; ``shift`` 0 keeps the windows in place."""

    def __init__(self, width: int, heads: int, hidden: int, side: int, shift: int) -> None:
        super().__init__()
        self.side, self.shift = side, shift
        self.attention_norm, self.attention = nn.LayerNorm(width), WindowAttention(width, heads, side)
        self.feed_forward_norm, self.feed_forward = nn.LayerNorm(width), FeedForward(width, hidden)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, G, G, D) → the same shape, and the weights in each window."""
        grid, back = x.shape[1], (self.shift, self.shift)
        moved = self.attention_norm(x).roll((-self.shift, -self.shift), (1, 2))
        mask = shift_mask(grid, self.side, self.shift).to(x.device)
        attended, weights = self.attention(windows(moved, self.side), mask)
        x = x + joined(attended, grid).roll(back, (1, 2))
        transformed, _ = self.feed_forward(self.feed_forward_norm(x))
        return x + transformed, weights


class Swin(nn.Module):
    """One stage: patches on a grid, a block for each of ``shifts``, mean over the grid, classifier."""

    def __init__(
        self, shifts: tuple[int, ...] = (0, 1), side: int = 2, size: int = 8, width: int = 32, heads: int = 4,
        hidden: int = 64, window: int = 2, classes: int = 2,
    ) -> None:  # fmt: skip
        super().__init__()
        self.side, self.grid = side, size // side
        self.patch_embedding = nn.Linear(side * side, width)
        self.blocks = nn.ModuleList(SwinBlock(width, heads, hidden, window, by) for by in shifts)
        self.norm, self.to_logits = nn.LayerNorm(width), nn.Linear(width, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """x (B, 1, N, N) → logits (B, Y), and each block's weights."""
        state, seen = self.patch_embedding(patches(x, self.side)).unflatten(1, (self.grid, self.grid)), []
        for block in self.blocks:
            state, weights = block(state)
            seen.append(weights)
        return self.to_logits(self.norm(state).mean(dim=(1, 2))), tuple(seen)
