"""What the pages on linear and affine maps say beyond their claims."""

import numpy as np
import pytest
import torch

from app.experiments.foundations.affine_border.run import BorderControls, draw, trained
from app.experiments.foundations.linear_map.run import LinearMapControls, errors, run
from models.seeding import generator
from tests.entries.evidence import runs_of


def test_the_matrix_is_right_on_the_line_through_the_examples_and_wrong_at_the_origin_by_the_offset() -> None:
    result = run(LinearMapControls(offset=0.5), "cpu")
    origin = len(result.grid) // 2
    assert result.grid[origin].abs().max() < 1e-6
    assert errors(result)[origin].item() == pytest.approx(0.5, abs=1e-4)
    assert runs_of("linear-function")(offset=0.5).metrics["error_on_the_line_over_at_the_origin"] < 0.01


def test_examples_ten_degrees_apart_need_more_steps() -> None:
    few, many = (run(LinearMapControls(angle=10, steps=steps), "cpu").grid_error[-1].item() for steps in (100, 500))
    assert many < few / 4


def test_the_grid_is_drawn_where_the_learned_weights_put_it() -> None:
    result = run(LinearMapControls(), "cpu")
    plot = runs_of("linear-function")().figures["grid"].plot
    drawn = next(trace for trace in plot.data if trace.name == "grid, learned")
    corner = (result.weights[-1] @ torch.tensor([-1.0, -1.0])).numpy()
    assert np.allclose([drawn.x[0], drawn.y[0]], corner, atol=1e-5)


def test_both_clusters_have_the_same_spread_in_angle() -> None:
    points = draw("two clusters on a ray", 0, generator(0))
    angle = torch.atan2(points.x[:, 1], points.x[:, 0])
    near, far = angle[points.far == 0].std(), angle[points.far == 1].std()
    assert (near / far).item() == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("layers", [1, 4])
def test_without_an_activation_function_the_ring_stays_at_guessing(layers: int) -> None:
    controls = BorderControls(data="ring around a cluster", layers=layers)
    assert trained(controls, "1 (a bias)").accuracies[-1] < 0.65


def test_every_form_has_the_same_number_of_weights_but_that_without_a_bias() -> None:
    counts = {
        third: sum(weight.numel() for weight in trained(BorderControls(), third).model.W)
        for third in ("1 (a bias)", "the length of x", "nothing")
    }
    assert counts["1 (a bias)"] == counts["the length of x"] == counts["nothing"] + 8
