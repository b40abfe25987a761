"""Lines of least squares, softmax regression, and the clusters whose true probabilities are known."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.data.gaussian_clusters import clusters
from models.linear.descent import Descent
from models.linear.line_fit import (
    Line,
    gradient,
    least_absolute,
    least_squares,
    mean_absolute_error,
    mean_squared_error,
    predicted,
)
from models.linear.line_training import column_minus_column, column_minus_row, descend
from models.linear.softmax_regression import (
    SoftmaxRegression,
    class_probabilities,
    divided_sigmoids,
    logit_gradient,
    negative_log_likelihood,
    separate_sigmoids_loss,
)
from models.seeding import generator, normal, seeded

few = settings(max_examples=20, deadline=None)


def test_the_mean_squared_error_by_hand_and_other_shapes_are_refused():
    assert mean_squared_error(torch.tensor([1.0, 4.0]), torch.tensor([0.0, 2.0])) == 2.5
    assert mean_absolute_error(torch.tensor([1.0, 4.0]), torch.tensor([0.0, 2.0])) == 1.5
    with pytest.raises(ValueError, match="equal shapes"):
        mean_squared_error(torch.zeros(3, 1), torch.zeros(3))


@few
@given(st.integers(3, 30), st.integers(0, 99))
def test_the_gradient_is_autograds_and_zero_at_least_squares(N, seed):
    x, y = normal(2, N, seed=seed).double()
    line = Line(*normal(2, seed=seed + 1).double().requires_grad_().unbind())
    theirs = torch.autograd.grad(mean_squared_error(predicted(line, x), y), line)
    for ours, expected in zip(gradient(line, x, y), theirs):
        torch.testing.assert_close(ours, expected)
    best = least_squares(x, y)
    assert all(abs(part) < 1e-9 for part in gradient(best, x, y))
    assert (y - predicted(best, x)).mean().abs() < 1e-9, "errors balance: the line goes through the mean"


@few
@given(st.integers(4, 20), st.integers(0, 99))
def test_no_other_line_has_a_smaller_absolute_error(N, seed):
    x, y = normal(2, N, seed=seed).double()
    best = least_absolute(x, y)
    least = mean_absolute_error(predicted(best, x), y)
    for nudge in normal(40, 2, seed=seed + 1).double() * 0.1:
        other = Line(best.slope + nudge[0], best.intercept + nudge[1])
        assert mean_absolute_error(predicted(other, x), y) >= least - 1e-12


def test_descent_finds_least_squares_and_a_column_minus_a_row_the_mean():
    x, y = normal(2, 3, 40, seed=0).double()
    start = Line(torch.zeros(3).double(), torch.zeros(3).double())
    found, best = descend(x, y, start, mean_squared_error, 200, 0.2)[-1], least_squares(x, y)
    torch.testing.assert_close(found.slope, best.slope, atol=1e-3, rtol=0)
    alike = descend(x, y, start, column_minus_column, 200, 0.2)[-1]
    torch.testing.assert_close(alike.slope, found.slope)
    flat = descend(x, y, start, column_minus_row, 200, 0.2)[-1]
    torch.testing.assert_close(flat.slope, torch.zeros(3).double(), atol=1e-3, rtol=0)
    torch.testing.assert_close(flat.intercept, y.mean(dim=1), atol=1e-3, rtol=0)
    column, row = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0])
    assert column_minus_row(column, row) == ((column[:, None] - row) ** 2).mean()


def test_descent_with_momentum_by_hand():
    at = torch.tensor([1.0], requires_grad=True)
    descent = Descent([at], lambda: (at**2).sum(), rate=0.1, momentum=0.5)
    assert descent.step() == 1
    assert at.item() == pytest.approx(0.8)
    descent.step()
    assert at.item() == pytest.approx(0.8 - 0.1 * (0.5 * 2 + 1.6))


@few
@given(st.integers(1, 9), st.integers(2, 6), st.integers(0, 99))
def test_class_losses_have_the_gradients_that_the_page_states(N, K, seed):
    z = (3 * normal(N, K, seed=seed)).double().requires_grad_()
    classes = torch.randint(K, (N,), generator=generator(seed))
    (theirs,) = torch.autograd.grad(negative_log_likelihood(z, classes), z)
    torch.testing.assert_close(logit_gradient(z.softmax(-1), classes), theirs)
    (by_sigmoid,) = torch.autograd.grad(separate_sigmoids_loss(z, classes), z)
    one_hot = torch.nn.functional.one_hot(classes, K)
    torch.testing.assert_close(by_sigmoid, (z.sigmoid() - one_hot) / N)
    assert divided_sigmoids(z).sum(-1).tolist() == pytest.approx([1] * N)


def test_with_two_classes_the_softmax_is_a_sigmoid_of_the_difference():
    model, x = seeded(lambda: SoftmaxRegression(3, 2), 0), normal(5, 3, seed=1)
    z, trace = model(x)
    torch.testing.assert_close(trace.probabilities[:, 0], (z[:, 0] - z[:, 1]).sigmoid())
    again = class_probabilities(x, model.linear.weight, model.linear.bias)
    torch.testing.assert_close(again, trace.probabilities)


def test_clusters_of_one_shape_have_linear_borders_and_the_posterior_is_bayes():
    equal, unequal = (clusters(4, 1.5, same, torch.arange(4)) for same in (True, False))
    x = normal(6, 2, seed=0)
    for found in (equal, unequal):
        density = torch.stack(
            [
                torch.distributions.MultivariateNormal(mean, scale_tril=factor).log_prob(x)
                for mean, factor in zip(found.means, found.factors)
            ],
            dim=-1,
        )
        torch.testing.assert_close(found.posterior(x), density.softmax(-1))
    middle = (x[:3] + x[3:]) / 2
    logits = [equal.posterior(points).log().diff(dim=-1) for points in (x[:3], x[3:], middle)]
    torch.testing.assert_close(logits[2], (logits[0] + logits[1]) / 2)
    points, classes = equal.draw(4000, generator(1))
    mean = points[classes == 2].mean(dim=0)
    torch.testing.assert_close(mean, equal.means[2], atol=0.15, rtol=0)


def test_another_order_only_renames_the_classes():
    order = torch.tensor([2, 0, 1])
    one, other = clusters(3, 1.0, True, torch.arange(3)), clusters(3, 1.0, True, order)
    x = normal(5, 2, seed=3)
    torch.testing.assert_close(other.posterior(x), one.posterior(x)[:, order])
