"""μ-law against the curve of straight pieces of G.711, written from the standard, and against numpy's formula."""

import numpy as np
import pytest
import torch

from models.tokenization.mu_law import compress, encode, expand

pytestmark = pytest.mark.parity


def g711_levels() -> np.ndarray:
    """The 128 positive levels: eight segments of sixteen, each twice as wide as the one before, up to 1."""
    segment, step = np.divmod(np.arange(128), 16)
    levels = ((2 * step + 33) << segment) - 33
    return levels / levels[-1]


@pytest.mark.parametrize(("mu", "close"), [(255, True), (100, False), (1000, False)])
def test_levels_are_those_of_the_standard(mu: float, close: bool) -> None:
    ours, theirs = expand(torch.arange(128) / 127, mu).numpy(), g711_levels()
    ratio = ours[24:] / theirs[24:]
    assert (np.abs(ratio - 1).max() < 0.12) == close


def test_codes_are_those_of_the_formula_in_numpy() -> None:
    x = np.linspace(-1, 1, 1003)
    f = np.sign(x) * np.log1p(255 * np.abs(x)) / np.log1p(255)
    torch.testing.assert_close(compress(torch.from_numpy(x), 255), torch.from_numpy(f))
    codes = np.floor((f + 1) / 2 * 255 + 0.5).astype(np.int64)
    assert torch.equal(encode(torch.from_numpy(x), 255, 256), torch.from_numpy(codes))
    assert not torch.equal(encode(torch.from_numpy(x), 254, 256), torch.from_numpy(codes))
