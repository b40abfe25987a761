"""Encoder and decoder against plain torch layers; unit columns and codes against scikit-learn's sparse coding."""

import pytest
import torch
from sklearn.decomposition import SparseCoder
from torch import nn

from models.generative.sparse_autoencoder import SparseAutoencoder, sparse_loss
from models.seeding import generator, normal

pytestmark = pytest.mark.parity
B, D, K = 5, 7, 13


def redrawn() -> SparseAutoencoder:
    model, draws = SparseAutoencoder(D, K), generator(0)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn(weight.shape, generator=draws))
    return model


def test_forward_and_slopes_equal_two_linear_layers():
    ours, x = redrawn(), normal(B, D, seed=1)
    inner, outer = nn.Linear(D, K), nn.Linear(K, D)
    with torch.no_grad():
        inner.weight.copy_(ours.encoder)
        inner.bias.copy_(ours.bias - ours.encoder @ ours.centre)
        outer.weight.copy_(ours.decoder)
        outer.bias.copy_(ours.centre)
    f = torch.relu(inner(x))
    expected = outer(f)
    y, trace = ours(x)
    torch.testing.assert_close(y, expected, atol=1e-5, rtol=1e-4)
    sparse_loss(x, y, trace.features, 0.3).backward()
    (D * nn.functional.mse_loss(expected, x) + 0.3 * f.sum() / B).backward()
    torch.testing.assert_close(ours.decoder.grad, outer.weight.grad, atol=1e-4, rtol=1e-4)
    slope = inner.weight.grad - torch.outer(inner.bias.grad, ours.centre.detach())  # b_d stands in the bias as well
    torch.testing.assert_close(ours.encoder.grad, slope, atol=1e-4, rtol=1e-4)
    with torch.no_grad():
        ours.centre.zero_()  # the encoder without the shift by b_d
    with pytest.raises(AssertionError):
        torch.testing.assert_close(ours(x)[0], expected, atol=1e-5, rtol=1e-4)


def test_scikit_learns_codes_minimise_the_same_loss():
    """Its lasso minimises ½‖x − fD‖² + α‖f‖₁, half of ours at λ = 2α: no other code of ours lies below."""
    model, x, penalty = redrawn(), normal(B, D, seed=2), 0.8
    model.normalise()
    rows = model.decoder.detach().mT
    coder = SparseCoder(
        rows.double().numpy(),
        transform_algorithm="lasso_cd",
        transform_alpha=penalty / 2,
        positive_code=True,
        transform_max_iter=5000,
    )
    best = torch.from_numpy(coder.transform(x.double().numpy()))

    def loss(code: torch.Tensor, weight: float) -> float:
        return sparse_loss(x.double(), code @ rows.double(), code, weight).item()

    free = best.clone().requires_grad_()
    sparse_loss(x.double(), free @ rows.double(), free, penalty).backward()
    slope = free.grad * B
    assert slope[best > 0].abs().max() < 1e-2  # at the optimum: no slope where a feature fires
    assert slope[best == 0].min() > -penalty - 1e-2  # elsewhere the penalty outweighs it
    wrong = best.clone().requires_grad_()
    sparse_loss(x.double(), wrong @ rows.double(), wrong, 2 * penalty).backward()  # λ without its half
    assert (wrong.grad * B)[best > 0].abs().max() > 0.1
    assert loss(best, penalty) < loss(1.1 * best, penalty)
