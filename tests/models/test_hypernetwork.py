"""The generator and the network that it makes weights for."""

import pytest
import torch

from models.approximation import hypernetwork
from models.approximation.hypernetwork import (
    Hypernetwork,
    TaskAsInput,
    default_start,
    main_network,
    parted,
    scaled_start,
    scaled_uniform_start,
    wanted_scale,
)
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

K, P, H, G, F = 3, 7, 5, 6, 4
X = torch.linspace(-1, 1, P)


def test_a_main_network_by_hand() -> None:
    w = torch.tensor([[2.0, 0.5, -1.0, 3.0]])  # one unit: a, b, v, c
    assert main_network(torch.tensor([0.0, 1.0]), w)[0].tolist() == pytest.approx(
        [3 - 0.462117, 3 - 0.986614], abs=1e-5
    )


def test_generated_weights_make_the_same_network_as_torch_layers() -> None:
    w = normal(1, 3 * H + 1, seed=0)
    a, b, v, c = parted(w)
    layers = torch.nn.Sequential(torch.nn.Linear(1, H), torch.nn.Tanh(), torch.nn.Linear(H, 1))
    layers[0].weight.data, layers[0].bias.data = a.T, b[0]
    layers[2].weight.data, layers[2].bias.data = v, c[0]
    torch.testing.assert_close(main_network(X, w)[0], layers(X[:, None])[:, 0].detach())
    layers[0].bias.data = -b[0]
    assert not torch.allclose(main_network(X, w)[0], layers(X[:, None])[:, 0], atol=1e-3)


def test_the_loss_of_the_main_network_reaches_every_parameter_of_the_generator() -> None:
    model = Hypernetwork(H, G, 0, scaled_start)
    y, w = model(torch.tensor([-1.0, 0.0, 1.0]), X)
    y.square().sum().backward()
    assert all(one.grad is not None and one.grad.abs().sum() > 0 for one in model.parameters())
    assert w.shape == (3, 3 * H + 1)


@pytest.mark.parametrize("start", [scaled_start, scaled_uniform_start])
def test_scaled_starts_have_the_wanted_scale(start) -> None:
    _, bias = start(400, 8, generator(0))
    a, b, v, c = (part.std(correction=0).item() for part in parted(bias))
    assert (a, b, v) == pytest.approx(tuple(part[0].item() for part in parted(wanted_scale(400))[:3]), rel=0.1)
    assert c == 0


def test_the_default_start_is_that_of_a_linear_layer() -> None:
    weight, bias = default_start(50, 16, generator(0))
    assert max(weight.abs().max().item(), bias.abs().max().item()) <= 0.25
    assert weight.std().item() == pytest.approx(0.25 / 3**0.5, rel=0.05)


def test_shape_comments() -> None:
    z = torch.linspace(-1, 1, K)
    with shapes_checked(hypernetwork, K=K, P=P, H=H, G=G, F=F, n=3 * H + 1) as watch:
        Hypernetwork(H, G, 0, scaled_start)(z, X)
        Hypernetwork(H, G, 0, scaled_uniform_start)(z, X)
        TaskAsInput(F, 0)(z, X)
    assert watch.unreached() == []
