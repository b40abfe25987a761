"""Linear attention against a literal double loop; equal forms; random features against softmax; counts by counting."""

import pytest
import torch

from models.attention import linear
from models.attention.dot_product import attention_weights, mix, scaled_dot_product
from models.attention.linear import (
    delta_step,
    elu_plus_one,
    feature_map,
    kernel_weights,
    least_tokens,
    linearised,
    random_features,
    recurrent,
    recurrent_operations,
    softmax_operations,
)
from models.attention.linear_recall import recalled
from models.attention.masks import causal_mask
from models.data.key_value_pairs import keys_and_values, random_keys_and_values
from models.seeding import normal
from tests.shape_comments import shapes_checked

B, H, T, K, C = 2, 3, 7, 4, 5
Q, KEYS, V = normal(B, H, T, K, seed=0), normal(B, H, T, K, seed=1), normal(B, H, T, C, seed=2)


def by_loops(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Every query, every key before it: nothing but the definition."""
    y = torch.zeros_like(v)
    for t in range(T):
        weights = [(elu_plus_one(q[:, :, t]) * elu_plus_one(k[:, :, s])).sum(dim=-1) for s in range(t + 1)]
        for s in range(t + 1):
            y[:, :, t] += (weights[s] / sum(weights))[..., None] * v[:, :, s]
    return y


def test_both_forms_are_what_the_double_loop_says():
    q, k = elu_plus_one(Q), elu_plus_one(KEYS)
    torch.testing.assert_close(mix(kernel_weights(q, k, causal_mask(T)), V), by_loops(Q, KEYS, V))
    torch.testing.assert_close(recurrent(q, k, V)[0], by_loops(Q, KEYS, V))
    assert not torch.allclose(recurrent(q, k, V, normalised=False)[0], by_loops(Q, KEYS, V), atol=1e-2)


def test_gradients_of_both_forms_agree():
    def gradient(form) -> torch.Tensor:
        q = Q.clone().requires_grad_()
        (form(elu_plus_one(q)) * V).sum().backward()
        return q.grad

    k = elu_plus_one(KEYS)
    parallel = gradient(lambda q: mix(kernel_weights(q, k, causal_mask(T)), V))
    torch.testing.assert_close(gradient(lambda q: recurrent(q, k, V)[0]), parallel)


def test_many_random_features_come_near_softmax():
    q, k = 0.5 * Q, 0.5 * KEYS
    exact = attention_weights(scaled_dot_product(q, k, V, causal_mask(T)).scores)

    def error(count: int) -> float:
        directions = normal(count, K, seed=3)
        weights = kernel_weights(random_features(q, directions), random_features(k, directions), causal_mask(T))
        return (weights - exact).abs().mean().item()

    assert error(20_000) < 0.005 < error(4)


@pytest.mark.parametrize("name", ["elu + 1", "relu", "exp", "random"])
def test_weights_are_shares(name):
    trace = linearised(name)(Q, KEYS, V, causal_mask(T), None)
    torch.testing.assert_close(trace.weights.sum(dim=-1), torch.ones(B, H, T))
    assert (trace.weights >= 0).all()
    assert feature_map(name, K)(Q).shape[-1] == (8 * K if name == "random" else K)


def test_keys_stand_apart_while_they_can():
    keys, values = keys_and_values(20, 8, seed=0)
    assert keys.shape == values.shape == (20, 8)
    features = elu_plus_one(keys)
    between = features @ features.T
    itself = features[0] @ features[0]
    assert (between[:8, :8] - between[:8, :8].diag().diag()).max() < 0.01 * itself
    assert between[8:, :8].max() > 0.5 * itself


def test_counts():
    pairs = sum(1 for t in range(9) for _ in range(t + 1))
    assert softmax_operations(9, K, C) == pairs * (K + C)
    assert recurrent_operations(9, 6, C) == 9 * (6 * C + 6 + 6 * C + 6)
    from_here = least_tokens(K, 6, C)
    assert recurrent_operations(from_here, 6, C) <= softmax_operations(from_here, K, C)
    assert recurrent_operations(from_here - 2, 6, C) > softmax_operations(from_here - 2, K, C)


def test_shape_comments_are_true():
    directions = normal(6, K, seed=0)
    with shapes_checked(linear, B=B, H=H, T=T) as watch:
        random_features(Q, directions)
        linearised("elu + 1")(Q, KEYS, V, causal_mask(T), None)
    assert watch.reached


@pytest.mark.parametrize(("x", "expected"), [(-16, 1.1254e-7), (-18, 1.5230e-8), (-20, 2.0612e-9), (2, 3.0)])
def test_the_feature_map_keeps_what_is_small(x: float, expected: float) -> None:
    assert elu_plus_one(torch.tensor(float(x))).item() == pytest.approx(expected, rel=1e-4)


def test_the_delta_rule_replaces_what_a_key_read() -> None:
    keys, values = random_keys_and_values(3, 8, seed=0)
    S = torch.zeros(1, 1, 8, 8)
    for key, value in ((keys[0], values[0]), (keys[1], values[1]), (keys[0], values[2])):
        S = delta_step(S, key[None, None], value[None, None])
    torch.testing.assert_close(keys[0] / keys[0].norm() @ S[0, 0], values[2])


def test_random_keys_are_recalled_worse_than_keys_at_right_angles_and_softmax() -> None:
    random = recalled(*random_keys_and_values(16, 16, seed=0), elu_plus_one, normalised=True)
    planted = recalled(*keys_and_values(16, 16, seed=0), elu_plus_one, normalised=True)
    assert planted.error < 0.01
    assert random.softmax_error < 0.3
    assert random.error > 0.7


def test_the_delta_rule_keeps_keys_at_right_angles() -> None:
    assert recalled(*keys_and_values(16, 16, seed=0), elu_plus_one, normalised=True, delta=True).error < 0.01
