"""What the page on Mamba says beyond its claims."""

import copy
import math

import pytest
import torch
from torch.nn.functional import silu

from app.experiments.statespace.selective_copy.altered import Change, CutInFront
from app.experiments.statespace.selective_copy.figures import HIDDEN, figures
from app.experiments.statespace.selective_copy.readings import held_out, misplaced_share, prepared
from app.experiments.statespace.selective_copy.run import CopyControls, measure, run
from models.data.symbol_sequences import FIRST_VALUE, NOT_ASKED, Sequences
from models.seeding import normal, seeded
from models.statespace.mamba import Mamba
from models.statespace.selective_scan import hidden_attention, parallel_scan, sequential_scan
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


def test_a_misplaced_answer_is_another_symbol_of_the_sequence():
    read = held_out(0)
    at = (read.targets != NOT_ASKED)[0].nonzero()[:, 0]
    due = read.targets[:1, at]
    absent = min(set(range(FIRST_VALUE, FIRST_VALUE + 32)) - set(due[0].tolist()))
    one = Sequences(read.inputs[:1], read.targets[:1])

    def share(answers: torch.Tensor) -> float:
        logits = torch.zeros(1, read.inputs.shape[1], 64)
        logits[0, at, answers] = 1
        return misplaced_share(logits, one)

    assert share(due[0]) == 0
    assert share(due[0].roll(1)) == 1
    assert share(torch.full_like(due[0], absent)) == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_mean_b_keeps_the_symbols_and_loses_their_order(seed: int) -> None:
    found = MEASURE(seed)({"change": "one mean B"})
    assert found["accuracy"] + found["misplaced_share"] > 0.85


@pytest.mark.parametrize("seed", range(3))
def test_a_fixed_layer_suffices_until_there_is_more_noise(seed: int) -> None:
    found = MEASURE(seed)({})
    assert 0.85 < found["accuracy_s4d"] < found["accuracy"]
    assert found["accuracy_s4d_one_delay"] > 0.98
    assert found["accuracy_longer_mamba"] > 0.88
    assert found["accuracy_longer_attention"] < found["accuracy_longer_s4d"] < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_step_hides_selective_channels_of_layer_1(seed: int) -> None:
    first, second = MEASURE(seed)({"layer": 1}), MEASURE(seed)({"layer": 2})
    assert 0.33 < first["delta_selective_channels"] < 0.47
    assert second["delta_selective_channels"] == 0
    assert abs(math.log(first["delta_ratio_pickiest"])) > math.log(2)


@pytest.mark.parametrize("seed", range(3))
def test_the_hidden_attention_does_not_point_at_the_symbol_and_attention_does(seed: int) -> None:
    for layer in (1, 2):
        found = MEASURE(seed)({"layer": layer})
        assert 0.5 < found["hidden_weight_on_copied"] / found["uniform_weight_on_copied"] < 1.1
    assert found["attention_weight_on_copied"] > 4 * found["uniform_weight_on_copied"]


@pytest.mark.parametrize("change", ["none", "one mean B", "convolution cut in front"])
@pytest.mark.parametrize("layer", [1, 2])
def test_the_hidden_attention_gives_the_layers_output(layer: int, change: Change) -> None:
    model = copy.deepcopy(prepared(change, 0, "cpu"))
    mixer, ids = model.blocks[layer - 1].mixer, held_out(0).inputs[:3]
    given: list[torch.Tensor] = []
    mixer.register_forward_hook(lambda module, inputs, outputs: given.append(outputs[0]))
    with torch.inference_mode():
        trace = model(ids)[1].mixers[layer - 1]
        hidden = hidden_attention(trace.decay, trace.delta, trace.B, trace.C)
        scanned = torch.einsum("bcij,bjc->bic", hidden, trace.signal) + mixer.skip_weight * trace.signal
        output = mixer.to_out(scanned * silu(trace.gate))
    assert not hidden.triu(1).any()
    assert (output - given[0]).abs().max() < 1e-5 * given[0].abs().max()
    wrong = mixer.to_out((scanned - mixer.skip_weight * trace.signal) * silu(trace.gate))
    assert (wrong - given[0]).abs().max() > 1e-3 * given[0].abs().max()


def test_the_map_is_that_of_the_shown_layer_and_zero_above_the_diagonal() -> None:
    result = run(CopyControls(layer=1), "cpu")
    trace = result.trace
    size = hidden_attention(trace.decay, trace.delta, trace.B, trace.C).abs().mean(dim=1)[0]
    drawn = next(one for one in figures(result, measure(result))["choices"].plot.data if one.name == HIDDEN)
    shares = torch.tensor(drawn.z.astype(float))
    assert not shares.triu(1).any()
    torch.testing.assert_close(shares, (size / size.sum(dim=1, keepdim=True)).double(), atol=1e-3, rtol=1e-3)


def test_scan_and_recurrence_part_where_the_last_decay_is_kept() -> None:
    assert MEASURE(0)({})["scan_difference_share"] < 1e-4
    assert MEASURE(0)({"scan": "last decay kept"})["scan_difference_share"] > 0.1


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
