"""Reading a stream with sinks, all at once, against a literal loop that keeps a list of tokens and renumbers it."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from models.attention import streaming as streaming_module
from models.attention.dot_product import scaled_dot_product
from models.attention.grouped_query import GroupedQueryAttention, repeat_kv
from models.attention.masks import causal_mask, sliding_window_mask
from models.attention.multi_head import merge_heads, split_heads
from models.attention.streaming import StreamingAttention, cache_distance
from models.position.rope import RoPE
from models.seeding import normal, seeded
from models.serving.rolling_buffer import EVERYTHING_HELD, RollingLayerCache
from tests.shape_comments import shapes_checked

B, T, D, H, G, K, W = 2, 13, 12, 4, 2, 6, 4
X = normal(B, T, D, seed=0)
KEPT = [range(0), range(1), range(3), range(5, 7)]


def plain() -> GroupedQueryAttention:
    return seeded(lambda: GroupedQueryAttention(D, H, G, K, RoPE()), 1).requires_grad_(False)


def streaming(window: int, kept: range) -> StreamingAttention:
    made = StreamingAttention(D, H, G, K, RoPE(), window=window, kept=kept).requires_grad_(False)
    made.load_state_dict(plain().state_dict())
    return made


def by_loop(kept: range) -> torch.Tensor:
    attention, outputs = plain(), []
    for t in range(T):
        cache = [s for s in range(t + 1) if s in kept or t - s < W]
        k = repeat_kv(split_heads(attention.to_k(X[:, cache]), G), H)
        v = repeat_kv(split_heads(attention.to_v(X[:, cache]), G), H)
        places = torch.arange(len(cache))
        q = RoPE().turn(split_heads(attention.to_q(X[:, t : t + 1]), H), places[-1:])
        outputs.append(merge_heads(scaled_dot_product(q, RoPE().turn(k, places), v).output))
    return attention.to_out(torch.cat(outputs, dim=1))


@pytest.mark.parametrize("kept", KEPT)
def test_it_is_what_the_loop_says(kept):
    torch.testing.assert_close(streaming(W, kept)(X)[0], by_loop(kept), atol=1e-5, rtol=1e-5)


def test_without_kept_tokens_it_is_torchs_attention_behind_a_band():
    attention, t = plain(), torch.arange(T)
    q = RoPE().turn(split_heads(attention.to_q(X), H), t)
    k = RoPE().turn(split_heads(attention.to_k(X), G), t)
    v = split_heads(attention.to_v(X), G)
    mixed = scaled_dot_product_attention(q, k, v, attn_mask=sliding_window_mask(T, W), enable_gqa=True)
    torch.testing.assert_close(streaming(W, range(0))(X)[0], attention.to_out(merge_heads(mixed)), atol=1e-5, rtol=1e-5)


def test_without_kept_tokens_it_is_the_rolling_buffer():
    attention, cache = plain(), RollingLayerCache(W)
    steps = [attention(X[:, t : t + 1], EVERYTHING_HELD, cache)[0] for t in range(T)]
    torch.testing.assert_close(streaming(W, range(0))(X)[0], torch.cat(steps, dim=1), atol=1e-5, rtol=1e-5)


def test_with_kept_tokens_the_rolling_buffer_is_something_else_once_the_window_has_moved_on():
    attention, cache = plain(), RollingLayerCache(W, 1)
    steps = torch.cat([attention(X[:, t : t + 1], EVERYTHING_HELD, cache)[0] for t in range(T)], dim=1)
    renumbered = streaming(W, range(1))(X)[0]
    torch.testing.assert_close(renumbered[:, : W + 1], steps[:, : W + 1], atol=1e-5, rtol=1e-5)
    assert not torch.allclose(renumbered, steps, atol=1e-3)


def test_a_wide_window_is_plain_attention():
    torch.testing.assert_close(streaming(T, range(2))(X)[0], plain()(X, causal_mask(T))[0], atol=1e-5, rtol=1e-5)


def test_distances_are_counted_among_what_is_held():
    d = cache_distance(T, W, range(2))
    assert d[T - 1].tolist() == [W + 1, W]
    assert d[W].tolist()[0] == W  # just evicted from the window: still where it was


def test_an_edit_changes_what_the_heads_say():
    assert streaming(W, range(1))(X, edit=torch.zeros_like)[0].abs().max() == 0


def test_shape_comments_are_true():
    with shapes_checked(streaming_module, B=B, T=T, H=H, K=K, N=2, W=W) as watch:
        streaming(W, range(2))(X)
    assert watch.reached
