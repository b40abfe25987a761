import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.attention.dot_product import attention_scores
from models.position.alibi import ALiBi, ExchangedALiBi, HalvedALiBi, slopes
from models.position.learned import LearnedPosition
from models.position.rope import RoPE, angles, frequencies, rotate
from models.position.scheme import NoPosition
from models.position.sinusoidal import Sinusoidal, sinusoidal_encoding, wavelengths
from models.seeding import normal, seeded

widths = st.integers(1, 16).map(lambda half: 2 * half)


@given(widths, st.integers(0, 50))
def test_a_rope_score_depends_on_the_distance_alone(width, shift):
    q, k = normal(2, 1, 1, 7, width, seed=width).double()
    here = torch.arange(7)
    scores = [attention_scores(RoPE().turn(q, here + s), RoPE().turn(k, here + s)) for s in (0, shift)]
    torch.testing.assert_close(*scores, atol=1e-4, rtol=1e-4)


@given(widths)
def test_rope_keeps_lengths_and_does_nothing_at_position_zero(width):
    x = normal(2, 3, 5, width, seed=0)
    turned = RoPE().turn(x, torch.arange(5))
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1))
    assert torch.equal(turned[..., 0, :], x[..., 0, :])


def test_rope_turns_pairs_of_neighbours_by_hand():
    x = torch.tensor([[1.0, 0.0, 0.0, 2.0]])
    turned = RoPE(base=100.0).turn(x, torch.tensor([3]))
    slow = 3 / math.sqrt(100)
    torch.testing.assert_close(
        turned, torch.tensor([[math.cos(3), math.sin(3), -2 * math.sin(slow), 2 * math.cos(slow)]])
    )


def test_frequencies_fall_from_one_towards_the_base():
    theta = frequencies(128, base=10_000.0)
    assert theta[0] == 1
    assert theta[-1].item() == pytest.approx(10_000 ** (-126 / 128))
    with pytest.raises(ValueError, match="even head width, got 5"):
        frequencies(5)


@given(widths, st.integers(0, 30))
def test_a_shifted_sinusoidal_encoding_is_a_rotation_of_it(width, shift):
    here = torch.arange(20)
    encoding, later = sinusoidal_encoding(here, width), sinusoidal_encoding(here + shift, width)
    turn = angles(torch.tensor([-shift]), frequencies(width))  # (sin, cos) turns against (cos, sin)
    torch.testing.assert_close(rotate(encoding, turn), later, atol=1e-5, rtol=0)


def test_wavelengths_run_from_two_pi():
    assert wavelengths(64)[0].item() == pytest.approx(2 * math.pi)


def test_alibi_slopes_of_the_paper():
    assert slopes(8).tolist() == [2.0**-h for h in range(1, 9)]
    assert slopes(1).tolist() == [2.0**-8]


def test_alibi_bias_grows_with_distance_and_is_zero_on_the_token():
    bias = ALiBi().bias(torch.arange(4), torch.arange(4), heads=2)
    assert torch.equal(bias.diagonal(dim1=1, dim2=2), torch.zeros(2, 4))
    assert bias[0, 3].tolist() == [-3 / 16, -2 / 16, -1 / 16, 0]


def test_slopes_halved_and_exchanged():
    assert HalvedALiBi().slopes(4).tolist() == [slope / 2 for slope in slopes(4).tolist()]
    assert ExchangedALiBi().slopes(4).tolist() == slopes(4).tolist()[::-1]
    bias = HalvedALiBi().bias(torch.arange(4), torch.arange(4), heads=2)
    torch.testing.assert_close(bias, ALiBi().bias(torch.arange(4), torch.arange(4), heads=2) / 2)


def test_learned_positions_end_with_their_table():
    scheme = seeded(lambda: LearnedPosition(4, 6), 0)
    embedded = scheme.embed(torch.zeros(1, 3, 6), torch.tensor([1, 3, 9]))
    assert torch.equal(embedded[0], scheme.table[[1, 3, 3]])


@pytest.mark.parametrize("scheme", [NoPosition(), RoPE(), Sinusoidal(), ALiBi(), LearnedPosition(8, 6)])
def test_every_scheme_but_none_speaks_through_one_hook(scheme):
    x, heads, here = torch.ones(1, 5, 6), torch.ones(1, 2, 5, 6), torch.arange(5)
    if isinstance(scheme, LearnedPosition):
        scheme.table.data.fill_(1)
    said = [
        not torch.equal(scheme.embed(x, here), x),
        not torch.equal(scheme.turn(heads, here), heads),
        scheme.bias(here, here, 2) is not None,
    ]
    assert sum(said) == (not isinstance(scheme, NoPosition))
