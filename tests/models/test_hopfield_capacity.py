"""Recall from overlaps equals recall with weights; the closed forms by the normal distribution and by hand."""

import math

import pytest
import torch
from scipy.stats import norm

from models.data.binary_patterns import random_patterns
from models.energy import hopfield_capacity
from models.energy.hopfield import Hopfield, hebbian_weights
from models.energy.hopfield_capacity import (
    Diagonal,
    ManyUnits,
    Missing,
    Projection,
    exact_limits,
    first_step_error,
    inputs,
    overlaps,
)
from models.seeding import generator
from tests.shape_comments import shapes_checked

N, K, B = 61, 7, 5


def test_inputs_are_those_of_hebbian_weights() -> None:
    patterns, s = (random_patterns(rows, N, draws=generator(rows)) for rows in (K, B))
    assert torch.allclose(inputs(patterns, s), s @ hebbian_weights(patterns), atol=1e-5)
    assert torch.allclose(overlaps(patterns, s), (s[:, None] * patterns).mean(-1), atol=1e-6)


def test_the_other_weights_are_what_they_are_called() -> None:
    patterns, s = (random_patterns(rows, N, draws=generator(rows)) for rows in (K, B))
    w = patterns.T @ patterns / N
    assert torch.allclose(inputs(patterns, s) + Diagonal(K / N)(s), s @ w, atol=1e-5)
    partners = torch.arange(N).roll(1)
    cut = hebbian_weights(patterns)
    cut[torch.arange(N), partners] = 0
    assert torch.allclose(inputs(patterns, s) + Missing(patterns, partners)(s), s @ cut.T, atol=1e-5)


def test_the_projection_rule_projects_on_what_the_patterns_span() -> None:
    patterns, s = random_patterns(K, N, draws=generator(1), ones=0.7), random_patterns(B, N, draws=generator(2))
    P = torch.linalg.pinv(patterns) @ patterns  # numpy's and torch's own: onto the rows
    ours = inputs(patterns, s) + Projection(patterns)(s)
    assert torch.allclose(ours, s @ P - s * P.diagonal(), atol=1e-4)
    twice = torch.cat([patterns, patterns[:1]])  # a pattern stored twice: Q has no inverse
    assert torch.allclose(inputs(twice, s) + Projection(twice)(s), ours, atol=1e-4)


@pytest.mark.parametrize("load", [0.05, 0.1, 0.138, 0.2])
def test_the_first_error_is_a_tail_of_the_normal_distribution(load: float) -> None:
    assert math.isclose(first_step_error(load), norm.cdf(-1 / math.sqrt(load)), rel_tol=1e-9)


def test_the_first_error_at_the_limit_is_under_half_a_per_cent() -> None:
    assert 0.003 < first_step_error(0.138) < 0.004


def test_exact_limits_by_hand() -> None:
    most, every = exact_limits(500)
    assert math.isclose(most, 2 * every)
    assert math.isclose(every, 500 / (4 * 6.214608), rel_tol=1e-6)


def test_recall_stops_when_nothing_changes_and_keeps_a_pattern_that_is_alone() -> None:
    patterns = random_patterns(1, N, draws=generator(0))
    end, trace = ManyUnits(patterns)(patterns, 9)
    assert torch.equal(end, patterns)
    assert trace.steps == 1


def test_all_at_once_and_one_by_one_end_at_nearly_the_same_overlap() -> None:
    patterns = random_patterns(24, 200, draws=generator(4))  # load 0.12
    together, _ = ManyUnits(patterns)(patterns, 12)
    order = torch.cat([torch.randperm(200, generator=generator(k)) for k in range(8)])
    by_one, _ = Hopfield(hebbian_weights(patterns))(patterns, order)
    both = [(end * patterns).mean().item() for end in (together, by_one)]
    assert abs(both[0] - both[1]) < 0.02


def test_shape_comments() -> None:
    with shapes_checked(hopfield_capacity, N=N, K=K, B=B) as watch:
        patterns, s = (random_patterns(rows, N, draws=generator(rows)) for rows in (K, B))
        ManyUnits(patterns, Diagonal(K / N))(s, 3)
        Projection(patterns)(s)
    assert watch.reached
    assert not watch.unreached()
