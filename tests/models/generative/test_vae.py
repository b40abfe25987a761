"""The bound of a variational autoencoder: by the grid, by Monte Carlo, and its shape comments."""

import math

import pytest
import torch

from models.generative import vae
from models.generative.vae import PIXEL_SPREAD, VAE
from models.seeding import generator, normal, seeded
from tests.shape_comments import check_fields, shapes_checked

B, P, F, Z, S, G = 7, 11, 5, 2, 6, 13


def test_the_shapes_are_those_of_the_comments() -> None:
    net, x = seeded(lambda: VAE(P, F, Z), 0), normal(B, P, seed=1)
    with shapes_checked(vae, B=B, P=P, F=F, Z=Z, S=S, G=G):
        drawn, trace = net(x, normal(B, Z, seed=2))
        net.importance_log_likelihood(x, normal(S, B, Z, seed=3))
        latent = normal(G, Z, seed=4)
        assert vae.grid_log_likelihood(x, net.decode(latent), latent, 0.1).shape == (B,)
    assert check_fields(trace, B=B, Z=Z) == 3
    assert drawn.shape == (B, P)


@torch.inference_mode()
def test_grid_and_importance_sampling_agree_and_the_bound_is_below() -> None:
    net, x = seeded(lambda: VAE(P, F, Z), 0), 0.3 * normal(B, P, seed=1)
    side = torch.linspace(-5, 5, 101)
    latent = torch.cartesian_prod(side, side)
    exact = vae.grid_log_likelihood(x, net.decode(latent), latent, 0.1**2)
    sampled = net.importance_log_likelihood(x, torch.randn(20_000, B, Z, generator=generator(2)))
    assert torch.allclose(exact, sampled, atol=0.1)
    noise = torch.randn(4000, B, Z, generator=generator(3))
    mean, log_variance = net.encode(x)
    bounds = []
    for each in noise:
        trace = vae.VAETrace(mean, log_variance, vae.reparameterised(mean, log_variance, each))
        bounds.append(vae.elbo(x, net.decode(trace.latent), trace))
    bound = torch.stack(bounds).mean(0)
    assert (bound < exact + 0.2).all()


def test_the_known_mistake_is_a_beta_of_as_many_as_pixels() -> None:
    net, x = seeded(lambda: VAE(P, F, Z), 0), normal(B, P, seed=1)
    drawn, trace = net(x, normal(B, Z, seed=2))
    mistaken = vae.averaged_reconstruction(x, drawn, trace)
    assert torch.allclose(P * mistaken, vae.elbo(x, drawn, trace, beta=P), rtol=1e-5)


def test_a_pixel_at_its_mean() -> None:
    expected = -math.log(PIXEL_SPREAD) - 0.5 * math.log(2 * math.pi)
    assert vae.log_likelihood(torch.ones(1, 1), torch.ones(1, 1)).item() == pytest.approx(expected)
