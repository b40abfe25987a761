"""What the page on Mamba says beyond its claims."""

import pytest
import torch

from app.experiments.statespace.selective_copy.altered import CutInFront
from app.experiments.statespace.selective_copy.run import CopyControls, run
from models.seeding import normal, seeded
from models.statespace.mamba import Mamba
from models.statespace.selective_scan import parallel_scan, sequential_scan
from tests.entries.evidence import runs_of

MEASURE = runs_of("mamba").metrics


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_constants_and_the_flat_step(seed: int) -> None:
    for layer in (1, 2):
        found = MEASURE(seed)({"layer": layer})
        assert 0.8 < found["delta_ratio"] < 1.2
        assert found["accuracy_mean_b"] < found["accuracy_mean_c"] < found["accuracy_mean_delta"]
        assert found["accuracy"] > 0.97
    assert found["copied_at_twice_the_length"] < 0.8
    assert found["recall_16_pairs_mamba"] < 0.5 < 0.9 < found["recall_16_pairs_attention"]


def test_the_states_are_those_of_the_recurrence() -> None:
    result = run(CopyControls(), "cpu")
    trace = result.trace
    write = (trace.delta * trace.signal)[..., None] * trace.B[:, :, None]
    torch.testing.assert_close(trace.states, sequential_scan(trace.decay, write))
    torch.testing.assert_close(trace.states, parallel_scan(trace.decay, write), atol=1e-4, rtol=1e-4)
    assert len(result.labels) == 32


def test_a_convolution_cut_in_front_lets_later_tokens_in() -> None:
    layer, x = seeded(lambda: Mamba(6, 3), 0).start(), normal(1, 9, 6, seed=1)
    later = x.clone()
    later[:, 5:] += 1
    torch.testing.assert_close(layer(later)[0][:, :5], layer(x)[0][:, :5])
    layer.__class__ = CutInFront
    assert (layer(later)[0][:, 2:5] - layer(x)[0][:, 2:5]).abs().max() > 1e-4
    torch.testing.assert_close(layer(later)[0][:, :2], layer(x)[0][:, :2])


def test_costs_grow_with_the_text_for_attention_only() -> None:
    short, long = MEASURE(0)({"tokens": 16}), MEASURE(0)({"tokens": 4096})
    for name in ("state_bytes", "operations_next_token"):
        assert short[name] == long[name]
    for name in ("cache_bytes", "operations_next_token_attention"):
        assert short[name] < long[name]
    assert short["cache_bytes"] > short["state_bytes"]
