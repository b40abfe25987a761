"""Gradients of a trained neural ODE at one tolerance, by the adjoint method and by backpropagation."""

import copy
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.memo import memo
from models.continuous.adjoint import Backward, Contracted, adjoint, adjoint_at_the_end
from models.continuous.neural_ode import NeuralODE
from models.continuous.solvers import Path, adaptive, fixed
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.plane_flows import pretrained, rings

POINTS, REFERENCE_STEPS = 32, 100
Way = Literal["recomputed backwards", "left at its end"]


class Measured(NamedTuple):
    """One tolerance."""

    weights: float  # relative error of the gradient by the weights
    inputs: float  # of that by the points
    cosine: float  # between the two gradients by the weights
    drift: float  # how far the recomputed start is from the true one, relative
    backpropagation_bytes: int  # kept by the forward solve
    adjoint_bytes: int


class Solved(NamedTuple):
    """A gradient at one tolerance, both ways."""

    forward: Path
    backward: Backward
    measured: Measured


class Problem(NamedTuple):
    model: NeuralODE
    field: Contracted
    z: Tensor  # (P, 2)
    labels: Tensor  # (P,)


@memo
def problem(contraction: float, seed: int) -> Problem:
    """In double precision: what differs is the method, not rounding."""
    with torch.inference_mode(False):
        model = copy.deepcopy(pretrained("fine", seed % TRAININGS)).double().requires_grad_(True)
        given = rings(POINTS, generator(seed + 1))
        return Problem(model, Contracted(model.field, contraction), given.points.double(), given.labels)


@memo
def exact(contraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """The gradients (W,) and (P, 2) by backpropagation through 100 Runge–Kutta steps."""
    given = problem(contraction, seed)
    z = given.z.clone().requires_grad_()
    path = fixed(given.field, z, "Runge–Kutta 4", REFERENCE_STEPS)
    loss = cross_entropy(given.model.out(path.states[-1]), given.labels)
    of_z, *of_weights = torch.autograd.grad(loss, [z, *given.field.parameters()])
    return torch.cat([one.flatten() for one in of_weights]), of_z


def kept_bytes(given: Problem, tolerance: float) -> int:
    """What autograd keeps of a forward solve that backpropagation is to go through."""
    total = 0

    def count(kept: Tensor) -> Tensor:
        nonlocal total
        total += kept.numel() * kept.element_size()
        return kept

    with torch.autograd.graph.saved_tensors_hooks(count, lambda kept: kept):
        adaptive(given.field, given.z, tolerance)
    return total


@memo
def solve(power: int, contraction: float, stored: int, way: Way, seed: int) -> Solved:
    given, tolerance = problem(contraction, seed), 10.0**-power
    with torch.no_grad():
        path = adaptive(given.field, given.z, tolerance)
    end = path.states[-1].clone().requires_grad_()
    (a,) = torch.autograd.grad(cross_entropy(given.model.out(end), given.labels), end)
    kept = torch.linspace(0, len(path.times) - 1, stored + 2).round().long()[1:-1].unique().tolist()
    states = [(path.times[place].item(), path.states[place]) for place in kept if 0 < place < len(path.times) - 1]
    if way == "left at its end":
        found = adjoint_at_the_end(given.field, end.detach(), a, tolerance)
    else:
        found = adjoint(given.field, end.detach(), a, tolerance, states)
    of_weights, of_z = exact(contraction, seed)
    off = lambda ours, theirs: ((ours - theirs).norm() / theirs.norm()).item()
    return Solved(path, found, Measured(
        off(found.gradient, of_weights),
        off(found.of_start, of_z),
        torch.cosine_similarity(found.gradient, of_weights, dim=0).item(),
        off(found.start, given.z),
        kept_bytes(given, tolerance),
        (1 + len(states)) * given.z.numel() * given.z.element_size(),
    ))  # fmt: skip
