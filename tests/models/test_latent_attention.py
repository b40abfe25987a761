"""Latent attention: two forms that agree, a conversion that loses nothing at full width, and a cache that is read."""

import pytest
import torch

from models.attention import grouped_latent_conversion, latent_conversion
from models.attention import latent as latent_module
from models.attention.grouped_latent_conversion import regularised, to_grouped_latent
from models.attention.grouped_query import GroupedQueryAttention
from models.attention.latent import AbsorbedLatentAttention, MultiHeadLatentAttention
from models.attention.latent_conversion import low_rank, to_latent, to_rotated_latent
from models.attention.masks import causal_mask
from models.cost.latent_cost import absorbed_multiplications, expanding_multiplications, smaller
from models.position.rope import RoPE
from models.seeding import normal, seeded
from models.serving.kv_cache import LayerCache
from tests.shape_comments import check_fields, shapes_checked

B, T, D, H, K, R, P = 2, 5, 18, 3, 4, 7, 6
FORMS = [MultiHeadLatentAttention, AbsorbedLatentAttention]


def layer(form=MultiHeadLatentAttention) -> MultiHeadLatentAttention:
    return seeded(lambda: form(D, H, K, R, P), 0).requires_grad_(False)


def trained() -> GroupedQueryAttention:
    return seeded(lambda: GroupedQueryAttention(D, H, H, K, RoPE()), 1).requires_grad_(False)


def spread() -> torch.Tensor:
    x = normal(200, D, seed=2).double()
    return x.T @ x / len(x)


@pytest.mark.parametrize("form", FORMS)
def test_shape_comments_are_true(form):
    with shapes_checked(latent_module, B=B, T=T, S=T, D=D, H=H, K=K, R=R, P=P) as watch:
        _, trace = layer(form)(normal(B, T, D, seed=0))
    assert watch.reached
    assert check_fields(trace, B=B, H=H, T=T, S=T, K=K, R=R, P=P) == 5


def test_shape_comments_of_the_conversion_are_true():
    with shapes_checked(latent_conversion, D=D, H=H, K=K, F=K // 2, R=R, P=P) as watch:
        to_latent(MultiHeadLatentAttention, trained(), spread(), R, P, longest=64)
    assert watch.reached


def test_absorbed_and_expanded_agree():
    x, mask = normal(B, T, D, seed=0), causal_mask(T)
    expanded, absorbed = (layer(form)(x, mask)[0] for form in FORMS)
    torch.testing.assert_close(absorbed, expanded)


@pytest.mark.parametrize("form", FORMS)
def test_reading_token_by_token_from_the_cache_is_the_same(form):
    x, cache = normal(B, T, D, seed=0), LayerCache()
    steps = torch.cat([layer(form)(x[:, t : t + 1], cache=cache)[0] for t in range(T)], dim=1)
    torch.testing.assert_close(steps, layer(form)(x, causal_mask(T))[0])
    assert sum(held.nelement() for held in cache.tensors()) == B * T * (R + P)


@pytest.mark.parametrize("form", FORMS)
def test_at_full_width_nothing_is_lost(form):
    old, x, mask = trained(), normal(B, T, D, seed=3), causal_mask(T)
    new = to_latent(form, old, spread(), D, H * K, longest=64)
    torch.testing.assert_close(new(x, mask)[0], old(x, mask)[0], atol=1e-4, rtol=1e-4)
    narrow = to_latent(form, old, spread(), 4, 2, longest=64)
    assert not torch.allclose(narrow(x, mask)[0], old(x, mask)[0], atol=1e-2)


def test_turned_keys_cannot_be_absorbed():
    old, x, mask = trained(), normal(B, T, D, seed=3), causal_mask(T)
    expanded, absorbed = (to_rotated_latent(form, old, spread(), D)(x, mask)[0] for form in FORMS)
    torch.testing.assert_close(expanded, old(x, mask)[0], atol=1e-4, rtol=1e-4)
    assert not torch.allclose(absorbed, expanded, atol=1e-2)


def test_low_rank_is_the_best_of_its_rank():
    weight, C = normal(9, D, seed=5).double(), spread()
    up, down = low_rank(weight, C, 4)

    def lost(other: torch.Tensor) -> float:
        left = weight - other
        return (left @ C @ left.T).trace().item()

    singular = torch.linalg.svdvals(weight @ torch.linalg.cholesky(C))
    assert lost(up @ down) == pytest.approx(singular[4:].square().sum().item())


def test_counts():
    assert absorbed_multiplications(S=1, H=3, K=4, R=7, P=6) == 2 * 84 + 3 * 13 + 21
    assert expanding_multiplications(S=1, H=3, K=4, R=7, P=6) == 2 * 84 + 3 * 10 + 12
    assert [round(100 * share, 1) for share in (smaller(), smaller(6), smaller(16, 128))] == [82.2, 93.3, 98.2]


def grouped(base: float) -> GroupedQueryAttention:
    return seeded(lambda: GroupedQueryAttention(D, 6, H, K, RoPE(base)), 1).requires_grad_(False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("base", [10_000.0, 100.0])
def test_grouped_queries_lose_nothing_at_full_width_at_their_own_frequencies(form, base):
    old, x, mask = grouped(base), normal(B, T, D, seed=3), causal_mask(T)
    new = to_grouped_latent(form, old, RoPE(base), spread(), 2 * H * K, H * K, longest=64)
    torch.testing.assert_close(new(x, mask)[0], old(x, mask)[0], atol=1e-4, rtol=1e-4)
    other_base = to_grouped_latent(form, old, RoPE(3.0), spread(), 2 * H * K, H * K, longest=64)
    assert not torch.allclose(other_base(x, mask)[0], old(x, mask)[0], atol=1e-2)
    narrow = to_grouped_latent(form, old, RoPE(base), spread(), 4, 2, longest=64)
    assert not torch.allclose(narrow(x, mask)[0], old(x, mask)[0], atol=1e-2)


def test_shape_comments_of_the_grouped_conversion_are_true():
    with shapes_checked(grouped_latent_conversion, D=D, G=H, H=6, n=2, K=K, R=R, P=P) as watch:
        to_grouped_latent(MultiHeadLatentAttention, grouped(10_000.0), RoPE(), regularised(spread()), R, P, longest=64)
    assert watch.unreached() == []


def test_regularisation_keeps_the_trace_and_leaves_no_direction_out():
    x = normal(3, D, seed=2).double()
    C = x.T @ x / 3
    assert torch.linalg.eigvalsh(regularised(C)).min() > 0
    torch.testing.assert_close(regularised(C).trace(), C.trace())
