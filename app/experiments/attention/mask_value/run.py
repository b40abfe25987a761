"""A number is added to masked scores: how large must it be, and what becomes of a fully masked row?"""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.attention.dot_product import AttentionTrace, attention_weights
from models.attention.mask_value import attention_with_fill, filled
from models.attention.masks import causal_mask
from models.seeding import normal

TOKENS = ["pad", "pad", "Ada", "lives", "in", "Lund", "."]
PADDED = 2
TEXTS, HEADS, WIDTH, HEAD_WIDTH = 4, 4, 32, 8
FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
CURVE = (*range(0, 30, 2), *range(30, 125, 5))


class FillControls(Controls):
    fill: Literal["-1", "-10", "-100", "-1e4", "-1e9", "-inf"] = Field(
        "-1e4", title="Added to masked scores", description="-inf is minus infinity"
    )
    precision: Literal["float32", "bfloat16", "float16"] = Field("float32", title="Number format")
    padding: Literal["left", "right"] = Field(
        "left", title="Padding", description="Left of the text, the rows of padding are fully masked"
    )


class FillResult(NamedTuple):
    controls: FillControls
    tokens: list[str]
    allowed: Tensor  # (T, T)
    before: Tensor  # (B, H, T, T) scores to which nothing was added
    traces: dict[str, AttentionTrace]  # format → the layer with the fill, (B, H, T, …)
    exact: Tensor  # (B, H, T, T) the weights with −∞, in the chosen format
    subtracted: tuple[int, ...]  # the fills of the curve, without their sign
    leaks: dict[str, Tensor]  # format → (fills,) largest weight on a hidden token
    gradient: Tensor  # of the projections, the padding's rows left out of the loss

    @property
    def chosen(self) -> AttentionTrace:
        return self.traces[self.controls.precision]

    @property
    def blind(self) -> Tensor:
        """(T,) rows in which everything is masked."""
        return ~self.allowed.any(dim=-1)


def leak(weights: Tensor, allowed: Tensor) -> Tensor:
    """The largest weight on a masked token, in the rows that are not fully masked."""
    hidden = ~allowed & allowed.any(dim=-1, keepdim=True)
    return weights[..., hidden].float().max()


def run(controls: FillControls, device: str) -> FillResult:
    tokens = TOKENS if controls.padding == "left" else TOKENS[PADDED:] + TOKENS[:PADDED]
    real = torch.tensor([token != "pad" for token in tokens], device=device)
    allowed = causal_mask(len(tokens), device=real.device) & real
    x = normal(TEXTS, len(tokens), WIDTH, seed=2 * controls.seed).to(device)
    projections = normal(3, HEADS, WIDTH, HEAD_WIDTH, seed=2 * controls.seed + 1).to(device) / WIDTH**0.5
    fill, chosen = float(controls.fill), FORMATS[controls.precision]
    traces, leaks = {}, {}
    with torch.inference_mode():
        for name, kind in FORMATS.items():
            layer = x.to(kind), projections.to(kind), allowed
            traces[name] = attention_with_fill(*layer, fill)
            scores = attention_with_fill(*layer, 0).scores
            leaks[name] = torch.stack([leak(attention_weights(filled(scores, allowed, -m)), allowed) for m in CURVE])
            if kind == chosen:
                before, exact = scores, attention_weights(filled(scores, allowed, -torch.inf))
    learned = projections.to(chosen).requires_grad_()
    mixed = attention_with_fill(x.to(chosen), learned, allowed, fill).output
    (gradient,) = torch.autograd.grad(mixed[:, :, real].square().mean(), learned)
    return FillResult(controls, tokens, allowed, before, traces, exact, CURVE, leaks, gradient)


def measure(result: FillResult) -> Measurements:
    weights, blind = result.chosen.weights.float(), result.blind
    in_blind = weights[:, :, blind]
    finite = in_blind.nan_to_num()
    spread = finite.amax(dim=-1) - finite.amin(dim=-1)
    return {
        "largest_leak": leak(weights, result.allowed).item(),
        "largest_leak_in_any_format": max(
            leak(trace.weights, result.allowed).item() for trace in result.traces.values()
        ),
        "difference_from_minus_infinity": (weights - result.exact.float())[:, :, ~blind].abs().max().item(),
        "fully_masked_rows": blind.sum().item(),
        "rows_not_a_number": weights.isnan().any(dim=-1).any(dim=0).any(dim=0).sum().item(),
        "weight_on_masked_tokens_in_full_rows": finite.sum(dim=-1).mean().item() if blind.any() else 0.0,
        "weight_range_in_masked_rows": spread.max().item() if blind.any() else 0.0,
        "gradient_not_a_number_percent": 100 * result.gradient.isnan().float().mean().item(),
    }
