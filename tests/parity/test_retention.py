"""The three forms of retention beside a sum over all pairs of tokens, and a mutation that must be caught."""

from functools import partial

import pytest
import torch

from models.seeding import generator
from models.statespace.retention import chunkwise, decays, parallel, recurrent, short_text_decays
from models.statespace.retention_changes import late_chunkwise

pytestmark = pytest.mark.parity
T = 17


def pairs_of_tokens(q, k, v, gamma):
    """o_n = Σ_{m ≤ n} γ^(n−m) (q_n · k_m) v_m, one product after another."""
    o = torch.zeros_like(v)
    for n in range(q.shape[2]):
        for m in range(n + 1):
            fading = gamma ** (n - m)
            o[:, :, n] += (fading[:, None] * (q[:, :, n] * k[:, :, m]).sum(-1, keepdim=True)) * v[:, :, m]
    return o


@pytest.mark.parametrize("rates", [decays, short_text_decays])
def test_retention(rates):
    q, k, v = torch.randn(3, 2, 3, T, 5, generator=generator(0), dtype=torch.float64)
    gamma = rates(3).double()
    expected = pairs_of_tokens(q, k, v, gamma)
    for form in (parallel, recurrent, partial(chunkwise, chunk=4)):
        torch.testing.assert_close(form(q, k, v, gamma), expected)
    assert (late_chunkwise(q, k, v, gamma, 4) - expected).abs().max() > 0.01
