"""Activation functions against torch's and the transformers library's, and the digit network against torch's layers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from transformers.activations import ACT2FN

from models.layers import activations
from models.layers.digit_mlp import DigitMLP
from models.seeding import generator
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity

PAIRS = {
    "sigmoid": (activations.sigmoid, functional.sigmoid),
    "tanh": (activations.tanh, functional.tanh),
    "relu": (activations.relu, functional.relu),
    "leaky_relu": (activations.leaky_relu, functional.leaky_relu),
    "leaky_relu 0.3": (lambda z: activations.leaky_relu(z, 0.3), lambda z: functional.leaky_relu(z, 0.3)),
    "elu": (activations.elu, functional.elu),
    "elu 0.4": (lambda z: activations.elu(z, 0.4), lambda z: functional.elu(z, 0.4)),
    "gelu": (activations.gelu, functional.gelu),
    "gelu_tanh": (activations.gelu_tanh, lambda z: functional.gelu(z, approximate="tanh")),
    "silu": (activations.silu, functional.silu),
    "softplus": (activations.softplus, functional.softplus),
    "mish": (activations.mish, functional.mish),
}


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return 3 * torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=10)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_values_and_gradients(name, rows, columns, seed):
    ours, theirs = PAIRS[name]
    z = doubles(rows, columns, seed=seed)
    results = []
    for function in (ours, theirs):
        at = z.clone().requires_grad_()
        y = function(at)
        y.sum().backward()
        results.append((y.detach(), at.grad))
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-9)


def test_quick_gelu_is_that_of_clip():
    z = doubles(5, 7, seed=0)
    torch.testing.assert_close(activations.quick_gelu(z), ACT2FN["quick_gelu"](z))


@pytest.mark.parametrize(
    ("one", "other"), [("gelu", "gelu_tanh"), ("elu", "elu 0.4"), ("leaky_relu", "leaky_relu 0.3"), ("silu", "mish")]
)
def test_a_near_function_is_told_apart(one, other):
    z = doubles(5, 7, seed=0)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(PAIRS[one][0](z), PAIRS[other][1](z), rtol=1e-6, atol=1e-9)


def networks(depth: int) -> tuple[DigitMLP, nn.Sequential]:
    ours = DigitMLP(activations.mish, inputs=7, hidden=5, depth=depth, classes=3).double()
    redraw(ours, seed=depth)
    layers: list[nn.Module] = []
    for number, (W, b) in enumerate(zip(ours.W, ours.b, strict=True)):
        linear = nn.Linear(*W.shape[1:], dtype=torch.float64)
        linear.weight.data, linear.bias.data = W[0].T.clone(), b[0, 0].clone()
        layers += [linear] if number == depth else [linear, nn.Mish()]
    return ours, nn.Sequential(*layers)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_the_network_is_torch_s_layers_in_a_row(depth):
    ours, theirs = networks(depth)
    x = doubles(4, 7, seed=1)
    torch.testing.assert_close(ours(x)[0][0], theirs(x), rtol=1e-6, atol=1e-9)


def test_a_bias_left_out_is_caught():
    ours, theirs = networks(2)
    theirs[2].bias.data.zero_()
    x = doubles(4, 7, seed=1)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(ours(x)[0][0], theirs(x), rtol=1e-6, atol=1e-9)
