"""What the page on SwiGLU says beyond its claims."""

import math

import numpy as np
import torch

from app.experiments.transformers.gated_fits.run import (
    GATED_HIDDEN,
    JOINS,
    PLAIN_HIDDEN,
    FitControls,
    run,
    targets_of,
)
from app.experiments.transformers.recorded_arms import losses, weights
from models.approximation.gated_fits import Fit, GatedFit
from models.layers.swiglu import swish
from models.parameter_count import parameter_count
from models.training.decoder_arms import GATED, LENGTH, PLAIN, PLAN, ROWS
from tests.entries.evidence import runs_of


def test_all_networks_have_57_weights() -> None:
    assert parameter_count(Fit(1, PLAIN_HIDDEN, 0)) == parameter_count(GatedFit(1, GATED_HIDDEN, 0)) == 57


def test_both_functions_are_scaled_to_variance_one() -> None:
    x = torch.rand(500, 2, generator=torch.Generator().manual_seed(0)) * 4 - 2
    (y,) = targets_of(FitControls(), x)
    torch.testing.assert_close(y.std(dim=-1), torch.ones(2, 1))
    assert y.mean(dim=-1).abs().max() < 1e-5


def test_two_gated_neurons_make_a_product() -> None:
    z = torch.linspace(-5, 5, 101)
    torch.testing.assert_close(swish(z) - swish(-z), z)


def test_geglu_leads_on_a_product_at_a_seed_where_its_lead_is_small() -> None:
    measure = runs_of("swiglu").metrics(741711709)
    lead = {joined: measure({"joined": joined})["smooth_gated_over_relu"] for joined in JOINS}
    assert lead["Swish(gate) × value"] < 0.4 < lead["GELU(gate) × value"] < 0.5
    assert lead["Swish(gate) + value"] > 0.7


def test_the_perplexities_of_the_fact_check() -> None:
    assert [round(math.exp(x), 2) for x in (1.636, 1.679)] == [5.13, 5.36]


def test_a_product_without_a_function_is_exact_on_a_product_and_poor_on_a_corner() -> None:
    found = runs_of("swiglu").metrics()({"joined": "gate × value"})
    assert found["smooth_gated_error"] < 1e-6
    assert found["corner_gated_error"] > 0.03


def test_gelu_lies_between_on_the_default_functions() -> None:
    found = runs_of("swiglu").metrics()({})
    assert found["smooth_gated_error"] < found["smooth_gelu_error"] < found["smooth_relu_error"]
    assert found["corner_relu_error"] < found["corner_gelu_error"] < found["corner_gated_error"]


def test_the_first_figure_comes_before_the_training_ends() -> None:
    first = next(run(FitControls(), "cpu"))
    assert first.progress.step == 1


def test_the_recorded_decoders_keep_the_papers_order_within_their_spread() -> None:
    found = runs_of("swiglu").metrics()({})
    assert round(found["language_gain_nats"], 3) == 0.016
    assert 0.8 < found["language_gain_nats"] / found["language_gain_spread_nats"] < 1.2  # about one standard deviation
    last = {arm: losses(arm)[:, -1].mean() for arm in ("relu", "gelu", "swiglu", "geglu")}
    assert last["geglu"] < last["swiglu"] < last["gelu"]
    assert {weights(arm) for arm in last} == {104_688}
    assert (PLAIN.hidden, GATED.hidden, GATED.width, PLAN.steps) == (192, 128, 48, 600)
    assert ROWS * LENGTH == 512


def test_the_band_of_a_layer_holds_its_five_trainings() -> None:
    plot = runs_of("swiglu")().figures["language"].plot
    traces = {trace.name: trace for trace in plot.data}
    assert list(traces)[4:] == ["ReLU", "GELU", "SwiGLU", "GEGLU"]
    ends = losses("swiglu")[:, -1] - losses("gelu")[:, -1].mean()
    band = np.asarray(traces["SwiGLU, band"].y)
    middle = len(band) // 2
    assert np.allclose([band[middle - 1], band[middle]], [ends.min(), ends.max()], atol=1e-5)
    assert abs(traces["GELU"].y).max() < 1e-5
