"""The linear probe: what a line can name, the same as scikit-learn's ridge, and its sampling error."""

import pytest
import torch
from sklearn.linear_model import Ridge
from torch.nn.functional import one_hot

from models.contrastive import linear_probe as module
from models.contrastive.linear_probe import RIDGE, linear_probe, sampling_error
from models.seeding import normal
from tests.shape_comments import shapes_checked

M, Q, C = 61, 23, 7
y, wanted = torch.arange(M) % 10, torch.arange(Q) % 10


def test_the_same_as_ridge_regression_on_standardised_features() -> None:
    X, asked = (normal(rows, C, seed=seed) + one_hot(of, 10)[:, :C] for rows, seed, of in ((M, 0, y), (Q, 1, wanted)))
    mean, scale = X.mean(0), X.std(0) + 1e-6
    A, B = (torch.cat([(part - mean) / scale, torch.ones(len(part), 1)], 1) for part in (X, asked))
    fitted = Ridge(alpha=RIDGE, fit_intercept=False).fit(A.double().numpy(), one_hot(y).double().numpy())
    named = torch.from_numpy(fitted.predict(B.double().numpy())).argmax(1)
    assert linear_probe(X, y, asked, wanted) == pytest.approx((named == wanted).float().mean().item())
    assert linear_probe(X, y.roll(1), asked, wanted) != linear_probe(X, y, asked, wanted), "labels that are exchanged"


def test_the_scale_of_features_changes_nothing_and_a_missing_number_is_told() -> None:
    X, asked = normal(M, C, seed=2), normal(Q, C, seed=3)
    assert linear_probe(100 * X, y, 100 * asked, wanted) == linear_probe(X, y, asked, wanted)
    assert linear_probe(X / 0, y, asked, wanted) != linear_probe(X / 0, y, asked, wanted)
    assert sampling_error(0.5, 25) == pytest.approx(0.1)


def test_shape_comments() -> None:
    with shapes_checked(module, M=M, Q=Q, C=C, K=10) as watch:
        linear_probe(normal(M, C, seed=4), y, normal(Q, C, seed=5), wanted)
    assert watch.unreached() == []
