"""Splines, Kolmogorov–Arnold networks and their least squares: hand-computed values and what must hold."""

import math

import pytest
import torch

from models.approximation import b_spline, kan, levenberg_marquardt, tanh_network
from models.approximation.b_spline import bumps, refitted, spline, uniform_knots
from models.approximation.kan import KAN
from models.approximation.levenberg_marquardt import LevenbergMarquardt, damped_step
from models.approximation.tanh_network import TanhNetwork, widths_of
from models.data.formulas_of_two import FORMULAS, PARTS, humps, inner_sum, product, product_of_two_sums, waves
from models.parameter_count import parameter_count
from models.seeding import generator
from tests.shape_comments import shapes_checked

R, P, I, O, G, K = 3, 17, 2, 4, 5, 3  # noqa: E741


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.rand(*shape, generator=generator(seed), dtype=torch.double) * 2 - 1


def knots(intervals: int = G, degree: int = K, inputs: int = 1) -> torch.Tensor:
    ends = torch.ones(inputs, dtype=torch.double)
    return uniform_knots(-ends, ends, intervals, degree)


def test_a_cubic_bump_by_hand() -> None:
    """In the middle of its four intervals a cubic bump is 2/3, one knot away 1/6, at its ends 0."""
    t = knots(4)  # −2.5 … 2.5 in steps of 0.5
    at = t[0, :5, None]
    assert bumps(at, t, 3)[:, 0, 0].tolist() == pytest.approx([0, 1 / 6, 2 / 3, 1 / 6, 0])


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_bumps_add_up_to_one_inside_the_grid_and_run_out_beyond_it(degree: int) -> None:
    inside, outside = doubles(40, 1, seed=0), torch.tensor([[3.1], [-4.0]], dtype=torch.double)
    t = knots(3, degree)
    assert torch.allclose(bumps(inside, t, degree).sum(-1), torch.ones(40, 1, dtype=torch.double))
    assert (bumps(outside, t, degree) == 0).all()


def test_a_finer_grid_keeps_the_curves() -> None:
    x, c = doubles(1, 60, I, seed=1), doubles(1, 1, O, I, G + K, seed=2)
    coarse, fine = bumps(x, knots(G, inputs=I), K), bumps(x, knots(2 * G, inputs=I), K)
    curves = spline(coarse, c)
    assert torch.allclose(spline(fine, refitted(curves, fine)), curves, atol=1e-5)


def test_a_network_keeps_its_outputs_when_the_grid_of_its_inputs_becomes_finer() -> None:
    model = KAN([2, 1, 1], 4, 3, 0, networks=R)
    x = doubles(P, 2, seed=3).expand(R, -1, -1)
    model.regrid(x, 4)
    before = model(x)[0]
    model.regrid(x, 8)
    assert torch.allclose(model(x)[0], before, atol=1e-4)


def test_nodes_add_and_edges_depend_on_one_input() -> None:
    model = KAN([2, 2, 1], G, K, 0)
    x = doubles(1, P, 2, seed=4)
    moved = x.clone()
    moved[..., 1] = 0.3
    y, trace = model(x)
    assert torch.allclose(trace.curves[0].sum(-1), trace.nodes[1])
    assert torch.equal(y, trace.nodes[-1])
    assert torch.equal(model(moved)[1].curves[0][..., 0], trace.curves[0][..., 0])


def test_parameters_are_counted_by_edges() -> None:
    assert parameter_count(KAN([2, 5, 1], G, K, 0, networks=R)) == R * 15 * (G + K + 1)
    for size in (40, 126, 300):
        for layers in (1, 2):
            found = parameter_count(TanhNetwork(widths_of(size, 2, layers), 0, 1))
            assert found == pytest.approx(size, rel=0.13)


def test_a_linear_problem_is_solved_in_one_undamped_step() -> None:
    a, truth = doubles(1, P, 3, seed=5), doubles(3, seed=6)
    step = damped_step(a, a @ truth, torch.zeros(1, dtype=torch.double))
    assert torch.allclose(step[0], truth)


def test_the_jacobian_step_is_the_gradient_for_large_damping() -> None:
    model = KAN([2, 1, 1], 3, 3, 0, networks=1)
    x, t = doubles(P, 2, seed=7), doubles(P, 1, seed=8)
    before = [one.detach().clone() for one in model.parameters()]
    loss = (model(x[None])[0] - t).square().mean() / 2
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    optimizer = LevenbergMarquardt(model, x[None], t)
    optimizer.damping.fill_(1e6)
    optimizer.step()
    for one, old, gradient in zip(model.parameters(), before, gradients):
        assert torch.allclose(old - one, gradient / 1e6, rtol=1e-4, atol=1e-12)


def test_a_step_never_raises_the_loss_and_networks_do_not_mix() -> None:
    x, t = doubles(P, 2, seed=9), doubles(P, 1, seed=10)
    together, alone = (TanhNetwork([2, 3, 1], 0, 2) for _ in range(2))
    optimizer = LevenbergMarquardt(together, x.expand(2, -1, -1), t)
    losses = torch.stack([optimizer.step() for _ in range(20)])
    assert (losses.diff(dim=0) <= 0).all()
    for one in alone.parameters():
        one.data = one.data[:1]
    single = LevenbergMarquardt(alone, x[None], t)
    assert torch.allclose(torch.stack([single.step() for _ in range(20)])[:, 0], losses[:, 0], rtol=1e-6)


def test_formulas() -> None:
    x = doubles(P, 2, seed=11)
    assert torch.allclose(product(x), product_of_two_sums(x))
    parts = PARTS["exp(sin πx + y²)"]
    by_hand = torch.exp(torch.sin(math.pi * x[:, 0]) + x[:, 1] ** 2)
    assert torch.allclose(FORMULAS["exp(sin πx + y²)"](x), by_hand)
    assert torch.allclose(parts.outer(inner_sum(x, parts)), by_hand)
    assert humps(torch.tensor([[0.5, 0.4]])).item() == pytest.approx(1, abs=0.01)
    assert waves(torch.zeros(1, 2)).item() == pytest.approx(math.sin(1) + math.sin(2) + math.sin(0.5), abs=1e-5)


def test_shape_comments() -> None:
    x, t = doubles(P, I, seed=12).expand(R, -1, -1), doubles(P, 1, seed=16)
    with shapes_checked(kan, R=R) as networks:
        model = KAN([I, O, 1], G, K, 0, networks=R)
        model(x)
        model.regrid(x, 2 * G)
    assert networks.unreached() == []
    with shapes_checked(b_spline, R=R, I=I) as splines:
        found = bumps(x, knots(G, inputs=I), K)
        refitted(spline(found, doubles(R, 1, O, I, G + K, seed=14)), found)
    assert splines.unreached() == []
    perceptron = TanhNetwork([I, O, 1], 0, R)
    with shapes_checked(levenberg_marquardt, R=R, P=P) as least_squares:
        LevenbergMarquardt(perceptron, x, t).step()
    assert least_squares.unreached() == []
    with shapes_checked(tanh_network, R=R, P=P) as perceptrons:
        perceptron(x)
    assert perceptrons.unreached() == []
