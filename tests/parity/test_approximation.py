"""Least squares, ridge, k-means and Gaussian interpolation against numpy, scikit-learn and scipy."""

import numpy as np
import pytest
import torch
from scipy.interpolate import RBFInterpolator
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, Ridge

from models.approximation.one_hidden_layer import best_output_weights
from models.approximation.rbf import RIDGE, bumps, k_means, output_weights
from models.seeding import generator

pytestmark = pytest.mark.parity


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def test_best_output_weights():
    h, t = doubles(31, 5, seed=0), doubles(31, 1, seed=1)
    v, c = best_output_weights(h, t)
    theirs = LinearRegression().fit(h.numpy(), t.numpy())
    np.testing.assert_allclose(v[:, 0], theirs.coef_[0], rtol=1e-8)
    np.testing.assert_allclose(c, theirs.intercept_, rtol=1e-7)


def test_output_weights():
    h, t = doubles(23, 7, seed=2), doubles(23, seed=3)
    theirs = Ridge(alpha=RIDGE, fit_intercept=False, solver="cholesky").fit(h.numpy(), t.numpy()).coef_
    np.testing.assert_allclose(output_weights(h, t), theirs, rtol=1e-8)
    assert not np.allclose(output_weights(h, t), Ridge(alpha=1, fit_intercept=False).fit(h.numpy(), t.numpy()).coef_)


def test_k_means():
    x = doubles(57, seed=4)
    start = x[:6].clone()
    theirs = KMeans(6, init=start[:, None].numpy(), n_init=1, max_iter=50, tol=0).fit(x[:, None].numpy())
    np.testing.assert_allclose(k_means(x, start, rounds=50), theirs.cluster_centers_[:, 0], rtol=1e-6)


def test_gaussian_interpolation():
    x, t, sigma = torch.linspace(-1, 1, 11, dtype=torch.float64), doubles(11, seed=5), 0.13
    v = torch.linalg.solve(bumps(x, x, sigma), t)
    at = torch.linspace(-0.9, 0.9, 17, dtype=torch.float64)
    theirs = RBFInterpolator(
        x[:, None].numpy(), t.numpy(), kernel="gaussian", epsilon=1 / (2**0.5 * sigma), degree=-1
    )(at[:, None].numpy())  # fmt: skip
    np.testing.assert_allclose(bumps(at, x, sigma) @ v, theirs, rtol=1e-5, atol=1e-6)
    assert not np.allclose(bumps(at, x, 2**0.5 * sigma) @ v, theirs, atol=1e-2)
