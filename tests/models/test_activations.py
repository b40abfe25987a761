"""Activation functions and the small network that takes them: values worked out by hand, slopes, invariants."""

import math

import pytest
import torch

from models.layers import activation_slopes as slopes
from models.layers import activations
from models.layers.digit_mlp import DigitMLP, each
from models.layers.swish import Swish
from models.seeding import normal

Z = torch.linspace(-7, 7, 281, dtype=torch.double) + 0.0123  # without 0, where two of them have a corner


@pytest.mark.parametrize(
    ("function", "z", "value"),
    [
        (activations.sigmoid, 0.0, 0.5),
        (activations.sigmoid, math.log(3), 0.75),
        (activations.tanh, math.log(2), 0.6),
        (activations.relu, -2.0, 0.0),
        (activations.relu, 2.0, 2.0),
        (activations.leaky_relu, -2.0, -0.02),
        (activations.elu, -math.log(2), -0.5),
        (activations.gelu, 1.0, 0.8413447),
        (activations.gelu_tanh, 1.0, 0.8411920),
        (activations.quick_gelu, 1.0, 0.8457958),
        (activations.silu, math.log(3), 0.75 * math.log(3)),
        (activations.softplus, 0.0, math.log(2)),
        (activations.mish, 0.0, 0.0),
        (activations.mish, 1.0, 0.8650984),
    ],
)
def test_values(function, z, value):
    assert function(torch.tensor(z, dtype=torch.double)).item() == pytest.approx(value, abs=1e-7)


PAIRS = [
    (activations.sigmoid, slopes.sigmoid_slope),
    (activations.tanh, slopes.tanh_slope),
    (activations.relu, slopes.relu_slope),
    (lambda z: activations.leaky_relu(z, 0.3), lambda z: slopes.leaky_relu_slope(z, 0.3)),
    (lambda z: activations.elu(z, 1.7), lambda z: slopes.elu_slope(z, 1.7)),
    (activations.gelu, slopes.gelu_slope),
    (lambda z: activations.silu(z, 1.4), lambda z: slopes.silu_slope(z, 1.4)),
    (activations.mish, slopes.mish_slope),
]


@pytest.mark.parametrize(("function", "derivative"), PAIRS)
def test_each_formula_of_a_derivative_is_the_derivative(function, derivative):
    torch.testing.assert_close(derivative(Z), slopes.slope(function, Z))
    step = 1e-6
    torch.testing.assert_close(derivative(Z), (function(Z + step) - function(Z - step)) / (2 * step), rtol=0, atol=1e-8)


def test_the_slope_of_a_constant_is_zero():
    assert slopes.slope(lambda z: torch.zeros_like(z), Z).abs().max() == 0


@pytest.mark.parametrize(("function", "derivative"), PAIRS)
def test_extreme_inputs_give_finite_values_and_slopes(function, derivative):
    z = torch.tensor([-1e4, -100.0, 100.0, 1e4])
    assert function(z).isfinite().all()
    assert derivative(z).isfinite().all()
    assert slopes.slope(function, z).isfinite().all()


def test_the_dips_are_where_the_pages_say():
    for function, at, value in (
        (activations.gelu, -0.75, -0.17),
        (activations.silu, -1.28, -0.278),
        (activations.mish, -1.19, -0.309),
    ):
        found = slopes.lowest_point(function)
        assert found == (pytest.approx(at, abs=0.005), pytest.approx(value, abs=0.001))


def test_relations_between_them():
    torch.testing.assert_close(activations.tanh(Z), 2 * activations.sigmoid(2 * Z) - 1)
    torch.testing.assert_close(activations.silu(Z, 0.0), Z / 2)
    torch.testing.assert_close(activations.silu(Z, 1e4), activations.relu(Z))
    torch.testing.assert_close(activations.leaky_relu(Z, 0.3), torch.maximum(0.3 * Z, Z))
    assert (activations.leaky_relu(Z, 2.0) != torch.maximum(2.0 * Z, Z)).all()


def test_networks_side_by_side_are_networks_on_their_own():
    x = normal(5, 7, seed=0)
    functions = [activations.relu, activations.tanh, activations.gelu]
    sizes = {"inputs": 7, "hidden": 4, "depth": 2, "classes": 3, "seed": 1}
    together = DigitMLP(each(functions), networks=3, gain=[1.0, 2.0, 0.5], **sizes)
    logits, trace = together(x)
    for row, (function, gain) in enumerate(zip(functions, (1.0, 2.0, 0.5), strict=True)):
        alone = DigitMLP(function, gain=gain, **sizes)
        own, own_trace = alone(x)
        torch.testing.assert_close(logits[row], own[0])
        torch.testing.assert_close(trace.h[1][row], own_trace.h[1][0])


def test_a_network_without_bend_is_one_linear_map():
    x = normal(6, 7, seed=2)
    model = DigitMLP(lambda z: z, inputs=7, hidden=4, depth=3, classes=3, seed=0)
    whole = model.W[0][0] @ model.W[1][0] @ model.W[2][0] @ model.W[3][0]
    torch.testing.assert_close(model(x)[0][0], x @ whole)


def test_another_function_shares_the_weights_and_leaves_the_first_alone():
    x = normal(5, 64, seed=3)
    model = DigitMLP(activations.relu, seed=0)
    before = model(x)[0]
    other = model.given(activations.tanh)
    assert other.W[0] is model.W[0]
    assert not torch.equal(other(x)[0], before)
    assert torch.equal(model(x)[0], before)


def test_last_gain_scales_the_output_layer_alone():
    plain, larger = DigitMLP(activations.relu, seed=0), DigitMLP(activations.relu, last_gain=4.0, seed=0)
    torch.testing.assert_close(larger.W[-1], 4 * plain.W[-1])
    assert torch.equal(larger.W[0], plain.W[0])


def test_swish_is_silu_with_a_beta_of_its_own_for_every_network():
    swish = Swish(2.0, networks=3)
    z = normal(3, 5, 4, seed=0)
    assert torch.equal(swish(z), activations.silu(z, 2.0))
    swish.beta.data[1] = 0.0
    assert torch.equal(swish(z)[1], z[1] / 2)
    found = torch.autograd.grad(swish(z).sum(), swish.beta)[0]
    s = torch.sigmoid(swish.beta.detach() * z)
    torch.testing.assert_close(found, (z**2 * s * (1 - s)).sum(dim=(1, 2), keepdim=True))


def test_a_network_that_learned_its_beta_takes_another_function():
    model = DigitMLP(Swish(), inputs=6, hidden=4, depth=2, classes=3)
    other = model.given(activations.relu)
    x = normal(5, 6, seed=1)
    plain = DigitMLP(activations.relu, inputs=6, hidden=4, depth=2, classes=3)
    assert torch.equal(other(x)[0], plain(x)[0])
    assert isinstance(model.activation, Swish)
    assert len(list(other.parameters())) == len(list(model.parameters())) - 1
