"""The denoising autoencoder's equations: by hand, by the exact best reconstruction, and its shape comments."""

import pytest
import torch

from models.generative import denoising_autoencoder
from models.generative.denoising_autoencoder import (
    DENOISER_ACTIVATIONS,
    DenoisingAutoencoder,
    best_reconstruction,
    corrupted,
    denoising_error,
    score_from_correction,
)
from models.generative.mixtures import Mixture, ring, sample, score, smoothed
from models.seeding import generator, normal, seeded
from tests.shape_comments import check_fields, shapes_checked

B, D, H = 7, 3, 5


def test_the_shapes_are_those_of_the_comments() -> None:
    with shapes_checked(denoising_autoencoder, B=B, D=D, H=H):
        x, trace = seeded(lambda: DenoisingAutoencoder(D, H, "tanh"), 0)(normal(B, D, seed=1))
    assert x.shape == (B, D)
    assert check_fields(trace, B=B, H=H) == 2


def test_one_unit_by_hand() -> None:
    net = seeded(lambda: DenoisingAutoencoder(1, 1, "none"), 0)
    with torch.no_grad():
        for layer, weight, bias in zip(net.children(), (2.0, 3.0, -1.0), (1.0, 0.0, 20.0)):
            layer.weight.fill_(weight)
            layer.bias.fill_(bias)
        x, trace = net(torch.tensor([[2.0]]))
    assert (trace.hidden.item(), trace.code.item(), x.item()) == (5.0, 15.0, 5.0)
    assert corrupted(torch.tensor([1.0]), torch.tensor([-2.0]), 0.5).item() == 0.0
    assert denoising_error(torch.tensor([[2.0, 4.0]]), torch.tensor([[1.0, 1.0]])).item() == 5.0
    assert score_from_correction(torch.tensor([1.0]), torch.tensor([3.0]), 0.5).item() == 8.0


def test_one_gaussian_is_shrunk_by_the_share_of_its_variance() -> None:
    """v/(v + σ²) = 0.36/(0.36 + 0.64)."""
    one = Mixture(torch.ones(1), torch.tensor([[1.0, 0.0]]), torch.tensor([0.36]))
    found = best_reconstruction(one, torch.tensor([[2.0, -1.0]]), 0.8)
    assert torch.allclose(found, torch.tensor([[1.36, -0.36]]))


def test_the_best_reconstruction_has_the_exact_score_and_the_lowest_error() -> None:
    mixture, draws = ring(5, 1.5, 0.15), generator(0)
    x, _ = sample(mixture, 20_000, draws)
    noisy = corrupted(x, torch.randn(x.shape, generator=draws), 0.5)
    best = best_reconstruction(mixture, noisy, 0.5)
    torch.testing.assert_close(score_from_correction(noisy, best, 0.5), score(smoothed(mixture, 0.5), noisy))
    lowest = denoising_error(x, best)
    others = (noisy, 0.9 * best, best + 0.1, best_reconstruction(mixture, noisy, 0.4))
    assert all(denoising_error(x, other) > lowest for other in others)


@pytest.mark.parametrize("activation", DENOISER_ACTIVATIONS)
def test_gradients_reach_every_weight(activation: str) -> None:
    net = seeded(lambda: DenoisingAutoencoder(D, H, activation), 0)
    denoising_error(normal(B, D, seed=2), net(normal(B, D, seed=3))[0]).backward()
    assert all(weight.grad.abs().sum() > 0 for weight in net.parameters())
