"""Fixed kernels, reach and counted operations, against what must be true of them."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.attention.multi_head import MultiHeadAttention
from models.convolution import fixed_mixing
from models.convolution.fixed_mixing import FixedMixing, convolution_map, kernel_of
from models.cost import mixing_cost
from models.interpretability import reach
from models.seeding import normal, seeded
from tests.shape_comments import shapes_checked

B, T, D, H = 2, 7, 12, 3


def attention() -> MultiHeadAttention:
    return seeded(lambda: MultiHeadAttention(D, H), 0).requires_grad_(False)


def test_shape_comments_are_true():
    layer, x = attention(), normal(B, T, D, seed=1)
    with shapes_checked(fixed_mixing, reach, T=T, D=D, H=H) as watch:
        kernel = kernel_of(layer(x)[1].weights[0], 5)
        mixing = FixedMixing(layer, kernel)
        assert mixing(x)[0].shape == x.shape
        reach.reach(mixing, x[0], normal(D, seed=2))
    assert watch.reached
    assert not watch.unreached()


def test_a_map_that_is_a_convolution_keeps_its_kernel():
    kernel = normal(H, 5, seed=0).softmax(dim=-1)
    band = convolution_map(kernel, T)
    torch.testing.assert_close(kernel_of(band, 5), kernel)
    x = normal(1, 1, T, seed=3)
    expected = nn.functional.conv1d(x, kernel[:1, None], padding=2)[0, 0]  # torch's convolution is a correlation too
    torch.testing.assert_close(band[0] @ x[0, 0], expected)


def test_attention_hears_everyone_and_a_kernel_its_neighbours():
    layer, x, r = attention(), normal(T, D, seed=1), normal(D, seed=2)
    everyone = reach.reach(layer, x, r)
    assert (everyone > 0).all()
    kernel = kernel_of(layer(x[None])[1].weights[0], 3)
    near = reach.reach(FixedMixing(layer, kernel), x, r) > 0
    places = torch.arange(T)
    assert torch.equal(near, (places[:, None] - places).abs() <= 1)
    assert reach.layers_to_join_ends(everyone) == 1
    assert reach.layers_to_join_ends(near.float()) == T - 1
    assert reach.layers_to_join_ends(torch.eye(T)) == 0


def test_reach_is_the_gradient():
    layer, x, r = attention(), normal(T, D, seed=1), normal(D, seed=2)
    found = reach.reach(layer, x, r)
    jacobian = torch.autograd.functional.jacobian(lambda one: layer(one[None])[0][0] @ r, x)
    torch.testing.assert_close(found, jacobian.norm(dim=-1))


def test_a_kernel_slides_as_its_map_multiplies():
    kernel, values = normal(H, 5, seed=0), normal(B, H, T, 4, seed=1)
    torch.testing.assert_close(fixed_mixing.convolve(kernel, values), convolution_map(kernel, T) @ values)


@pytest.mark.parametrize("tokens", [5, 40])
def test_operations_are_those_that_torch_counts(tokens):
    layer, x = attention().to("meta"), torch.empty(1, tokens, D, device="meta")
    with FlopCounterMode(display=False) as counted:
        layer(x)
    assert counted.get_total_flops() == 2 * (
        mixing_cost.comparing(tokens, D) + mixing_cost.projecting(tokens, D)
    )  # torch counts a multiplication and its addition as two
    work = mixing_cost.counted(layer, tokens, D)
    assert work == (mixing_cost.comparing(tokens, D), mixing_cost.projecting(tokens, D))
    sliding = FixedMixing(layer, torch.empty(H, 5, device="meta"))
    assert mixing_cost.counted(sliding, tokens, D) == (mixing_cost.fixed(tokens, D, 5), 2 * tokens * D * D)
    convolution = nn.Conv1d(D, D, 3, padding=1, bias=False, device="meta")
    with FlopCounterMode(display=False) as counted:
        convolution(x.transpose(1, 2))
    assert counted.get_total_flops() == 2 * mixing_cost.convolving(tokens, D, 3)


def test_the_first_length_is_the_first():
    cost, other = (lambda n: n * n), (lambda n: 10 * n)
    assert mixing_cost.first_length(cost, other) == 10
    assert mixing_cost.first_length(other, lambda n: 11 * n) == 0
