"""A few logits become probabilities: what a shift leaves alone, what each takes from the others, where it overflows."""

import math
import re
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import AfterValidator, Field, StringConstraints
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from models.layers.softmax import naive_softmax, softmax, softmax_jacobian
from models.seeding import normal

RANDOM_ROWS = 512
LARGEST_LOGIT, LARGEST_SHIFT = 30.0, 150.0
FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def squares(z: Tensor) -> Tensor:
    """zᵢ² / Σⱼ zⱼ²: also positive, also sums to 1, and yet no softmax."""
    return z.square() / z.square().sum(dim=-1, keepdim=True)


FORMS: dict[str, Callable[[Tensor], Tensor]] = {"stable": softmax, "naive": naive_softmax, "squares": squares}


def numbers(text: str) -> list[float]:
    """Two to twelve numbers from −30 to 30; ValueError otherwise.

    Commas or blanks stand between them. Where semicolons do, a comma is a decimal comma: ``0,5; 1,5``.
    """
    parts = text.replace(",", ".").split(";") if ";" in text else re.split(r",\s*|\s+", text.strip())
    try:
        if ";" not in text and re.search(r"\d,\d\S*\s+-?\d+,\d", text):
            raise ValueError("0,5 1,5 could be two numbers or four")
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if not 2 <= len(values) <= 12 or not all(abs(value) <= LARGEST_LOGIT for value in values):
        raise ValueError(
            f"takes 2 to 12 numbers from -{LARGEST_LOGIT:g} to {LARGEST_LOGIT:g} with commas between them, or with"
            " semicolons if they have decimal commas"
        )
    return values


def _readable(text: str) -> str:
    numbers(text)
    return text


class SoftmaxControls(Controls):
    logits: Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_readable)] = Field(
        "2.2, 1.4, 0.6, -0.3, -1.5, -2.4", title="Logits", description="2 to 12 numbers, separated by commas"
    )
    shift: float = Field(100.0, ge=-LARGEST_SHIFT, le=LARGEST_SHIFT, multiple_of=1, title="Added to every logit")
    form: Literal["stable", "naive", "squares"] = Field(
        "stable", title="Form", description="Stable: the maximum subtracted first"
    )
    number_format: Literal["float32", "bfloat16", "float16"] = Field(
        "float32",
        title="Number format",
        description="32 bits, or one of two formats of 16 bits",
        json_schema_extra=MORE,
    )


class SoftmaxResult(NamedTuple):
    controls: SoftmaxControls
    logits: Tensor  # (N,) as typed
    probabilities: Tensor  # (N,) of the shifted logits, in the chosen number format
    jacobian: Tensor  # (N, N) by autograd, of the logits as typed
    formula: Tensor  # (N, N) pᵢ (δᵢⱼ − pⱼ)
    shift_changes: Tensor  # (rows,) largest change of a probability under the shift
    ranks_kept: Tensor  # (rows,) True where the order of the logits is the order of the probabilities
    limit: float  # the largest shift at which the naive form still gives probabilities
    shifts: Tensor  # (S,) with the limit and the numbers beside it among them
    sums: dict[str, Tensor]  # form → (S,) Σ p at every shift


def largest_shift(z: Tensor) -> float:
    """The largest number that can be added to logits (N,) before the sum of their powers of e overflows: bisection.

    Accurate to 1e-4, up to ``LARGEST_SHIFT`` beyond the logits' own range.
    """
    low, high = -2 * LARGEST_SHIFT, 2 * LARGEST_SHIFT
    while high - low > 1e-4:
        middle = (low + high) / 2
        total = (z.double() + middle).to(z.dtype).exp().sum()
        low, high = (middle, high) if total.isfinite() else (low, middle)
    return low


def run(controls: SoftmaxControls, device: str) -> SoftmaxResult:
    form, dtype = FORMS[controls.form], FORMATS[controls.number_format]
    z = torch.tensor(numbers(controls.logits), device=device)
    rows = 2 * normal(RANDOM_ROWS, len(z), seed=controls.seed).to(device)  # the claims are about any logits
    everything = torch.cat([z[None], rows])
    before, after = form(everything.to(dtype)).float(), form((everything + controls.shift).to(dtype)).float()
    kept = before.argsort(dim=-1, stable=True) == everything.argsort(dim=-1, stable=True)
    limit = largest_shift(z.to(dtype))
    shifts = torch.linspace(-LARGEST_SHIFT, LARGEST_SHIFT, 121).to(device)
    shifts = torch.cat([shifts, torch.tensor([limit - 0.01, limit + 0.01], device=device)]).sort().values
    shifts = shifts[shifts.abs() <= LARGEST_SHIFT]
    shifted = (z + shifts[:, None]).to(dtype)
    return SoftmaxResult(
        controls=controls,
        logits=z,
        probabilities=after[0],
        jacobian=torch.autograd.functional.jacobian(form, z),
        formula=softmax_jacobian(form(z)),
        shift_changes=(after - before).abs().amax(dim=-1),
        ranks_kept=kept.all(dim=-1),
        limit=limit,
        shifts=shifts,
        sums={name: FORMS[name](shifted).float().sum(dim=-1) for name in ("stable", "naive")},
    )


def measure(result: SoftmaxResult) -> Measurements:
    cross = result.jacobian[~torch.eye(len(result.logits), dtype=torch.bool)]
    p = result.probabilities
    return {
        "largest_probability": p.max().item(),
        "sum_of_probabilities": p.sum().item(),
        "largest_change_by_shift": result.shift_changes.amax().item() if p.isfinite().all() else math.nan,
        "rows_in_order_share": result.ranks_kept.float().mean().item(),
        "strongest_effect_on_itself": result.jacobian.diagonal().max().item(),
        "strongest_effect_on_another": cross[cross.abs().argmax()].item(),
        "jacobian_formula_error": (result.jacobian - result.formula).abs().max().item(),
        "largest_shift_of_the_naive_form": result.limit,
        "largest_logit": result.logits.max().item(),
        "shift": result.controls.shift,
    }
