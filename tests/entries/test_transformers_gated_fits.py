"""What the page on SwiGLU says beyond its claims."""

import math

import torch

from app.experiments.transformers.gated_fits.run import (
    GATED_HIDDEN,
    PLAIN_HIDDEN,
    FitControls,
    run,
    targets_of,
)
from models.approximation.gated_fits import Fit, GatedFit
from models.layers.swiglu import swish
from models.parameter_count import parameter_count
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
