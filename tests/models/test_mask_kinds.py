"""Masks of every kind, and masking on either side of the softmax."""

import torch

from models.attention import mask_kinds
from models.attention.dot_product import scaled_dot_product
from models.attention.mask_kinds import block_mask, masked_and_rescaled, masked_too_late, padding_mask, prefix_mask
from models.attention.masks import causal_mask
from models.seeding import normal
from tests.shape_comments import shapes_checked

B, H, T, S, K = 2, 3, 5, 7, 4
Q, KEYS, V = normal(B, H, T, K, seed=0), normal(B, H, S, K, seed=1), normal(B, H, S, K, seed=2)
MASK = causal_mask(T, offset=S - T)


def test_shape_comments_are_true():
    with shapes_checked(mask_kinds, B=B, H=H, T=T, S=S, K=K) as watch:
        masked_and_rescaled(Q, KEYS, V, MASK)
    assert watch.reached
    assert not watch.unreached()


def test_rescaled_weights_are_those_of_masking_before():
    before = scaled_dot_product(Q, KEYS, V, MASK)
    torch.testing.assert_close(masked_and_rescaled(Q, KEYS, V, MASK).output, before.output)
    late = masked_too_late(Q, KEYS, V, MASK).weights.sum(-1)
    assert (late[..., :-1] < 1).all()
    torch.testing.assert_close(late[..., -1], torch.ones(B, H))


def test_a_huge_hidden_score_leaves_nothing_to_rescale():
    keys = KEYS.clone()
    keys[:, :, -1] = 1e4 * Q[:, :, 0]
    assert masked_and_rescaled(Q, keys, V, MASK).weights[:, :, 0].isnan().all()
    assert scaled_dot_product(Q, keys, V, MASK).weights.isfinite().all()


def test_masks_allow_what_they_say():
    document = torch.tensor([0, 0, 1])
    assert block_mask(document).tolist() == [[True, True, False], [True, True, False], [False, False, True]]
    assert padding_mask(document == 0).tolist() == [[True, True, False]] * 3
    assert prefix_mask(3, 2).tolist() == [[True, True, False], [True, True, False], [True, True, True]]
    assert torch.equal(prefix_mask(6, 0), causal_mask(6))
