"""The autoencoder's equations: by hand, by PCA's optimality, and its shape comments."""

import pytest
import torch

from models.generative import autoencoder
from models.generative.autoencoder import Autoencoder, principal_reconstruction, reconstruction_error, variance_outside
from models.linear.principal_components import principal_components
from models.seeding import normal, seeded
from tests.shape_comments import check_fields, shapes_checked

B, P, F, Z = 7, 11, 5, 3


def test_the_shapes_are_those_of_the_comments() -> None:
    with shapes_checked(autoencoder, B=B, P=P, F=F, Z=Z):
        net = seeded(lambda: Autoencoder(P, F, Z, "tanh"), 0)
        x, trace = net(normal(B, P, seed=1))
        variance_outside(x, principal_components(x, Z).directions)
    assert x.shape == (B, P)
    assert check_fields(trace, B=B, Z=Z) == 1


def test_one_unit_by_hand() -> None:
    net = seeded(lambda: Autoencoder(1, 1, 1, "relu"), 0)
    with torch.no_grad():
        for layer, weight, bias in zip(net.children(), (2.0, 3.0, -1.0, 4.0), (1.0, 0.0, 20.0, 0.5)):
            layer.weight.fill_(weight)
            layer.bias.fill_(bias)
        x, trace = net(torch.tensor([[2.0]]))
    assert trace.code.item() == 15.0  # 3 · relu(2 · 2 + 1)
    assert x.item() == 20.5  # 4 · relu(20 − 15) + 0.5
    assert reconstruction_error(torch.tensor([[2.0, 4.0]]), torch.tensor([[1.0, 1.0]])).item() == 5.0


def test_without_activation_the_network_is_one_linear_map() -> None:
    net = seeded(lambda: Autoencoder(P, F, Z, "none"), 0)
    one, other = normal(2, B, P, seed=2)
    zero = net(torch.zeros(B, P))[0]
    assert torch.allclose(net(one + other)[0], net(one)[0] + net(other)[0] - zero, atol=1e-5)
    assert torch.linalg.matrix_rank(net(one)[0] - zero) <= Z


def test_no_linear_code_does_better_than_pca() -> None:
    x = normal(50, P, seed=3) @ normal(P, P, seed=4)
    best = reconstruction_error(x, principal_reconstruction(x, x, Z))
    directions = principal_components(x, Z).directions
    for seed in range(20):
        other = torch.linalg.qr((directions + 0.3 * normal(Z, P, seed=seed)).T).Q  # (P, Z)
        mean = x.mean(0)
        assert reconstruction_error(x, mean + (x - mean) @ other @ other.T) > best


def test_variance_outside_is_none_inside_and_all_beside() -> None:
    axes = torch.eye(P)
    x = normal(B, P, seed=5) * torch.tensor([1.0] * 2 + [0.0] * (P - 2))
    assert variance_outside(x, axes[:2]) == pytest.approx(0, abs=1e-6)
    assert variance_outside(x, axes[2:4]) == pytest.approx(1, abs=1e-6)
