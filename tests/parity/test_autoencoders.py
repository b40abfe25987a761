"""Codes beside scikit-learn: the best linear code, on odd sizes."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from models.generative.autoencoder import principal_reconstruction
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
