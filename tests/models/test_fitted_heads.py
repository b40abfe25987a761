"""Fitted key/value heads: nothing is lost where nothing has to be, and they come nearer than a mean."""

import pytest
import torch
from torch import Tensor

from models.attention.fitted_heads import fit_key_value_heads
from models.attention.grouped_query import GroupedQueryAttention, pool_key_value_heads
from models.position.rope import RoPE
from models.seeding import normal

H, K, D = 4, 8, 24


def layer() -> GroupedQueryAttention:
    torch.manual_seed(0)
    return GroupedQueryAttention(D, H, H, K, RoPE()).requires_grad_(False)


def inputs() -> Tensor:
    return normal(3, 10, D, seed=1)


def covariance(x: Tensor) -> Tensor:
    rows = x.flatten(0, 1).double()
    return rows.T @ rows / len(rows)


def test_as_many_heads_as_before_compute_what_they_did() -> None:
    old, x = layer(), inputs()
    torch.testing.assert_close(fit_key_value_heads(old, H, covariance(x))(x)[0], old(x)[0])


def test_heads_that_differ_by_a_rotation_and_a_mixing_are_shared_without_loss() -> None:
    old, x = layer(), inputs()
    k, v = old.to_k.weight.unflatten(0, (H, K)), old.to_v.weight.unflatten(0, (H, K))
    turn = torch.tensor([[0.6, -0.8], [0.8, 0.6]])
    k[1] = torch.einsum("ab,fbd->fad", turn, k[0].unflatten(0, (-1, 2))).flatten(0, 1)
    k[3] = 2 * k[2]
    v[1], v[3] = normal(K, K, seed=2) @ v[0], v[2]
    fitted = fit_key_value_heads(old, 2, covariance(x))
    assert fitted.to_k.weight.shape == (2 * K, D)
    torch.testing.assert_close(fitted(x)[0], old(x)[0], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("kv_heads", [1, 2])
def test_a_fit_comes_nearer_than_the_mean(kv_heads: int) -> None:
    old, x = layer(), inputs()
    exact = old(x)[0]
    fitted = fit_key_value_heads(old, kv_heads, covariance(x))
    mean = pool_key_value_heads(old, kv_heads)
    assert (fitted(x)[0] - exact).norm() < 0.9 * (mean(x)[0] - exact).norm()


def test_heads_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be fitted by 3"):
        fit_key_value_heads(layer(), 3, covariance(inputs()))
