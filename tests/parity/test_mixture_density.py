"""The mixture of a mixture density network against scipy's normal densities and zuko's mixture, at odd sizes."""

import numpy as np
import pytest
import scipy.stats
import torch
import zuko

from models.generative import mixture_density as mdn
from models.seeding import normal

pytestmark = pytest.mark.parity

P, K, H = 11, 3, 7


def drawn() -> tuple[torch.Tensor, mdn.MixtureTrace]:
    model = mdn.drawn_network(K, H, 1).double()
    for number, weight in enumerate(model.parameters()):
        weight.data = weight + 0.7 * normal(*weight.shape, seed=number).double()
    y = normal(P, seed=9).double()
    return y, model(normal(P, 1, seed=8).double())[1]


def test_against_scipy() -> None:
    y, trace = drawn()
    log_pi, mu, sigma = (part.detach().numpy() for part in trace)
    theirs = np.log((np.exp(log_pi) * scipy.stats.norm.pdf(y.numpy()[:, None], mu, sigma)).sum(-1))
    ours = mdn.log_mixture(trace.log_pi, mdn.log_normal(y, trace.mu, trace.sigma)).detach().numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    variance = np.log((np.exp(log_pi) * scipy.stats.norm.pdf(y.numpy()[:, None], mu, sigma**2)).sum(-1))
    assert np.abs(ours - variance).max() > 0.01  # the variance taken for the width


def test_against_zuko() -> None:
    y, trace = drawn()
    theirs = zuko.distributions.Mixture(torch.distributions.Normal(trace.mu, trace.sigma), trace.log_pi)
    torch.testing.assert_close(
        mdn.log_mixture(trace.log_pi, mdn.log_normal(y, trace.mu, trace.sigma)), theirs.log_prob(y)
    )
    torch.testing.assert_close(mdn.mixture_mean(trace.log_pi, trace.mu), (theirs.logits.exp() * trace.mu).sum(-1))
