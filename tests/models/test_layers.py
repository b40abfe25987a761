import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.layers.no_feed_forward import NoFeedForward
from models.layers.rmsnorm import RMSNorm
from models.layers.softmax import entropy, naive_softmax, softmax, softmax_jacobian, tempered_softmax
from models.layers.token_shift import TokenShift
from models.seeding import normal

logits = st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=9).map(torch.tensor)


@given(logits, st.floats(-1000, 1000, width=32))
def test_softmax_is_a_distribution_in_the_order_of_the_logits_that_no_shift_changes(z, shift):
    p = softmax(z)
    assert p.sum().item() == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(softmax(z.double() + shift), softmax(z.double()))
    assert (p[z.argsort()].diff() >= 0).all()


@given(logits)
def test_jacobian_rows_sum_to_zero(z):
    torch.testing.assert_close(softmax_jacobian(softmax(z)).sum(dim=-1), torch.zeros(len(z)), atol=1e-6, rtol=0)


def test_the_naive_form_overflows_and_the_stable_one_does_not():
    z = torch.tensor([100.0, 0.0])
    assert naive_softmax(z).isnan().any()
    assert softmax(z).tolist() == pytest.approx([1, 0])


def test_temperature_has_its_two_limits():
    z = torch.tensor([1.0, 2.0, 4.0])
    assert tempered_softmax(z, 0.01).tolist() == pytest.approx([0, 0, 1])
    assert tempered_softmax(z, 1e6).tolist() == pytest.approx([1 / 3] * 3, abs=1e-5)
    with pytest.raises(ValueError, match="above 0"):
        tempered_softmax(z, 0)


def test_entropy_runs_from_nothing_to_the_logarithm_of_the_choices():
    assert entropy(torch.tensor([0.0, 1.0])) == 0
    assert entropy(torch.full((8,), 1 / 8)).item() == pytest.approx(math.log(8))


@given(st.integers(1, 12), st.floats(0.5, 100))
def test_rmsnorm_gives_a_root_mean_square_of_one_at_any_scale(width, scale):
    normed = RMSNorm(width)(scale * (1 + normal(3, width, seed=0).abs()))
    torch.testing.assert_close(normed.square().mean(-1), torch.ones(3), atol=1e-4, rtol=0)


def test_no_feed_forward_adds_nothing():
    layer = NoFeedForward(4, 0)
    assert not layer(torch.ones(1, 2, 4))[0].any()
    assert not list(layer.parameters())


def test_a_shift_reaches_one_token_back_in_its_first_channels_only():
    shift, x = TokenShift(3), normal(2, 5, 3, seed=0)
    shift.start()
    y = shift(x).detach()
    torch.testing.assert_close(y[..., 2], x[..., 2])
    torch.testing.assert_close(y[:, 1:, 0], x[:, :-1, 0])
    torch.testing.assert_close(y[:, 1:, 1], (x[:, 1:, 1] + x[:, :-1, 1]) / 2)
    assert (y[:, 0, 0] == 0).all()
