"""The multilayer perceptron by hand, its gradient check, and the points it learns from."""

import math

import pytest
import torch

from models.data.plane_classes import SHAPES, plane_classes
from models.layers.multilayer_perceptron import (
    ACTIVATIONS,
    MLP,
    central_difference,
    distinct_maps,
    equalise,
    gradient_check,
    l2_penalty,
    layer,
    mean_cross_entropy,
)
from models.seeding import generator, normal, seeded


def small(activation: str = "tanh") -> MLP:
    return seeded(lambda: MLP([2, 5, 4, 3], activation), 0)


def test_a_layer_by_hand() -> None:
    x, weight, bias = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, -1.0], [0.5, 0.5]]), torch.tensor([0.0, -0.25])
    assert layer(x, weight, bias, ACTIVATIONS["none"]).tolist() == [[-1.0, 1.25]]
    assert layer(x, weight, bias, ACTIVATIONS["relu"]).tolist() == [[0.0, 1.25]]
    assert layer(x, weight, bias, ACTIVATIONS["tanh"])[0, 1].item() == pytest.approx(math.tanh(1.25))


def test_several_networks_side_by_side_are_each_alone() -> None:
    x, weights, biases = normal(7, 2, seed=0), normal(3, 5, 2, seed=1), normal(3, 5, seed=2)
    together = layer(x, weights, biases, torch.tanh)
    assert together.shape == (3, 7, 5)
    torch.testing.assert_close(together[2], layer(x, weights[2], biases[2], torch.tanh))


def test_hand_made_weights_solve_exclusive_or() -> None:
    model = seeded(lambda: MLP([2, 2, 2], "relu"), 0)
    with torch.no_grad():
        model.weights[0].copy_(torch.ones(2, 2))
        model.biases[0].copy_(torch.tensor([0.0, -1.0]))
        model.weights[1].copy_(torch.tensor([[0.0, 0.0], [1.0, -2.0]]))
        model.biases[1].copy_(torch.tensor([0.5, 0.0]))
        logits, _ = model(torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
    assert logits.argmax(-1).tolist() == [0, 1, 1, 0]


def test_without_activation_all_layers_are_one_linear_map() -> None:
    model, x = small("none"), normal(9, 2, seed=0)
    first, second, last = model.weights
    torch.testing.assert_close(model(x)[0], x @ (last @ second @ first).T)


def test_loss_and_penalty_by_hand() -> None:
    logits = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]])
    loss = mean_cross_entropy(logits, torch.tensor([1, 0])).item()
    assert loss == pytest.approx((math.log(2) + math.log(4 / 3)) / 2)
    assert l2_penalty([torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]])], 0.1).item() == pytest.approx(0.7)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_agrees_with_finite_differences(activation: str) -> None:
    x, y = normal(13, 2, seed=3), torch.arange(13) % 3
    assert gradient_check(small(activation), x, y) < 1e-7


def test_the_gradient_check_catches_a_wrong_gradient() -> None:
    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(z: torch.Tensor) -> torch.Tensor:
            return z.tanh()

        @staticmethod
        def setup_context(context: torch.autograd.function.FunctionCtx, inputs: object, output: object) -> None:
            pass

        @staticmethod
        def backward(context: object, gradient: torch.Tensor) -> torch.Tensor:
            return 2 * gradient

    model = small()
    model.activation = Doubled.apply
    assert gradient_check(model, normal(13, 2, seed=3), torch.arange(13) % 3) > 0.1


def test_the_difference_of_a_parabola_is_exact() -> None:
    found = central_difference(lambda p: (p**2).sum(-1), torch.tensor([1.0, -3.0], dtype=torch.float64), 1e-3)
    assert found.tolist() == pytest.approx([2.0, -6.0])


def test_equal_units_stay_equal_and_random_signs_do_not() -> None:
    x, y = plane_classes("moons", 40, 0.1, generator(0))
    for signs, distinct in ((False, 1), (True, 3)):
        model = seeded(lambda: MLP([2, 5, 5, 2]), 1)
        equalise(model, signs=signs)
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        for _ in range(60):
            optimizer.zero_grad()
            mean_cross_entropy(model(x)[0], y).backward()
            optimizer.step()
        found = distinct_maps(model(x)[1].hidden[0].detach())
        assert found == 1 if distinct == 1 else found >= distinct


def test_copies_mirrors_and_constants_count_once() -> None:
    u, v = normal(50, seed=0), normal(50, seed=1)
    assert distinct_maps(torch.stack([u, 2 * u + 1, -u, v, torch.zeros(50), torch.ones(50)], -1)) == 3


@pytest.mark.parametrize("shape", SHAPES)
def test_points_come_in_equal_numbers_and_fit_the_plane(shape: str) -> None:
    points, labels = plane_classes(shape, 400, 0.1, generator(0))
    assert labels.float().mean() == 0.5
    assert points.abs().max() < 2.6
    again, _ = plane_classes(shape, 400, 0.1, generator(0))
    assert torch.equal(points, again)
