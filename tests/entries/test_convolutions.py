"""What the pages of convolutions and small digit networks say beyond their claims."""

import numpy as np
import pytest
import torch

from app.experiments.vision.sheets import sheet
from glossary import reader
from tests.entries.evidence import runs_of


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_the_frames_of_the_window_add_up_to_the_map() -> None:
    figure = runs_of("convolution-2d")().figures["window"]
    drawn = np.asarray(trace(figure, "feature map").z)
    sums = [np.asarray(frame._props["data"][0]["z"]).sum() for frame in figure.plot.frames]
    assert np.allclose(sums, drawn.ravel(), atol=1e-4)
    assert np.abs(drawn).ravel()[figure.start] == np.abs(drawn).max()


def test_the_hover_of_a_map_spells_out_its_sum() -> None:
    figure = runs_of("convolution-2d")().figures["window"]
    told = trace(figure, "feature map").customdata[2][0]
    assert told.endswith("= −3.44")


def test_true_convolution_teaches_the_rotated_kernel() -> None:
    told = runs_of("convolution-2d")(targets="true convolution").metrics
    assert told["largest_error_to_rotated_filter"] < 0.1
    assert told["largest_kernel_error"] > 3


def test_the_classes_of_the_digit_sum_to_one_and_networks_are_of_one_size() -> None:
    shown = runs_of("cnn")()
    assert np.asarray(trace(shown.figures["layers"], "classes").z).sum() == pytest.approx(1, abs=1e-4)
    assert shown.metrics["cnn_parameters"] == pytest.approx(shown.metrics["mlp_parameters"], rel=0.05)
    assert shown.metrics["pixels_that_the_unit_reads"] <= 64


def test_a_unit_reads_only_its_field() -> None:
    figure = runs_of("cnn")().figures["field"]
    field = trace(figure, "field on the gradient")
    gradient = trace(figure, "gradient")
    rows, columns = np.nonzero(np.asarray(gradient.z))
    assert min(field.y) <= rows.min()
    assert rows.max() < max(field.y)
    left = gradient.x0 - 0.5
    assert min(field.x) <= columns.min() + left
    assert columns.max() + left < max(field.x)


def test_two_pixels_are_one_cell_of_the_pooled_image() -> None:
    shown = runs_of("pooling")()
    assert shown.metrics["drawing_changed_by_2_and_a_cell_share"] == 0
    still, two = (
        np.asarray(trace(shown.figures["pooled"], f"pooled {name}").z) for name in ("in place", "moved by 2 pixels")
    )
    assert np.array_equal(still[:, :-1], two[:, 1:])


def test_the_formula_gives_the_size_of_the_run_at_odd_settings() -> None:
    for change in ({"kernel": 4, "padding": 2}, {"stride": 3, "dilation": 2}, {"kernel": 1, "stride": 4}):
        told = runs_of("convolution-output-size")(**change).metrics
        assert told["output_rows"] == told["rows_by_the_formula"]
    assert runs_of("convolution-output-size")(padding=1).metrics["unread_pixels"] == 0


def test_rates_of_two_learn_even_distances_only() -> None:
    figure = runs_of("dilated-convolution")(rates="2, 2, 2").figures["distances"]
    accuracy = np.asarray(trace(figure, "rates 2, 2, 2").y)
    assert accuracy[[2, 4, 6]].min() > 0.9
    assert accuracy[[1, 3, 5, 7, 8]].max() < 0.6


def test_no_rate_reads_beyond_its_field() -> None:
    assert runs_of("dilated-convolution")().metrics["accuracy_at_8"] < 0.6


def test_every_stamp_lies_inside_the_output() -> None:
    for change in ({}, {"kernel": 5, "stride": 3}, {"kernel": 1}):
        figure = runs_of("transposed-convolution")(**change).figures["stamps"]
        output = trace(figure, "output")
        side = np.asarray(output.z).shape[0] * output.dx
        xs = np.array([frame._props["data"][1]["x"] for frame in figure.plot.frames]) - (output.x0 - output.dx / 2)
        assert xs.min() >= -1e-6
        assert xs.max() <= side + 1e-6


def test_no_training_leaves_the_pattern() -> None:
    assert runs_of("transposed-convolution")(steps=0).metrics["unevenness_after_training"] > 0.2


def test_nine_kernels_per_channel_lose_nothing() -> None:
    told = runs_of("depthwise-separable-convolution")(layer="cut from the trained layer", rank=9).metrics
    assert told["accuracy_lost"] == pytest.approx(0, abs=0.01)
    assert told["energy_share"] == pytest.approx(1)


def test_tiles_of_a_sheet_keep_their_numbers() -> None:
    maps = torch.arange(24.0).view(6, 2, 2)
    laid = sheet(maps, 4)
    assert laid.shape == (5, 11)
    assert torch.equal(laid[3:5, 3:5], maps[5])
    assert laid[2].isnan().all()
    assert laid[3:, 6:].isnan().all()


@pytest.mark.parametrize("slug", ["convolution-2d", "cnn", "pooling", "transposed-convolution"])
def test_an_empty_and_a_full_drawing_give_a_page(slug) -> None:
    assert "drawing" in reader.entries()[slug].live.controls
    for drawing in ("0" * 64, "f" * 64):
        for figure in runs_of(slug)(drawing=drawing).figures.values():
            assert figure.plot.data
