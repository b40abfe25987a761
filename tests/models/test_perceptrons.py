"""The perceptron's rule by hand, its bound, the margin of the best line, and the points that are made for it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.data.separable_points import flipped, separable
from models.linear.largest_margin import largest_margin, nearest_point
from models.linear.perceptron import (
    Perceptron,
    augmented,
    averaged,
    error_updated,
    learn,
    mean_accuracy,
    mistake_bound,
    updated,
)

few = settings(max_examples=15, deadline=None)


def made(S: int, N: int, gap: float, seed: int):
    points = separable(S, N, torch.full((S, N), gap, dtype=torch.double), seed)
    return augmented(points.x), points.y, points.line


def test_one_mistake_by_hand_and_a_right_answer_changes_nothing():
    x, y = torch.tensor([[2.0, 1.0, 1.0]]), torch.tensor([-1.0])
    w = torch.tensor([[0.5, 0.0, 0.0]])
    assert updated(w, x, y, 0.5).tolist() == [[-0.5, -0.5, -0.5]]
    assert updated(-w, x, y, 0.5).tolist() == (-w).tolist()


def test_a_score_of_zero_is_a_mistake_in_both_forms():
    w, x = torch.zeros(1, 3), torch.tensor([[2.0, 1.0, 1.0]])
    assert updated(w, x, torch.tensor([1.0]), 1.0).tolist() == x.tolist()
    assert error_updated(w, x, torch.tensor([1.0]), 2.0).tolist() == x.tolist()
    assert error_updated(w, x, torch.tensor([0.0]), 2.0).tolist() == (-x).tolist()


@few
@given(st.integers(0, 99), st.floats(0.1, 8))
def test_from_zero_the_rate_only_scales_and_the_other_form_moves_at_the_same_points(seed, rate):
    x, y, _ = made(4, 30, 0.1, seed)
    one, other = learn(x, y, 6), learn(x, y, 6, rate=rate)
    assert torch.equal(one.changed, other.changed)
    torch.testing.assert_close(rate * one.last, other.last)
    last = learn(x, (y + 1) / 2, 6, update=error_updated).last
    assert (mean_accuracy(last[None], x, y) > 0.8).all()


def test_labels_of_zero_never_move_the_line_in_the_first_form():
    x, y, _ = made(5, 40, 0.1, 0)
    learning = learn(x, (y + 1) / 2, 3)
    moved = learning.changed.unflatten(1, (-1, 40)).any(dim=1)
    assert not moved[y < 0].any()


@few
@given(st.integers(0, 999))
def test_mistakes_stay_within_the_bound_and_the_margin_is_the_best(seed):
    x, y, line = made(3, 25, 0.05, seed)
    margin = largest_margin(x, y)
    planted = (y * (x * line[:, None]).sum(-1)).amin(-1) / line.norm(dim=-1)
    assert (margin >= planted - 1e-9).all()
    learning = learn(x, y, 200)
    assert not learning.mistakes[:, -1].any()
    assert (learning.changed.sum(-1) <= mistake_bound(x.norm(dim=-1).amax(-1), margin)).all()


def test_the_nearest_point_of_a_hull_by_hand():
    square = torch.tensor([[1.0, 1.0], [1.0, -2.0], [3.0, 0.0]]).double()
    torch.testing.assert_close(nearest_point(square), torch.tensor([1.0, 0.0]).double())
    corner = torch.tensor([[2.0, 1.0], [4.0, 5.0], [3.0, 1.0]]).double()
    torch.testing.assert_close(nearest_point(corner), torch.tensor([2.0, 1.0]).double())
    around = torch.tensor([[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]]).double()
    assert nearest_point(around).norm() < 1e-6


def test_a_start_the_wrong_way_breaks_the_bound():
    x, y, line = made(5, 40, 0.5, 1)
    bound = mistake_bound(x.norm(dim=-1).amax(-1), largest_margin(x, y))
    assert (learn(x, y, 60, start=-2000 * line).changed.sum(-1) > bound).all()


def test_points_keep_their_gap_and_flips_are_nested():
    x, y, line = made(6, 50, 0.3, 2)
    assert (y * (x * line[:, None]).sum(-1) >= 0.3 - 1e-12).all()
    few_flips, many = (flipped(y, torch.full((6,), share), 5) != y for share in (0.1, 0.3))
    assert few_flips.sum(-1).tolist() == [5] * 6
    assert many.sum(-1).tolist() == [15] * 6
    assert (few_flips <= many).all()


def test_the_average_is_the_mean_over_points_and_the_module_answers_by_sides():
    x, y, _ = made(2, 10, 0.2, 3)
    learning = learn(x, y, 2)
    torch.testing.assert_close(averaged(learning.weights), learning.weights.sum(1) / learning.weights.shape[1])
    model = Perceptron(2)
    model.weight.data = torch.tensor([1.0, -1.0, 0.5])
    answer, trace = model(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.5]]))
    assert answer.tolist() == [1, -1, 0]
    assert trace.scores.tolist() == pytest.approx([1.5, -0.5, 0.0])
