"""STDP against pairs of spikes counted one by one, its window, and the streams with a repeated pattern."""

import math

import numpy as np
import pytest
import torch

from models.data.repeated_pattern import INPUTS, LENGTH, RATE, SHARE, TAKE_PART, jittered, pattern, stream
from models.seeding import generator
from models.spiking.stdp import AFTER, BEFORE, MEMBRANE, Rule, learn, read, window


def by_pairs(x: np.ndarray, a: float, b: float, threshold: float, start: float) -> tuple[list[int], np.ndarray]:
    """One neuron, in plain loops over pairs of nearest spikes; independent of the traces of the model."""
    T, N = x.shape
    w, fired, last_input, used = np.full(N, start), [], np.full(N, -np.inf), np.ones(N, dtype=bool)
    kept: list[tuple[int, float]] = []  # input sums since the last reset, by step
    for t in range(T):
        kept.append((t, float(w @ x[t])))
        for n in np.flatnonzero(x[t]):
            if fired and not used[n]:
                w[n] = max(0.0, w[n] - a * b * math.exp(-(t - fired[-1]) / AFTER))
                used[n] = True
            last_input[n] = t
        if sum(size * math.exp(-(t - at) / MEMBRANE) for at, size in kept) >= threshold:
            w = np.minimum(1.0, w + a * np.exp(-(t - last_input) / BEFORE))
            fired.append(t)
            used[:], kept = False, []
    return fired, w


@pytest.mark.parametrize(("a", "b"), [(0.05, 0.9), (0.2, 1.3)])
def test_traces_do_what_counting_pairs_of_nearest_spikes_does(a: float, b: float) -> None:
    x = (torch.rand(400, 11, generator=generator(1)) < 0.08).double()
    rule = Rule(*(torch.tensor([value], dtype=torch.double) for value in (a, b, 2.1)))
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.double)
    try:
        ours = learn(x[None], rule, 0.4, 4)
    finally:
        torch.set_default_dtype(default)
    fired, weights = by_pairs(x.numpy(), a, b, 2.1, 0.4)
    assert len(fired) > 20
    assert ours.spikes[0].nonzero()[:, 0].tolist() == fired
    np.testing.assert_allclose(ours.weights[-1, 0], weights, atol=1e-12)
    mutated = by_pairs(x.numpy(), a, 1.1 * b, 2.1, 0.4)[1]
    assert np.abs(mutated - weights).max() > 0.001


@pytest.mark.parametrize("dt", [12, 3, 0, -1, -9])
def test_one_pair_changes_a_weight_by_the_window(dt: int) -> None:
    """Inputs 1 to 3 together make the neuron fire, input 0 alone does not."""
    x = torch.zeros(1, 60, 4)
    x[0, 30, 1:] = 1
    x[0, 30 - dt, 0] = 1
    plastic = learn(x, Rule(torch.tensor([0.01]), torch.tensor([0.8]), torch.tensor([1.2])), 0.45, 1)
    assert plastic.spikes[0].nonzero()[:, 0].tolist() == [30]
    change = (plastic.weights[-1, 0, 0] - plastic.weights[0, 0, 0]).item()
    assert change == pytest.approx(window(torch.tensor(float(dt)), 0.01, 0.8).item(), abs=1e-6)


def test_the_window_by_hand() -> None:
    dt = torch.tensor([0.0, BEFORE, -AFTER], dtype=torch.double)
    expected = [0.02, 0.02 / math.e, -0.02 * 0.9 / math.e]
    torch.testing.assert_close(window(dt, 0.02, 0.9), torch.tensor(expected, dtype=torch.double))


def test_reading_with_learning_off_is_learning_with_amplitude_zero() -> None:
    x = (torch.rand(500, 9, generator=generator(2)) < 0.1).float()
    rule = Rule(torch.zeros(1), torch.ones(1), torch.tensor([1.7]))
    learned = learn(x[None], rule, 0.5, 1)
    assert torch.equal(read(x, torch.full((9,), 0.5), 1.7), learned.spikes[0])
    assert learned.spikes.sum() > 5
    assert (learned.weights == 0.5).all()


def test_rates_are_the_same_inside_the_pattern_and_outside() -> None:
    given = stream(3, "repeated", 40_000, 5)
    assert given.inside.float().mean().item() == pytest.approx(SHARE, abs=0.03)
    outside = given.spikes[~given.inside].float().mean().item()
    inside = given.spikes[given.inside].float().mean().item()
    assert outside == pytest.approx(RATE, rel=0.03)
    assert inside == pytest.approx(RATE, rel=0.12)
    assert (given.starts.diff() > LENGTH).all()


@pytest.mark.parametrize(("kind", "first"), [("repeated", 0), ("on other inputs", INPUTS - TAKE_PART)])
def test_what_repeats_is_the_pattern(kind, first) -> None:
    given = stream(4, kind, 3_000, 6)
    for start in given.starts.tolist():
        shown = given.spikes[start : start + LENGTH, first : first + TAKE_PART].bool()
        assert torch.equal(shown, pattern(4))
    never = stream(4, "never repeated", 3_000, 6)
    assert not torch.equal(never.spikes[given.starts[0] :][:LENGTH, :TAKE_PART].bool(), pattern(4))


def test_jitter_moves_spikes_and_loses_only_those_that_meet() -> None:
    given = pattern(0)
    moved = jittered(given, generator(7))
    assert not torch.equal(moved, given)
    assert (moved.sum(0) <= given.sum(0)).all()
    assert moved.sum() > 0.95 * given.sum()
