"""Every shape comment of the Bayesian networks and of their data, executed."""

import torch

from models.bayesian import curve_network, hmc, linear_posterior, mc_dropout, mean_field
from models.data import noisy_curve
from models.seeding import generator, unfilled
from tests.shape_comments import shapes_checked

M, P = 4, 6
K = 3 * M + 1


def test_network_and_mean_field() -> None:
    with shapes_checked(noisy_curve, P=P) as watch:
        x, _ = noisy_curve.noisy_points(P, [(0.0, 1.0), (2.0, 3.0)], generator(0))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(curve_network, M=M, P=P) as watch:
        s = curve_network.prior_scales(M)
        curve_network.output(torch.randn(5, 2, K), x, torch.relu)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(mean_field, S=3, R=2, K=K) as watch, unfilled():
        model = mean_field.MeanField(2, K, torch.relu)
    with shapes_checked(mean_field, S=3, R=2, K=K) as watch:
        model.to_empty(device="cpu").start(s, 0.1, generator(0))(x, generator(1), 3)
    assert watch.reached
    assert not watch.unreached()


def test_sampling() -> None:
    with shapes_checked(hmc, C=5, K=3) as watch:
        energy = lambda q: q.square().sum(-1) / 2
        found = hmc.sampled(energy, torch.randn(5, 3), generator(0), rounds=2, warm_up=2, steps=2, epsilon=0.1)
    assert found.states.shape == (2, 5, 3)
    assert watch.reached
    assert not watch.unreached()


def test_linear_posterior_and_dropout() -> None:
    Phi = torch.randn(P, 3)
    with shapes_checked(linear_posterior, P=P, K=3) as watch:
        found = linear_posterior.posterior(Phi, torch.randn(P), 0.1, 1.0)
        assert linear_posterior.drawn(found, 7, generator(0)).shape == (7, 3)
        assert linear_posterior.band(Phi, found.precision).shape == (P,)
    assert watch.reached
    assert not watch.unreached()
    with unfilled():
        model = mc_dropout.MCDropout(2, M)
    with shapes_checked(mc_dropout, R=2, P=P, M=M) as watch:
        model.to_empty(device="cpu").start(generator(0))(torch.randn(2, P, 1))
    assert watch.reached
    assert not watch.unreached()
