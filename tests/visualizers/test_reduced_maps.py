import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizers.heads import overview
from visualizers.reduced_maps import reduced


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 17), st.integers(1, 17), st.integers(12, 4000))
def test_every_cell_is_the_largest_of_its_block(L, H, T, S, cells):
    maps = np.random.default_rng(T * S).random((L, H, T, S))
    small = reduced(maps, cells)
    block = next(b for b in range(1, 18) if (-(-T // b), -(-S // b)) == small.shape[2:])
    assert small.size <= cells or small.shape[2:] == (1, 1)
    for t in range(small.shape[2]):
        for s in range(small.shape[3]):
            inside = maps[:, :, t * block : (t + 1) * block, s * block : (s + 1) * block]
            assert (small[:, :, t, s] == inside.max(axis=(2, 3))).all()


def test_few_maps_come_back_as_they_are():
    maps = np.ones((4, 8, 44, 44))
    assert reduced(maps) is maps


@pytest.mark.parametrize("tokens", [8, 16, 32, 44, 64, 100])
def test_all_maps_of_a_large_model_fit_on_the_wire(tokens):
    shares = np.tril(np.random.default_rng(0).lognormal(sigma=2, size=(30, 9, tokens, tokens)))
    shares /= shares.sum(axis=-1, keepdims=True)
    small = reduced(shares)
    assert min(small.shape[2:]) >= 8
    drawn = overview(shares, picked=(29, 8))
    assert len(drawn.to_json()) <= 100_000
    rows, columns = drawn.data[0].z.shape
    assert columns > 3 * rows  # a column for each of so many layers
    clicked = drawn.data[1]
    assert (clicked.meta["sets"], clicked.customdata[-1]) == (["head", "layer"], [8, 29])
    assert clicked.text[-1] == "head 8, 29"
    assert drawn.layout.xaxis.ticktext == ("layer 0", "5", "10", "15", "20", "25")
