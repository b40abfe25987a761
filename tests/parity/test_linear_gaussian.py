"""The linear-Gaussian decoder beside scikit-learn and torch.distributions, on odd sizes."""

import numpy as np
import torch
from sklearn.decomposition import PCA, FactorAnalysis
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from models.generative.linear_gaussian import LinearGaussian, Posterior, bound, fitted, log_likelihood
from models.seeding import normal


def test_the_likelihood_equals_factor_analysis() -> None:
    W, b, x = normal(13, 3, seed=0), normal(13, seed=1), normal(9, 13, seed=2)
    theirs = FactorAnalysis(3)
    theirs.components_, theirs.mean_, theirs.noise_variance_ = W.T.numpy(), b.numpy(), np.full(13, 0.7)
    expected = theirs.score_samples(x.numpy())
    ours = log_likelihood(LinearGaussian(W, b, torch.tensor(0.7)), x)
    np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-4)
    wrong = log_likelihood(LinearGaussian(W, b, torch.tensor(0.7**2)), x)
    assert np.abs(wrong.numpy() - expected).max() > 0.5, "the deviation for the variance must be seen"


def test_the_fit_equals_probabilistic_principal_components() -> None:
    x = normal(41, 11, seed=3) @ normal(11, 11, seed=4) + 2
    theirs = PCA(4, svd_solver="full").fit(x.numpy())
    theirs.explained_variance_ *= 40 / 41  # scikit-learn divides by N − 1, the maximum likelihood by N
    theirs.noise_variance_ *= 40 / 41
    model = fitted(x, 4)
    np.testing.assert_allclose(log_likelihood(model, x).numpy(), theirs.score_samples(x.numpy()), rtol=2e-3)
    assert (log_likelihood(model._replace(b=0 * model.b), x) - log_likelihood(model, x)).abs().max() > 0.5


def test_the_bound_equals_its_terms_by_torch_distributions() -> None:
    """E_q log p(x | z) by the entropy of the joint: log N at the mean, minus half the trace of ΣWᵀW/s²."""
    W, b, x = normal(5, 3, seed=5), normal(5, seed=6), normal(4, 5, seed=7)
    q = Posterior(normal(4, 3, seed=8), normal(4, 3, seed=9))
    model = LinearGaussian(W, b, torch.tensor(0.6))
    code = Normal(q.mean, (q.log_variance / 2).exp())
    kl = kl_divergence(code, Normal(torch.zeros(4, 3), torch.ones(4, 3))).sum(-1)
    given = MultivariateNormal(q.mean @ W.T + b, 0.6 * torch.eye(5)).log_prob(x)
    spread = (W @ q.log_variance.exp().diag_embed() @ W.T).diagonal(dim1=-2, dim2=-1).sum(-1) / 1.2
    theirs = given - spread - kl
    torch.testing.assert_close(bound(model, x, q), theirs, rtol=1e-4, atol=1e-3)
    assert (given - kl - theirs).abs().max() > 0.5, "a spread that is left out must be seen"
