import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention.dot_product import scaled_dot_product
from models.attention.flash import (
    all_tiles,
    flash_accesses,
    flash_attend,
    flash_attention,
    plain_accesses,
    plain_attention,
    visible_tiles,
)
from models.attention.masks import causal_mask
from models.attention.online_softmax import no_rescaling
from models.cost.hbm_traffic import SlowMemory
from models.cost.tensors_made import TensorsMade
from models.seeding import normal

K = 5


def heads(T: int, seed: int = 0) -> tuple[torch.Tensor, ...]:
    return tuple((3 * normal(2, 3, T, K, seed=seed + index)).double() for index in range(3))


@given(st.integers(1, 13), st.integers(1, 14), st.integers(1, 14), st.booleans(), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_any_tiles_give_exact_attention(T, R, C, causal, seed):
    q, k, v = heads(T, seed)
    mask = causal_mask(T) if causal else None
    exact = scaled_dot_product(q, k, v, mask).output
    tiles = all_tiles(T, T, R, C)
    found, steps = flash_attention(q, k, v, tiles, mask)
    torch.testing.assert_close(found, exact)
    assert len(steps) == -(-T // R) * -(-T // C)
    if mask is not None:
        torch.testing.assert_close(flash_attention(q, k, v, visible_tiles(tiles, mask), mask)[0], exact)
    torch.testing.assert_close(flash_attend(R, C)(q, k, v, mask, None).output, exact)


def test_gradients_are_those_of_the_plain_form():
    leaves = [x.requires_grad_() for x in heads(7)]
    mask = causal_mask(7)
    tiled = torch.autograd.grad(flash_attention(*leaves, all_tiles(7, 7, 3, 2), mask)[0].square().sum(), leaves)
    plain = torch.autograd.grad(scaled_dot_product(*leaves, mask).output.square().sum(), leaves)
    torch.testing.assert_close(tiled, plain)


def test_it_equals_torchs_fused_attention():
    q, k, v = heads(9)
    fused = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    torch.testing.assert_close(flash_attention(q, k, v, all_tiles(9, 9, 4, 2), causal_mask(9))[0], fused)


def test_without_rescaling_the_output_is_wrong():
    q, k, v = heads(9)
    found, _ = flash_attention(q, k, v, all_tiles(9, 9, 4, 2), rescale=no_rescaling)
    assert (found - scaled_dot_product(q, k, v).output).abs().max() > 0.1


@pytest.mark.parametrize(("T", "R", "C"), [(12, 4, 2), (12, 5, 12), (8, 8, 1)])
def test_formulas_count_what_travels(T, R, C):
    q, k, v = (x[0, 0] for x in heads(T))
    flash, plain = SlowMemory(), SlowMemory()
    flash_attention(q, k, v, all_tiles(T, T, R, C), memory=flash)
    plain_attention(q, k, v, plain)
    assert flash.accesses == flash_accesses(T, K, R)
    assert plain.accesses == plain_accesses(T, K)


def test_largest_tensor_and_operations_are_measured():
    q, k, v = (x[0, 0] for x in heads(32))
    with TensorsMade() as tiled:
        flash_attention(q, k, v, all_tiles(32, 32, 8, 8))
    with TensorsMade() as plain, torch.inference_mode():
        plain_attention(q, k, v, SlowMemory())
    assert (tiled.largest, plain.largest) == (32 * K, 32 * 32)
    assert tiled.product_flops == plain.product_flops == 2 * 2 * 32 * 32 * K
