"""The known mixture against scikit-learn's and torch's; a swapped variance is caught."""

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from models.generative import mixtures
from models.generative.mixtures import Mixture
from models.seeding import generator

pytestmark = pytest.mark.parity
D, K = 3, 5


def redrawn(seed: int) -> Mixture:
    draws = generator(seed)
    weights = torch.rand(K, generator=draws, dtype=torch.float64).add(0.1)
    means = 2 * torch.randn(K, D, generator=draws, dtype=torch.float64)
    return Mixture(weights / weights.sum(), means, torch.rand(K, generator=draws, dtype=torch.float64).add(0.05))


def theirs(mixture: Mixture) -> GaussianMixture:
    other = GaussianMixture(K, covariance_type="spherical")
    other.weights_, other.means_ = mixture.weights.numpy(), mixture.means.numpy()
    other.covariances_ = mixture.variances.numpy()
    other.precisions_cholesky_ = 1 / np.sqrt(other.covariances_)
    return other


@pytest.mark.parametrize("seed", range(3))
def test_density_and_responsibilities_of_scikit_learn(seed):
    mixture = redrawn(seed)
    x = 3 * torch.randn(11, D, generator=generator(seed + 10), dtype=torch.float64)
    expected = torch.from_numpy(theirs(mixture).score_samples(x.numpy()))
    torch.testing.assert_close(mixtures.log_density(mixture, x), expected)
    torch.testing.assert_close(
        mixtures.responsibilities(mixture, x), torch.from_numpy(theirs(mixture).predict_proba(x.numpy()))
    )
    swapped = mixture._replace(variances=mixture.variances.flip(0))
    with pytest.raises(AssertionError):
        torch.testing.assert_close(mixtures.log_density(swapped, x), expected)


@pytest.mark.parametrize("a", [0.1, 0.6])
def test_noised_density_of_torch(a):
    mixture, x = redrawn(4), torch.randn(9, D, generator=generator(5), dtype=torch.float64)
    deviation = (a * mixture.variances + 1 - a).sqrt()[:, None].expand(K, D)
    other = MixtureSameFamily(Categorical(mixture.weights), Independent(Normal(a**0.5 * mixture.means, deviation), 1))
    torch.testing.assert_close(mixtures.log_density(mixtures.noised(mixture, a), x), other.log_prob(x))
