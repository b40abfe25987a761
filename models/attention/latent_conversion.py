"""Latent attention made from a trained multi-head layer with RoPE, without training.

Paper: Meng et al. 2025, "TransMLA: Multi-Head Latent Attention Is All You Need": features of all heads that rotate at
one frequency are mixed, which leaves every score as it was, until few of them hold what the rotation matters for.
Those become the shared rotary key. The rest loses its rotation and joins the values in a low-rank latent.

Symbols
    D  width     H  heads     K  head width     F = K/2  frequencies of a head     R  latent width
    P  rotary width, P/2 turning pairs in all       C = E[x xᵀ] of the layer's inputs x, (D, D)
"""

from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

from models.attention.grouped_query import GroupedQueryAttention
from models.attention.latent import MultiHeadLatentAttention
from models.position.rope import RoPE, frequencies

M = TypeVar("M", bound=MultiHeadLatentAttention)


class ChosenFrequencies(RoPE):
    """RoPE with the frequencies given; one may occur more than once."""

    def __init__(self, theta: Tensor) -> None:
        super().__init__()
        self.theta = theta

    def frequencies(self, head_width: int, device: torch.device | None = None) -> Tensor:
        return self.theta.to(device)


class Split(NamedTuple):
    """A trained layer's keys in two parts. Complex numbers are turning pairs."""

    q_rotary: Tensor  # (H·P, D)
    k_rotary: Tensor  # (P, D)
    k_content: Tensor  # (H·K, D)
    theta: Tensor  # (P/2,) radians a position


def pairs(weight: Tensor, heads: int) -> Tensor:
    """Rows 2i and 2i + 1 of a head as one complex row: (H·K, D) → (H, F, D)."""
    split = weight.unflatten(0, (heads, -1, 2))  # (H, F, 2, D)
    return torch.complex(split[:, :, 0], split[:, :, 1])


def rows(weight: Tensor) -> Tensor:
    """The inverse: (H, F, D) complex → (H·K, D)."""
    return torch.stack([weight.real, weight.imag], dim=2).flatten(0, 2)


def lost_without_rotation(theta: Tensor, longest: int) -> Tensor:
    """1 − mean of cos θd over the distances d of a text: how much a rotation of this frequency changes. (F,)"""
    distance = torch.arange(longest, dtype=theta.dtype)  # (T,)
    return 1 - (theta[:, None] * distance).cos().mean(dim=-1)


def split_keys(
    to_q: Tensor, to_k: Tensor, C: Tensor, heads: int, rotary: int, longest: int, theta: Tensor | None = None
) -> Split:
    """Pick the P/2 turning pairs that matter most among all frequencies, after mixing the heads at each.

    ``theta`` (F,) are the frequencies, those of the paper's base if none are given.
    """
    q, k = pairs(to_q, heads), pairs(to_k, heads)  # (H, F, D)
    theta = (frequencies(2 * k.shape[1]) if theta is None else theta).to(C)  # (F,)
    together = torch.einsum("hfd,de,gfe->fhg", k, C.to(k.dtype), k.conj())  # (F, H, H)
    spread, mixing = torch.linalg.eigh(together)  # each component is a column
    worth = spread * lost_without_rotation(theta, longest)[:, None]  # (F, H)
    best = worth.flatten().topk(rotary // 2).indices  # (P/2,)
    frequency, component = best // heads, best % heads  # (P/2,)
    u = mixing[frequency, :, component]  # (P/2, H)
    k_rotary = torch.einsum("ph,hpd->pd", u.conj(), k[:, frequency])  # (P/2, D)
    q_rotary = u.conj().T[:, :, None] * q[:, frequency]  # (H, P/2, D)
    kept = torch.zeros_like(k).index_add(1, frequency, u.T[:, :, None] * k_rotary)  # (H, F, D)
    return Split(rows(q_rotary), rows(k_rotary[None]), rows(k - kept), theta[frequency])


def low_rank(weight: Tensor, C: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """Up (O, R) and down (R, D) with up · down · x nearest to weight · x in the mean over the inputs."""
    directions = torch.linalg.eigh(weight @ C @ weight.T)[1][:, -rank:]  # (O, R)
    return directions, directions.T @ weight


def to_latent(kind: type[M], attention: GroupedQueryAttention, C: Tensor, latent: int, rotary: int, longest: int) -> M:
    """The trained layer as latent attention; with R = D and P = HK it computes what it did before."""
    q, k, _ = trained(attention)
    split = split_keys(q, k, C, attention.heads, rotary, longest)
    position = ChosenFrequencies(split.theta.float())
    made = kind(len(C), attention.heads, len(q) // attention.heads, latent, rotary, position)
    return filled(made, attention, C, split.q_rotary, split.k_rotary, split.k_content)


def to_rotated_latent(kind: type[M], attention: GroupedQueryAttention, C: Tensor, latent: int) -> M:
    """Instead, without a separate key: whole keys come from the latent and are rotated after they are expanded."""
    q, k, _ = trained(attention)
    made = kind(len(C), attention.heads, len(q) // attention.heads, latent, 0)
    made.content_position = attention.position
    return filled(made, attention, C, q[:0], k[:0], k)


def trained(attention: GroupedQueryAttention) -> tuple[Tensor, Tensor, Tensor]:
    """W^Q, W^K and W^V in double precision, (H·K, D) each."""
    q, k, v = (part.weight.detach().double() for part in (attention.to_q, attention.to_k, attention.to_v))
    return q, k, v


def filled(
    made: M, attention: GroupedQueryAttention, C: Tensor, q_rotary: Tensor, k_rotary: Tensor, k_content: Tensor
) -> M:
    """Write the weights; keys and values count alike in the latent; the queries make up for the new scale √(K + P)."""
    q, _, v = trained(attention)
    k_size, v_size = ((part @ C * part).mean().sqrt() for part in (k_content, v))
    up, down = low_rank(torch.cat([k_content / k_size, v / v_size]), C, made.to_latent.out_features)
    up_k, up_v = up.split([len(q), len(v)])
    louder = made.scale / (len(q) // made.heads) ** 0.5
    weights = {
        "to_q": louder * q, "to_q_rotary": louder * q_rotary, "to_rotary_key": k_rotary, "to_latent": down,
        "to_k": up_k * k_size, "to_v": up_v * v_size, "to_out": attention.to_out.weight.detach(),
    }  # fmt: skip
    made.load_state_dict({f"{name}.weight": weight.float() for name, weight in weights.items()}, assign=True)
    return made
