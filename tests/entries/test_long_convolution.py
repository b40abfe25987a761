"""What the page on Hyena says beyond its claims."""

import pytest

from app.experiments.statespace.long_convolution.run import HyenaControls, measure, run
from models.parameter_count import parameter_count
from models.training.hyena_pairs import pretrained


@pytest.mark.parametrize("padding", ["as trained", "twice as much"])
def test_it_convolves_as_the_direct_sum_and_sees_no_future(padding):
    result = run(HyenaControls(padding=padding), "cpu")
    assert measure(result)["fft_less_direct"] < 1e-4
    assert result.moved[:16].max() < 1e-4 < result.moved[16:].max()


def test_a_circular_one_sees_the_future():
    found = measure(run(HyenaControls(trained="circular"), "cpu"))
    assert found["change_of_earlier_predictions"] > 0.5


def test_gates_cost_no_weights():
    assert parameter_count(pretrained("padded", 0)) == parameter_count(pretrained("ungated", 0))
