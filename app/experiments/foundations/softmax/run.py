"""A few logits become probabilities: what a shift leaves alone, what each takes from the others, where it overflows."""

import re
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import AfterValidator, Field, StringConstraints
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.layers.softmax import naive_softmax, softmax, softmax_jacobian
from models.seeding import normal

RANDOM_ROWS = 512
SHIFTS = torch.linspace(-150, 150, 121)
LARGEST_LOGIT = 30.0


def squares(z: Tensor) -> Tensor:
    """zᵢ² / Σⱼ zⱼ²: also positive, also sums to one, and yet no softmax."""
    return z.square() / z.square().sum(dim=-1, keepdim=True)


FORMS: dict[str, Callable[[Tensor], Tensor]] = {"stable": softmax, "naive": naive_softmax, "squares": squares}


def numbers(text: str) -> list[float]:
    """Two to twelve numbers from −30 to 30, apart by commas or blanks; ValueError otherwise."""
    try:
        values = [float(part) for part in re.split(r"[,;\s]+", text.strip())]
    except ValueError:
        values = []
    if not 2 <= len(values) <= 12 or not all(abs(value) <= LARGEST_LOGIT for value in values):
        raise ValueError(f"takes 2 to 12 numbers from -{LARGEST_LOGIT:g} to {LARGEST_LOGIT:g}, apart by commas")
    return values


def _readable(text: str) -> str:
    numbers(text)
    return text


class SoftmaxControls(Controls):
    logits: Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_readable)] = Field(
        "2.2, 1.4, 0.6, -0.3, -1.5, -2.4", title="Logits", description="2 to 12 numbers, apart by commas"
    )
    shift: float = Field(100.0, ge=-150, le=150, multiple_of=1, title="Added to every logit")
    form: Literal["stable", "naive", "squares"] = Field("stable", title="Form")


class SoftmaxResult(NamedTuple):
    form: str
    logits: Tensor  # (N,) as typed
    probabilities: Tensor  # (N,) of the shifted logits
    jacobian: Tensor  # (N, N) by autograd, of the logits as typed
    formula: Tensor  # (N, N) pᵢ (δᵢⱼ − pⱼ)
    shift: float
    shift_changes: Tensor  # (rows,) largest change of a probability under the shift
    ranks_kept: Tensor  # (rows,) True where the order of the logits is the order of the probabilities
    sums: dict[str, Tensor]  # form → (S,) Σ p at every shift


def run(controls: SoftmaxControls, device: str) -> SoftmaxResult:
    form = FORMS[controls.form]
    z = torch.tensor(numbers(controls.logits), device=device)
    rows = 2 * normal(RANDOM_ROWS, len(z), seed=controls.seed).to(device)  # the claims are about any logits
    everything = torch.cat([z[None], rows])
    before, after = form(everything), form(everything + controls.shift)
    kept = before.argsort(dim=-1, stable=True) == everything.argsort(dim=-1, stable=True)
    p = form(z)
    return SoftmaxResult(
        form=controls.form,
        logits=z,
        probabilities=after[0],
        jacobian=torch.autograd.functional.jacobian(form, z),
        formula=softmax_jacobian(p),
        shift=controls.shift,
        shift_changes=(after - before).abs().amax(dim=-1),
        ranks_kept=kept.all(dim=-1),
        sums={name: FORMS[name](z + SHIFTS.to(device)[:, None]).sum(dim=-1) for name in ("stable", "naive")},
    )


def measure(result: SoftmaxResult) -> Measurements:
    cross = result.jacobian[~torch.eye(len(result.logits), dtype=torch.bool)]
    survived = SHIFTS[result.sums["naive"].isfinite()]
    return {
        "largest_probability": result.probabilities.max().item(),
        "sum_of_probabilities": result.probabilities.sum().item(),
        "largest_change_by_shift": result.shift_changes.max().item(),
        "share_of_rows_in_order": result.ranks_kept.float().mean().item(),
        "largest_cross_derivative": cross.max().item(),
        "jacobian_formula_error": (result.jacobian - result.formula).abs().max().item(),
        "largest_shift_the_naive_form_survives": survived.max().item(),
    }
