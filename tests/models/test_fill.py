"""Finite fills: agreement with −∞, overflow to it, and the wholly masked rows that the page has a table of."""

import pytest
import torch

from models.attention import mask_value as fill
from models.attention.dot_product import masked
from models.attention.mask_value import attention_with_fill, filled
from models.attention.masks import causal_mask
from models.seeding import normal
from tests.shape_comments import shapes_checked

B, H, T, D, K = 2, 3, 5, 7, 4
X, PROJECTIONS = normal(B, T, D, seed=0), normal(3, H, D, K, seed=1) / D**0.5


def test_shape_comments_are_true():
    with shapes_checked(fill, B=B, H=H, T=T, D=D, K=K) as watch:
        attention_with_fill(X, PROJECTIONS, causal_mask(T), -1e4)
    assert watch.reached
    assert not watch.unreached()


def test_minus_infinity_is_the_mask_of_the_other_pages():
    scores = normal(B, H, T, T, seed=2)
    torch.testing.assert_close(filled(scores, causal_mask(T), -torch.inf), masked(scores, causal_mask(T)))


@pytest.mark.parametrize(
    ("kind", "value", "row"),
    [
        (torch.float32, -1e4, "as without"),
        (torch.bfloat16, -1e4, "even"),
        (torch.float16, -1e4, "even"),
        (torch.float32, -1e9, "even"),
        (torch.bfloat16, -1e9, "even"),
        (torch.float16, -1e9, "no number"),
        (torch.float32, -torch.inf, "no number"),
        (torch.bfloat16, -torch.inf, "no number"),
        (torch.float16, -torch.inf, "no number"),
    ],
)
def test_a_wholly_masked_row_is_as_the_table_says(kind, value, row):
    scores = normal(100, 6, seed=3).to(kind)
    weights = filled(scores, torch.zeros(6, dtype=torch.bool), value).softmax(-1).float()
    if row == "no number":
        assert weights.isnan().all()
    elif row == "as without":
        torch.testing.assert_close(weights, scores.softmax(-1).float(), rtol=2e-3, atol=0)
    else:
        spread = weights.amax(-1) - weights.amin(-1)
        assert spread.median() == 0
