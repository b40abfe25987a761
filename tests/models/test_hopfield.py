"""Hopfield networks: values by hand, the energy on every state of a small network, and what holds of it by theory."""

import numpy as np
import pytest
import torch
from torch import Tensor

from models.data.binary_patterns import (
    binary_digits,
    clustered_patterns,
    flipped,
    neighbours_alike,
    random_patterns,
)
from models.energy.hopfield import (
    Hopfield,
    energy,
    energy_change,
    hebbian_weights,
    input_of,
    overlap,
    states_along,
    updated,
)
from models.seeding import generator

N = 7
PATTERNS = torch.tensor([[1.0, -1, 1, 1, -1, -1, 1], [-1.0, -1, 1, -1, 1, -1, 1]])
EVERY = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * N)  # all 128 states


def test_hebbian_weights_by_hand() -> None:
    w = hebbian_weights(torch.tensor([[1.0, 1, -1], [1.0, -1, -1]]))
    assert torch.equal(w, torch.tensor([[0.0, 0, -2], [0, 0, 0], [-2, 0, 0]]) / 3)


def test_energy_by_hand() -> None:
    w = torch.tensor([[0.0, 0.5], [0.5, 0.0]])
    assert energy(w, torch.tensor([[1.0, 1.0], [1.0, -1.0]])).tolist() == [-0.5, 0.5]


def by_loops(w: np.ndarray, s: np.ndarray, order: list[int]) -> tuple[np.ndarray, list[float]]:
    """Recall written without a vector: what the module is compared with."""
    s, energies = s.copy(), []

    def now() -> float:
        return -0.5 * sum(w[i, j] * s[i] * s[j] for i in range(len(s)) for j in range(len(s)))

    energies.append(now())
    for i in order:
        h = sum(w[i, j] * s[j] for j in range(len(s)))
        if h != 0:
            s[i] = 1.0 if h > 0 else -1.0
        energies.append(now())
    return s, energies


@pytest.mark.parametrize("symmetric", [True, False])
def test_recall_equals_one_written_with_loops(symmetric: bool) -> None:
    w = torch.randn(N, N, generator=generator(3)).fill_diagonal_(0)
    w = w + w.T if symmetric else w
    order = torch.cat([torch.randperm(N, generator=generator(k)) for k in range(3)])
    for start in EVERY[::17]:
        end, trace = Hopfield(w)(start, order)
        by_hand, energies = by_loops(w.numpy(), start.numpy(), order.tolist())
        assert np.array_equal(end.numpy(), by_hand)
        assert np.allclose(trace.energy.numpy(), energies, atol=1e-5)


def test_a_transposed_weight_matrix_is_caught() -> None:
    """The mutation that the comparison above must see: units that follow column i instead of row i."""
    w = torch.randn(N, N, generator=generator(3)).fill_diagonal_(0)
    order = torch.arange(N)
    ends = [Hopfield(each)(EVERY, order)[0] for each in (w, w.T)]
    assert not torch.equal(*ends)


def test_a_change_of_energy_is_the_difference_of_two_energies() -> None:
    w = torch.randn(N, N, generator=generator(1)).fill_diagonal_(0)
    for unit in range(N):
        after = EVERY.clone()
        after[:, unit] *= -1
        change = energy_change(w, EVERY, unit, after[:, unit])
        assert torch.allclose(change, energy(w, after) - energy(w, EVERY), atol=1e-5)


def test_the_energy_never_rises_from_any_state() -> None:
    network = Hopfield(hebbian_weights(PATTERNS))
    _, trace = network(EVERY, torch.arange(N).repeat(4))
    assert trace.energy.diff(dim=0).max() <= 1e-6


def test_a_pattern_and_its_negative_are_both_stable() -> None:
    w = hebbian_weights(PATTERNS[:1])
    for s in (PATTERNS[0], -PATTERNS[0]):
        assert all(updated(input_of(w, s, unit), s[unit]) == s[unit] for unit in range(N))
    assert torch.equal(w, hebbian_weights(-PATTERNS[:1]))


def test_a_unit_without_input_stays_as_it_is() -> None:
    before = torch.tensor([-1.0, 1.0])
    assert torch.equal(updated(torch.zeros(2), before), before)


def test_states_along_are_the_states_of_shorter_recalls() -> None:
    network, order = Hopfield(hebbian_weights(PATTERNS)), torch.arange(N).repeat(2)
    start = EVERY[37]
    _, trace = network(start, order)
    states = states_along(start, order, trace.changed)
    assert torch.equal(states[0], start)
    for taken in range(1, len(order) + 1):
        assert torch.equal(states[taken], network(start, order[:taken])[0])


def test_many_networks_at_once_are_the_networks_one_by_one() -> None:
    patterns = random_patterns(4, 3, N, draws=generator(0))
    w, order = hebbian_weights(patterns), torch.arange(N)
    together, _ = Hopfield(w)(patterns[:, 0], order)
    for at in range(4):
        assert torch.equal(together[at], Hopfield(w[at])(patterns[at, 0], order)[0])


def test_overlap_counts_agreement() -> None:
    assert overlap(torch.tensor([1.0, 1, -1, -1]), torch.tensor([1.0, 1, -1, 1])) == 0.5


def share_of_ones(patterns: Tensor) -> float:
    return (patterns > 0).float().mean().item()


def test_the_patterns_are_what_they_are_called() -> None:
    assert abs(share_of_ones(random_patterns(200, 300, draws=generator(0), ones=0.6)) - 0.6) < 0.01
    alike = neighbours_alike(200, 300, draws=generator(0), alike=0.6)
    assert abs((alike[:, 1:] == alike[:, :-1]).float().mean() - 0.6) < 0.01
    assert abs(share_of_ones(alike) - 0.5) < 0.02
    assert torch.equal((flipped(alike, 13, generator(1)) != alike).sum(-1), torch.full((200,), 13))
    clusters = clustered_patterns(23, 64, 5, 2, generator(2))
    assert clusters.shape == (23, 64)
    assert (clusters[0] != clusters[1]).sum() <= 4
    assert set(binary_digits(9, generator(0)).unique().tolist()) == {-1.0, 1.0}
