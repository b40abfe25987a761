"""Luong's attention: global over all source positions, or local in a window that moves.

Paper: Luong, Pham & Manning 2015, "Effective Approaches to Attention-based Neural Machine Translation", sections 3.1
(global; dot, general, concat) and 3.2 (local-m, local-p). Positions are counted from 0 here, from 1 in the paper.

Symbols
    h  decoder states (B, T, D)      W_a  of general and concat      S  source positions    p  centre of a window (B, T)
    h̄  encoder states (B, S, D)      v_a  of concat                  W_p, v_p  predict p    D  half width, σ = D / 2
"""

import torch
from torch import Tensor, nn

from models.attention.additive import additive_score, bilinear_score, dot_score


def concat_score(h: Tensor, encoded: Tensor, w_h: Tensor, w_encoded: Tensor, v_a: Tensor) -> Tensor:
    """v_aᵀ tanh(W_a [hₜ; h̄ₛ]), where W_a [hₜ; h̄ₛ] = hₜ w_h + h̄ₛ w_encoded"""
    return additive_score(h, encoded, w_h, w_encoded, torch.zeros_like(v_a), v_a)


def global_alignment(scores: Tensor) -> Tensor:
    """αₜₛ = exp(scoreₜₛ) / Σₛ' exp(scoreₜₛ')"""
    return scores.softmax(dim=-1)


def monotonic_centre(first: int, steps: int, positions: int) -> Tensor:
    """local-m: pₜ = t, and no further than the last position. (T,)"""
    return torch.arange(first, first + steps).clamp(max=positions - 1).float()


def predicted_centre(h: Tensor, w_p: Tensor, v_p: Tensor, positions: int) -> Tensor:
    """local-p: pₜ = S · sigmoid(v_pᵀ tanh(W_p hₜ)), between the first and the last position. (B, T)"""
    return (positions - 1) * ((h @ w_p.T).tanh() @ v_p).sigmoid()


def window(p: Tensor, positions: int, half_width: int) -> Tensor:
    """True for the source positions from p − D to p + D. (…, T, S)"""
    return (torch.arange(positions, device=p.device) - p[..., None].round()).abs() <= half_width


def gaussian(p: Tensor, positions: int, sigma: float) -> Tensor:
    """exp(−(s − pₜ)² / 2σ²): favours positions near the centre, and lets p learn. (…, T, S)"""
    return (-(torch.arange(positions, device=p.device) - p[..., None]).square() / (2 * sigma**2)).exp()


def local_weights(align: Tensor, p: Tensor, sigma: float) -> Tensor:
    """aₜ(s) = align(hₜ, h̄ₛ) exp(−(s − pₜ)² / 2σ²), for weights within the window (…, T, S) and centres (…, T)"""
    return align * gaussian(p, align.shape[-1], sigma)


class DotScore(nn.Module):
    def forward(self, h: Tensor, encoded: Tensor) -> Tensor:
        return dot_score(h, encoded)  # (B, T, S)


class GeneralScore(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.w_a = nn.Parameter(torch.empty(width, width))

    def forward(self, h: Tensor, encoded: Tensor) -> Tensor:
        return bilinear_score(h, encoded, self.w_a)  # (B, T, S)


class ConcatScore(nn.Module):
    """v_aᵀ tanh(W_a [h; h̄]): W_a is its two halves side by side."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.w_h = nn.Parameter(torch.empty(width, width))
        self.w_encoded = nn.Parameter(torch.empty(width, width))
        self.v_a = nn.Parameter(torch.empty(width, 1))

    def forward(self, h: Tensor, encoded: Tensor) -> Tensor:
        return concat_score(h, encoded, self.w_h, self.w_encoded, self.v_a[:, 0])  # (B, T, S)


class GlobalAlignment(nn.Module):
    """Compares each decoder state with every encoder state."""

    def __init__(self, score: nn.Module) -> None:
        super().__init__()
        self.score = score

    def forward(self, h: Tensor, encoded: Tensor, step: int = 0) -> Tensor:
        return global_alignment(self.score(h, encoded))  # (B, T, S)


class MonotonicAlignment(nn.Module):
    """local-m: compares within a window that moves on by one position per step."""

    def __init__(self, score: nn.Module, half_width: int) -> None:
        super().__init__()
        self.score, self.half_width = score, half_width

    def forward(self, h: Tensor, encoded: Tensor, step: int = 0) -> Tensor:
        p = monotonic_centre(step, h.shape[1], encoded.shape[1]).to(h.device)
        visible = window(p, encoded.shape[1], self.half_width)  # (T, S)
        return global_alignment(self.score(h, encoded).masked_fill(~visible, -torch.inf))  # (B, T, S)


class PredictiveAlignment(nn.Module):
    """local-p: the decoder state says where the window stands; the Gaussian pulls the weights to its centre."""

    def __init__(self, score: nn.Module, width: int, half_width: int, sigma: float) -> None:
        super().__init__()
        self.score, self.half_width, self.sigma = score, half_width, sigma
        self.w_p = nn.Parameter(torch.empty(width, width))
        self.v_p = nn.Parameter(torch.empty(width, 1))

    def centre(self, h: Tensor, positions: int) -> Tensor:
        return predicted_centre(h, self.w_p, self.v_p[:, 0], positions)

    def in_window(self, h: Tensor, encoded: Tensor, p: Tensor) -> Tensor:
        """align(hₜ, h̄ₛ): the softmax over the positions of the window alone."""
        visible = window(p, encoded.shape[1], self.half_width)  # (B, T, S)
        return global_alignment(self.score(h, encoded).masked_fill(~visible, -torch.inf))

    def forward(self, h: Tensor, encoded: Tensor, step: int = 0) -> Tensor:
        p = self.centre(h, encoded.shape[1])  # (B, T)
        return local_weights(self.in_window(h, encoded, p), p, self.sigma)


class WindowAlone(PredictiveAlignment):
    """local-p without the Gaussian: what the window holds changes in jumps, so no gradient reaches the centre."""

    def forward(self, h: Tensor, encoded: Tensor, step: int = 0) -> Tensor:
        return self.in_window(h, encoded, self.centre(h, encoded.shape[1]))
