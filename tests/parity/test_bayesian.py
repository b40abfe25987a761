"""Exact posteriors and dropout networks against scikit-learn and torch, in float64 at odd sizes."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import BayesianRidge
from torch import nn

from models.bayesian.linear_posterior import band, posterior
from models.bayesian.mc_dropout import Masks, MCDropout, mask
from models.seeding import generator

pytestmark = pytest.mark.parity

P, K = 23, 5


def test_linear_posterior() -> None:
    draws = generator(0)
    Phi = torch.randn(P, K, generator=draws, dtype=torch.double)
    y = Phi @ torch.randn(K, generator=draws, dtype=torch.double) + 0.2 * torch.randn(P, generator=draws).double()
    theirs = BayesianRidge(fit_intercept=False).fit(Phi.numpy(), y.numpy())
    sigma, s = theirs.alpha_**-0.5, theirs.lambda_**-0.5
    ours = posterior(Phi, y, sigma, s)
    torch.testing.assert_close(ours.mean, torch.from_numpy(theirs.coef_))
    torch.testing.assert_close(torch.linalg.inv(ours.precision), torch.from_numpy(theirs.sigma_))
    _, spread = theirs.predict(Phi.numpy(), return_std=True)
    expected = torch.from_numpy(np.sqrt(spread**2 - sigma**2))
    torch.testing.assert_close(band(Phi, ours.precision), expected)
    wrong = posterior(Phi, y, sigma**2, s)  # a variance taken for a standard deviation
    assert (band(Phi, wrong.precision) / expected - 1).abs().min() > 0.1


def test_dropout_network() -> None:
    draws, M, p = generator(1), 7, 0.3
    model = MCDropout(1, M).double()
    for weight in model.parameters():
        weight.data = torch.randn(weight.shape, generator=draws, dtype=torch.double) / M**0.5
    theirs = nn.Sequential(nn.Linear(1, M), nn.ReLU(), nn.Dropout(p), nn.Linear(M, M), nn.ReLU(), nn.Dropout(p),
                           nn.Linear(M, 1)).double()  # fmt: skip
    pairs = ((0, model.w1, model.b1), (3, model.w2, model.b2), (6, model.w3, model.b3))
    for place, weight, bias in pairs:
        theirs[place].weight.data, theirs[place].bias.data = weight.data[0].T.clone(), bias.data[0, 0].clone()
    x = torch.randn(1, 11, 1, generator=draws, dtype=torch.double)
    torch.testing.assert_close(model(x)[0], theirs.eval()(x)[..., 0])
    T = 20_000
    passes = model(x, Masks(*(mask((T, 1, 11, M), p, draws).double() for _ in range(2))))[0]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        expected = theirs.train()(x.expand(T, -1, -1))[..., 0]
    torch.testing.assert_close(passes.mean((0, 1)), expected.mean(0), atol=0.03, rtol=0)
    torch.testing.assert_close(passes.std((0, 1)), expected.std(0), rtol=0.04, atol=0)
    unscaled = model(x, Masks(*((1 - p) * mask((T, 1, 11, M), p, draws).double() for _ in range(2))))[0]
    assert (unscaled.std((0, 1)) / expected.std(0) - 1).abs().max() > 0.2
