"""One hidden layer and radial basis functions: what they can fit, and what their solvers must come to."""

from itertools import pairwise

import pytest
import torch

from models.approximation import one_hidden_layer, rbf
from models.approximation.one_hidden_layer import Descent, best_output_weights, hidden, output, rms_error, start
from models.approximation.rbf import best_of, bumps, condition_number, k_means, output_weights, scatter
from models.data import clustered_inputs
from models.data.clustered_inputs import MIDDLES, clustered, curve, noisy
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

X = torch.linspace(-1, 1, 60, dtype=torch.float64)[:, None]


def test_squares_are_parabolas_however_many_there_are() -> None:
    t = torch.sin(7 * X)
    layer = start(40, 8.0, 0)
    parabola = best_output_weights(torch.cat([X, X.square()], dim=1), t)
    least = rms_error(output(torch.cat([X, X.square()], dim=1), *parabola), t)
    for n in (3, 40):
        h = hidden(X, layer.w[:n], layer.b[:n], torch.square)
        assert rms_error(output(h, *best_output_weights(h, t)), t) == pytest.approx(least.item(), rel=1e-5)


def test_a_unit_more_never_makes_the_best_fit_worse() -> None:
    t, layer = torch.sin(7 * X), start(12, 8.0, 1)
    h = hidden(X, layer.w, layer.b, torch.tanh)
    errors = [rms_error(output(h[:, :n], *best_output_weights(h[:, :n], t)), t).item() for n in range(1, 13)]
    assert all(after <= before + 1e-9 for before, after in pairwise(errors))


def test_units_cross_zero_inside_the_range() -> None:
    layer = start(50, 3.0, 2)
    assert (-layer.b / layer.w).abs().max() <= 1


def test_descent_lowers_the_error_and_starts_where_it_is_told() -> None:
    t, layer = torch.sin(3 * X), start(8, 1.0, 3)
    descent = Descent(X, t, layer, torch.tanh, 1e-2)
    assert torch.allclose(descent.evaluate().w, layer.w, atol=1e-6)

    def error() -> float:
        now = descent.evaluate()
        return rms_error(output(hidden(X, now.w, now.b, torch.tanh), now.v, now.c), t).item()

    before = error()
    for _ in range(100):
        descent.step()
    assert error() < 0.5 * before


def test_a_bump_by_hand() -> None:
    h = bumps(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 3.0]), 1.0)
    assert h[0, 0] == 1
    assert h[1, 0].item() == pytest.approx(0.60653, abs=1e-5)
    assert h[1, 1].item() == pytest.approx(0.13534, abs=1e-5)


def test_k_means_finds_planted_groups_and_leaves_an_idle_centre() -> None:
    x = torch.cat([0.01 * normal(20, seed=0), 1 + 0.01 * normal(20, seed=1)])
    found = k_means(x, torch.tensor([0.2, 0.9, 50.0]))
    assert found.tolist() == pytest.approx([x[:20].mean().item(), x[20:].mean().item(), 50.0])
    poor, good = torch.tensor([0.9, 1.1]), torch.tensor([0.1, 0.9])
    assert scatter(x, best_of(x, [poor, good])) <= scatter(x, k_means(x, poor))


def test_the_weights_are_where_the_gradient_is_zero() -> None:
    h, t = normal(9, 4, seed=0).double(), normal(9, seed=1).double()
    v = output_weights(h, t).requires_grad_()
    loss = (rbf.output(h, v) - t).square().sum() + rbf.RIDGE * v.square().sum()
    (gradient,) = torch.autograd.grad(loss, v)
    assert gradient.abs().max() < 1e-9


def test_wide_bumps_are_worse_conditioned() -> None:
    c = torch.linspace(0, 1, 6, dtype=torch.float64)
    assert condition_number(c, 0.01) == pytest.approx(1)
    assert condition_number(c, 0.5) > 1e5


def test_inputs_come_in_clusters() -> None:
    x = clustered(600, MIDDLES, generator(0))
    near = (x[:, None] - torch.tensor(MIDDLES)).abs().amin(dim=1)
    assert near.max() < 5 * clustered_inputs.SPREAD
    assert (noisy(x, generator(1)) - curve(x)).std().item() == pytest.approx(clustered_inputs.NOISE, rel=0.15)


def test_shape_comments() -> None:
    with shapes_checked(one_hidden_layer, P=60, n=5) as one:
        h = hidden(X, start(5, 1.0, 0).w, start(5, 1.0, 0).b, torch.tanh)
        best_output_weights(h, X)
    assert one.unreached() == []
    with shapes_checked(rbf, clustered_inputs, P=9, M=4) as other:
        x = clustered(9, MIDDLES, generator(0))
        k_means(x, x[:4])
        output_weights(bumps(x, x[:4], 0.1), x)
    assert other.unreached() == []
