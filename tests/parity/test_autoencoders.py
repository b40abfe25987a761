"""Codes beside scikit-learn, bounds beside torch.distributions, on odd sizes."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.distributions import Normal, kl_divergence

from models.generative.autoencoder import principal_reconstruction
from models.generative.vae import gaussian_kl, log_normal
from models.seeding import normal


@pytest.mark.parametrize("code", [1, 3, 7])
def test_principal_reconstruction_equals_scikit_learn(code: int) -> None:
    learned, x = normal(37, 13, seed=0) @ normal(13, 13, seed=1) + 2, normal(9, 13, seed=2)
    theirs = PCA(code, svd_solver="full").fit(learned.numpy())
    expected = theirs.inverse_transform(theirs.transform(x.numpy()))
    found = principal_reconstruction(x, learned, code).numpy()
    np.testing.assert_allclose(found, expected, atol=2e-4)
    uncentred = x.numpy() @ theirs.components_.T @ theirs.components_
    assert np.abs(uncentred - expected).max() > 0.05, "a mean that is left out must be seen"


def test_terms_of_the_bound_equal_torch_distributions() -> None:
    mean, log_variance, x = normal(5, 3, seed=3), normal(5, 3, seed=4), normal(5, 3, seed=5)
    code = Normal(mean, (log_variance / 2).exp())
    theirs = kl_divergence(code, Normal(torch.zeros(5, 3), torch.ones(5, 3))).sum(-1)
    torch.testing.assert_close(gaussian_kl(mean, log_variance), theirs, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(log_normal(x, mean, log_variance), code.log_prob(x).sum(-1), rtol=1e-4, atol=1e-5)
    assert (gaussian_kl(mean, log_variance / 2) - theirs).abs().max() > 0.05, "σ for σ² must be seen"
