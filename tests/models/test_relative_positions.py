import pytest
import torch

from models.position.learned import LearnedPosition
from models.position.offset_reader import OffsetReader, random_symbols
from models.position.relative_bias import RelativeKeys, T5Bias, bucket
from models.position.rope import RoPE
from models.position.scheme import NoPosition
from models.position.shifted import Shifted
from models.position.sinusoidal import Sinusoidal
from models.seeding import generator, normal, seeded

HERE = torch.arange(7)
SCHEMES = {
    "t5": lambda: T5Bias(1, 16, 64),
    "shaw": lambda: RelativeKeys(12, 4),
    "rope": lambda: RoPE(),
    "none": lambda: NoPosition(),
}


def test_buckets_are_single_offsets_first_and_ever_wider_then():
    found = bucket(torch.arange(200), buckets=16, furthest=64)
    assert found[:8].tolist() == list(range(8))
    widths = found.bincount()[8:15]
    assert (widths.diff() >= 0).all()
    assert found[64:].unique().tolist() == [15]


def test_a_bias_by_offset_has_equal_diagonals():
    scheme = T5Bias(heads=3)
    scheme.table.data = normal(32, 3, seed=0)
    bias = scheme.bias(HERE, HERE, 3)
    for offset in range(7):
        diagonal = bias.diagonal(-offset, dim1=1, dim2=2)
        torch.testing.assert_close(diagonal, diagonal[:, :1].expand_as(diagonal))


def test_shaw_adds_the_vector_of_the_offset_to_the_key():
    scheme = RelativeKeys(12, clip=4)
    scheme.table.data = normal(5, 12, seed=0)
    q = normal(2, 1, 7, 12, seed=1)
    term = scheme.term(q, HERE, HERE)
    assert term[1, 0, 6, 3].item() == pytest.approx((q[1, 0, 6] @ scheme.table[3]).item() / 12**0.5, rel=1e-4)
    torch.testing.assert_close(term[..., 6, 0], term[..., 6, 2])  # both further back than the clip


@pytest.mark.parametrize("name", SCHEMES)
def test_a_relative_scheme_does_not_notice_a_move(name):
    model = seeded(lambda: OffsetReader(5, 12, SCHEMES[name]()), 0)
    ids = random_symbols(2, 7, 5, generator(0))
    torch.testing.assert_close(model(ids, HERE)[0], model(ids, HERE + 9)[0], atol=1e-5, rtol=0)


def test_an_absolute_scheme_does():
    model = seeded(lambda: OffsetReader(5, 12, LearnedPosition(20, 12)), 0)
    ids = random_symbols(2, 7, 5, generator(0))
    assert (model(ids, HERE)[0] - model(ids, HERE + 9)[0]).abs().max() > 0.01


def test_a_shifted_scheme_tells_the_places_further_on():
    x = normal(2, 7, 12, seed=0)
    torch.testing.assert_close(Shifted(Sinusoidal(), 5).embed(x, HERE), Sinusoidal().embed(x, HERE + 5))
    heads = normal(2, 3, 7, 12, seed=0)
    torch.testing.assert_close(Shifted(RoPE(), 5).turn(heads, HERE), RoPE().turn(heads, HERE + 5))
    scheme = T5Bias(3)
    torch.testing.assert_close(Shifted(scheme, 5).bias(HERE, HERE, 3), scheme.bias(HERE, HERE, 3))
