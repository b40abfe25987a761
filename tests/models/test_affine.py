"""Linear and affine maps: values worked out by hand, one step of descent, and stacks that collapse."""

import pytest
import torch

from models.layers.affine import AffineStack, affine, collapsed, descended, linear, with_length, with_one
from models.seeding import normal


def test_by_hand():
    W, b = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([10.0, 20.0])
    x = torch.tensor([[1.0, 1.0], [0.0, 2.0]])
    assert linear(x, W).tolist() == [[3.0, 7.0], [4.0, 8.0]]
    assert affine(x, W, b).tolist() == [[13.0, 27.0], [14.0, 28.0]]
    assert with_one(x).tolist() == [[1.0, 1.0, 1.0], [0.0, 2.0, 1.0]]
    assert with_length(torch.tensor([[3.0, 4.0]])).tolist() == [[3.0, 4.0, 5.0]]


def test_a_linear_map_maps_sums_to_sums_and_an_affine_one_does_not():
    W, b = normal(3, 4, seed=0), normal(3, seed=1)
    x, y = normal(5, 4, seed=2), normal(5, 4, seed=3)
    torch.testing.assert_close(linear(2 * x + y, W), 2 * linear(x, W) + linear(y, W))
    apart = affine(x + y, W, b) - affine(x, W, b) - affine(y, W, b)
    torch.testing.assert_close(apart, (-b).expand(5, 3))


def test_descent_follows_the_gradient_of_the_mean_square():
    W = normal(3, 2, seed=0).requires_grad_()
    x, y = normal(4, 2, seed=1), normal(4, 3, seed=2)
    loss = (linear(x, W) - y).square().sum(dim=1).mean()
    (gradient,) = torch.autograd.grad(loss, W)
    torch.testing.assert_close(descended(W.detach(), x, y, 0.3), W.detach() - 0.3 * gradient)


@pytest.mark.parametrize("widths", [[2, 1], [3, 5, 2], [4, 3, 6, 2, 1]])
def test_a_stack_is_one_affine_map(widths):
    model = AffineStack(widths, seed=1)
    for number, bias in enumerate(model.b):
        bias.data = normal(*bias.shape, seed=number)
    x = normal(7, widths[0], seed=5)
    torch.testing.assert_close(affine(x, *collapsed(list(model.W), list(model.b))), model(x)[0])


def test_with_relu_between_it_is_none():
    model = AffineStack([3, 5, 2], phi=torch.relu, seed=1)
    x = normal(7, 3, seed=5)
    assert (affine(x, *collapsed(list(model.W), list(model.b))) - model(x)[0]).abs().max() > 0.1


def test_without_biases_the_origin_stays_and_no_bias_learns():
    model = AffineStack([2, 4, 1], biased=False)
    assert model(torch.zeros(1, 2))[0].item() == 0
    assert [weight.requires_grad for weight in model.b] == [False, False]


def test_it_is_torch_s_linear_layer():
    ours, theirs = AffineStack([3, 2], seed=4), torch.nn.Linear(3, 2)
    theirs.weight.data, theirs.bias.data = ours.W[0].data, ours.b[0].data
    x = normal(5, 3, seed=6)
    torch.testing.assert_close(ours(x)[0], theirs(x))
