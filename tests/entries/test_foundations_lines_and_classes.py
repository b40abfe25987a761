"""What the pages on perceptrons, squared errors, classes and divergences say beyond their claims."""

import math

import numpy as np
import pytest
import torch

from app.experiments.foundations.distributions import pair, weights
from app.experiments.foundations.perceptron.run import POINTS, PerceptronControls, data
from app.experiments.foundations.perceptron.run import run as run_perceptron
from app.experiments.foundations.regression_line.run import RegressionLineControls
from app.experiments.foundations.regression_line.run import run as run_line
from models.linear.perceptron import score
from tests.entries.evidence import runs_of


def test_each_move_of_the_line_was_a_mistake_at_the_ringed_point() -> None:
    result = run_perceptron(PerceptronControls(flipped=0.1), "cpu")
    x = torch.cat([result.points.x[0], torch.ones(POINTS, 1)], dim=1)
    before = torch.cat([torch.zeros(1, 3), result.path[:-1]])
    missed = result.missed
    assert (result.given[missed] * score(before, x[missed]) <= 0).all()
    torch.testing.assert_close(result.path, before + result.given[missed][:, None] * x[missed])
    frames = runs_of("perceptron")(flipped=0.1).figures["line"].plot.frames
    assert len(frames) == 41, "the first forty are shown"


def test_labels_0_and_1_written_for_make_the_same_moves_once_started() -> None:
    plain, other = (run_perceptron(PerceptronControls(labels=name), "cpu") for name in
                    ("−1 and +1", "0 and 1, rule for them"))  # fmt: skip
    # the first point of all differs: a score of 0 is half a step there
    assert abs(len(plain.path) - len(other.path)) <= 12
    assert other.swept.accuracy_last[0] > 0.95


def test_held_out_points_are_of_the_same_line_as_those_learned_from() -> None:
    points = data(0.2, 3)
    distance = (points.x * points.line[:, None, :2]).sum(-1) + points.line[:, None, 2]
    assert (points.y * distance >= 0.2 - 1e-12).all()


def test_from_a_far_start_the_learning_rate_matters() -> None:
    runs = runs_of("perceptron-convergence")
    slow, fast = (runs(start=2000, rate=rate).metrics["median_mistakes"] for rate in (1.0, 10.0))
    assert fast < 0.2 * slow
    shown = runs()
    assert shown.metrics["sets_above_the_bound"] == 0
    smaller = runs(scale=0.1).metrics
    assert smaller["median_radius_at_the_middle_gap"] > 0.2 * shown.metrics["median_radius_at_the_middle_gap"]
    assert smaller["median_margin_at_the_middle_gap"] < 0.15 * shown.metrics["median_margin_at_the_middle_gap"]


def test_the_line_of_squared_errors_is_the_one_of_least_squares_and_outliers_pull_in_proportion() -> None:
    shown = runs_of("mean-squared-error")().metrics
    assert shown["distance_from_least_squares"] < 1e-3
    assert shown["gradient_error"] < 1e-12
    assert shown["slope_shift_by_20"] == pytest.approx(2 * shown["slope_shift_by_10"], rel=1e-3)
    middle = runs_of("mean-squared-error")(place="middle").metrics
    assert middle["slope_shift_by_10"] < 0.2 * shown["slope_shift_by_10"], "in the middle it hardly moves the slope"


def test_a_square_has_the_area_of_the_squared_error() -> None:
    result = run_line(RegressionLineControls(), "cpu")
    drawn = next(trace for trace in runs_of("mean-squared-error")().figures["line"].plot.data
                 if trace.name == "squared errors")  # fmt: skip
    x, y = (np.asarray(values, dtype=float).reshape(-1, 6) for values in (drawn.x, drawn.y))
    area = np.abs(x[:, 1] - x[:, 0]) * np.abs(y[:, 2] - y[:, 1])
    line = result.path[-1]
    error = line.slope * result.x + line.intercept - result.y
    np.testing.assert_allclose(area, error.square().numpy(), rtol=1e-3, atol=1e-5)
    assert area.mean() == pytest.approx(result.loss[-1].item(), rel=1e-3)


def test_no_steps_leave_the_line_where_it_was_put() -> None:
    result = run_line(RegressionLineControls(steps=0, start_slope=2.0), "cpu")
    assert [line.slope.item() for line in result.path] == [2.0]


def test_sigmoids_keep_the_accuracy_and_lose_the_probabilities() -> None:
    runs = runs_of("multiclass-classification")
    softmax, sigmoids = (runs(output=output).metrics for output in ("softmax", "separate sigmoids"))
    assert abs(softmax["accuracy_share"] - sigmoids["accuracy_share"]) < 0.01
    assert sigmoids["distance_from_true_probabilities"] > 2 * softmax["distance_from_true_probabilities"]
    assert softmax["mean_error_of_the_sum"] < 1e-6
    assert sigmoids["mean_error_of_the_sum"] > 0.05
    assert softmax["loss_nats"] > softmax["best_loss_nats"]


def test_rows_of_the_confusions_sum_to_all_points() -> None:
    cells = np.asarray(runs_of("multiclass-classification")().figures["confusion"].plot.data[0].z, dtype=float)
    np.testing.assert_allclose(cells.sum(axis=1), 100, rtol=1e-5)


def test_two_softmaxes_stay_above_their_floor_and_hide_behind_their_accuracy() -> None:
    shown, twice = (runs_of("cross-entropy")(**change).metrics for change in
                    ({}, {"loss": "softmax, then cross-entropy"}))  # fmt: skip
    assert twice["training_loss"] > twice["softmax_twice_floor_nats"] == pytest.approx(1.4612, abs=1e-4)
    assert twice["held_out_accuracy_share"] > 0.5, "it still learns something, which hides the mistake"
    assert shown["noisy_held_out_loss_nats"] > shown["label_entropy_nats"] > 1
    assert shown["gradient_error"] < 1e-12
    assert shown["cross_entropy_nats"] == pytest.approx(shown["entropy_nats"] + shown["kl_nats"])
    same = runs_of("cross-entropy")(loss="log-softmax, then cross-entropy").metrics
    assert same["training_loss"] == pytest.approx(shown["training_loss"], abs=1e-3)


def test_an_impossible_outcome_that_happens_costs_infinitely_much() -> None:
    shown = runs_of("cross-entropy")(q="1, 1, 0")
    assert shown.metrics["cross_entropy_nats"] == math.inf
    assert "infinite" in shown.figures["sum"].text
    assert runs_of("kl-divergence")().metrics["kl_q_p_nats"] == math.inf, "outcome D of the default"


def test_the_target_first_order_fits_the_targets_own_moments() -> None:
    shown = runs_of("kl-divergence")().metrics
    assert shown["forward_deviation"] == pytest.approx(shown["target_deviation"], abs=0.02)
    assert shown["target_deviation"] == pytest.approx(math.sqrt(9.49), abs=1e-3)
    assert shown["reverse_deviation"] == pytest.approx(0.7, abs=0.05)


def test_typed_weights_are_shares_and_the_shorter_list_is_told() -> None:
    assert weights("1, 2 3") == [1, 2, 3]
    p, q, notices = pair("1 1", "1, 1, 2")
    assert p.tolist() == [0.5, 0.5, 0]
    assert q.tolist() == [0.25, 0.25, 0.5]
    assert len(notices) == 1
    for wrong in ("1", "0, 0", "1, -1", "a b", "1 2 3 4 5 6 7 8 9", "nan, 1", "1e9 1"):
        with pytest.raises(ValueError, match="numbers"):
            weights(wrong)
