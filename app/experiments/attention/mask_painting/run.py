"""One attention layer under any mask, also one painted by hand: sums of weights, and which tokens have an effect."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.attention.dot_product import AttentionTrace, scaled_dot_product
from models.attention.mask_kinds import block_mask, masked_and_rescaled, masked_too_late, padding_mask, prefix_mask
from models.attention.masks import causal_mask
from models.seeding import normal

TOKENS = ["Ada", "lives", "in", "Lund", ".", "Ben", "has", "a", "cat", ".", "pad", "pad"]
DOCUMENT = torch.tensor([0] * 5 + [1] * 5 + [2] * 2)  # two texts in one row, and padding up to its end
HEADS, WIDTH = 8, 16

WHEN: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor], AttentionTrace]] = {
    "before softmax": scaled_dot_product,
    "after softmax": masked_too_late,
    "after, rescaled": masked_and_rescaled,
}


class PaintControls(Controls):
    pattern: Literal["blocks", "causal", "padding", "prefix", "everything"] = Field(
        "blocks", title="Pattern", description="What the mask allows before you change cells"
    )
    painted: str = Field(
        "",
        max_length=90,
        pattern=r"^(\d{1,2}-\d{1,2}( \d{1,2}-\d{1,2})*)?$",
        title="Painted cells",
        description="Row-column, from 0: 3-7 changes that cell; or click cells of the map",
    )
    when: Literal["before softmax", "after softmax", "after, rescaled"] = Field(
        "before softmax", title="Mask is applied"
    )


class PaintResult(NamedTuple):
    controls: PaintControls
    tokens: list[str]
    painted: set[tuple[int, int]]  # (row, column) of the cells that differ from the pattern
    q: Tensor  # (H, T, K)
    k: Tensor  # (H, T, K)
    v: Tensor  # (H, T, K)
    allowed: Tensor  # (T, T)
    weights: Tensor  # (H, T, T)
    unlate: Tensor  # (H, T, T) those of the same mask before the softmax
    influence: Tensor  # (H, T, T) relative change of output i when token j has another key and value
    from_alone: Tensor  # largest difference of an output from that of its text in a sequence of its own

    @property
    def unmasked(self) -> Tensor:
        """(T,) True for the rows that may attend to any token."""
        return self.allowed.any(dim=-1)


def cells(painted: str) -> set[tuple[int, int]]:
    """The cells that were painted an odd number of times; those outside the map are left out."""
    found: set[tuple[int, int]] = set()
    for cell in painted.split():
        row, column = map(int, cell.split("-"))
        if max(row, column) < len(TOKENS):
            found ^= {(row, column)}
    return found


def pattern(name: str) -> Tensor:
    """(T, T): what the mask of that name allows."""
    tokens, padding = len(TOKENS), int(DOCUMENT.max())
    return {
        "blocks": block_mask(DOCUMENT),
        "causal": causal_mask(tokens),
        "padding": padding_mask(DOCUMENT.lt(padding)),
        "prefix": prefix_mask(tokens, int((DOCUMENT == 0).sum())),
        "everything": torch.ones(tokens, tokens, dtype=torch.bool),
    }[name].clone()


def replaced(x: Tensor, others: Tensor) -> Tensor:
    """x (H, T, K) as it is, then T times with the row of one token taken from ``others``: (T + 1, H, T, K)."""
    batch = x.repeat(x.shape[1] + 1, 1, 1, 1)
    token = torch.arange(x.shape[1])
    batch[token + 1, :, token] = others.transpose(0, 1)
    return batch


@torch.inference_mode()
def run(controls: PaintControls, device: str) -> PaintResult:
    allowed, painted = pattern(controls.pattern), cells(controls.painted)
    for row, column in painted:
        allowed[row, column] ^= True
    first, attend = 5 * controls.seed, WHEN[controls.when]
    q, k, v, other_k, other_v = (normal(HEADS, len(TOKENS), WIDTH, seed=first + place) for place in range(5))
    asking = q.expand(len(TOKENS) + 1, -1, -1, -1).to(device)
    trace = attend(asking, replaced(k, other_k).to(device), replaced(v, other_v).to(device), allowed.to(device))
    output, *moved = trace.output.cpu()
    apart = [torch.zeros(())]
    for number in (0, 1):
        own = number == DOCUMENT
        alone = scaled_dot_product(q[:, own], k[:, own], v[:, own], allowed[own][:, own])
        apart.append((alone.output - output[:, own]).abs().nan_to_num().max())
    return PaintResult(
        controls,
        TOKENS,
        painted,
        q,
        k,
        v,
        allowed,
        trace.weights[0].cpu(),
        scaled_dot_product(q, k, v, allowed).weights,
        (torch.stack(moved) - output).norm(dim=-1).permute(1, 2, 0) / output.norm(dim=-1, keepdim=True),
        torch.stack(apart).max(),
    )


def measure(result: PaintResult) -> Measurements:
    unmasked = result.unmasked
    sums = result.weights.sum(dim=-1)[:, unmasked]
    hidden = result.influence.where(~result.allowed, 0)[:, unmasked]
    return {
        "largest_row_sum_error": (sums - 1).abs().max().item(),
        "mean_row_sum_percent": 100 * sums.mean().item(),
        "smallest_row_sum_percent": 100 * sums.min().item(),
        "largest_hidden_influence": hidden.max().item(),
        "difference_from_alone": result.from_alone.item(),
        "difference_from_masking_before": (result.weights - result.unlate)[:, unmasked].abs().max().item(),
        "allowed_pairs": result.allowed.sum().item(),
        "fully_masked_rows": (~unmasked).sum().item(),
    }


def notices(result: PaintResult) -> list[str]:
    blind = [str(row) for row in (~result.unmasked).nonzero().flatten().tolist()]
    told = f"painted: row {', '.join(blind)} is fully masked; a softmax over nothing is 0/0, so the row is not a number"
    return [told] if blind and result.controls.when != "after softmax" else []
