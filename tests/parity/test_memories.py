"""One update of a modern Hopfield network is torch's scaled dot-product attention with scale β."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from models.energy.modern_hopfield import ModernHopfield
from models.seeding import normal

pytestmark = pytest.mark.parity


@pytest.mark.parametrize(("K", "N", "B"), [(11, 7, 5), (1, 3, 2), (257, 65, 13)])
@pytest.mark.parametrize("beta", [0.05, 0.4, 1.7])
def test_one_update_is_attention_with_patterns_as_keys_and_values(K: int, N: int, B: int, beta: float) -> None:
    patterns, states = 1.5 / N**0.5 * normal(K, N, seed=K), normal(B, N, seed=B)
    ours, _ = ModernHopfield(patterns, beta)(states)
    theirs = scaled_dot_product_attention(states, patterns, patterns, scale=beta)
    assert torch.allclose(ours, theirs, atol=1e-6)


def test_the_usual_scale_would_be_noticed() -> None:
    patterns, states = normal(11, 7, seed=0), normal(5, 7, seed=1)
    ours, _ = ModernHopfield(patterns, 0.9)(states)
    assert not torch.allclose(ours, scaled_dot_product_attention(states, patterns, patterns), atol=1e-3)
