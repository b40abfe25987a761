"""What the pages on spiking neurons say beyond their claims."""

import pytest
import torch

from app.experiments.spiking.coded_digits.run import CodedDigitsControls
from app.experiments.spiking.coded_digits.run import run as coded_digits
from app.experiments.spiking.membrane.run import MembraneControls, run
from app.experiments.spiking.repeated_pattern.run import RepeatedPatternControls, answers
from app.experiments.spiking.repeated_pattern.run import run as repeated_pattern
from models.data.repeated_pattern import TAKE_PART
from models.training.repeated_pattern import pretrained as learned_weights
from models.training.spiking_digits import Arm, pretrained
from tests.entries.evidence import runs_of


def test_what_lies_above_the_threshold_is_what_the_hard_reset_loses() -> None:
    measure = runs_of("leaky-integrate-and-fire").metrics()
    assert measure({"reset": "set to zero"})["gap"] > measure({})["gap"]
    assert measure({"reset": "subtract one step late"})["gap"] > measure({"reset": "set to zero"})["gap"]


def test_a_simulation_fires_a_little_less_often_than_the_formula_says() -> None:
    result = run(MembraneControls(step=0.5), "cpu")
    assert (result.rates <= result.formula * 1.0001).all()


@pytest.mark.parametrize("current", [0, 0.5, 0.95])
def test_below_the_threshold_nothing_fires(current) -> None:
    metrics = runs_of("leaky-integrate-and-fire").metrics()({"current": current})
    assert metrics["spikes"] == metrics["formula_per_second"] == 0
    assert metrics["highest_voltage"] <= current


def test_just_above_the_threshold_the_rate_rises_steeply() -> None:
    measure = runs_of("leaky-integrate-and-fire").metrics()
    low, high = (measure({"current": current})["rate_per_second"] for current in (1.05, 1.2))
    assert high > 1.5 * low > 0


def test_shuffling_costs_the_latency_code_far_more_than_the_rate_code() -> None:
    metrics = runs_of("spiking-neural-network").metrics()({})
    assert metrics["lost_by_shuffling_latency"] > 0.15
    assert abs(metrics["lost_by_shuffling_rate"]) < 0.02


def test_the_silhouette_alone_still_names_many_digits() -> None:
    assert runs_of("spiking-neural-network").metrics()({})["accuracy_latency_shuffled"] > 0.6


def test_the_rate_code_causes_several_times_the_operations_of_a_dense_network() -> None:
    metrics = runs_of("spiking-neural-network").metrics()({"code": "rate"})
    assert metrics["operations_over_dense"] > 2
    by_hand = 100 * metrics["input_spikes_per_digit"] + 10 * metrics["hidden_spikes_per_digit"]
    assert metrics["operations_per_digit"] == pytest.approx(by_hand, rel=1e-4)


def test_the_shown_network_is_one_of_the_five_and_its_raster_adds_up_to_its_verdict() -> None:
    result = coded_digits(CodedDigitsControls(seed=8), "cpu")
    assert torch.equal(result.trace.output_spikes[0, 0].sum(0), result.counts)
    assert torch.equal(result.network.first[0], pretrained(Arm()).network.first[3])


def test_three_shapes_end_alike_and_narrow_ones_are_worse_than_any() -> None:
    measure = runs_of("surrogate-gradient").metrics()
    wide = [measure({"bump": bump})["accuracy"] for bump in ("fast sigmoid", "arctan", "triangle")]
    narrow = [measure({"bump": f"narrow {bump}"})["accuracy"] for bump in ("fast sigmoid", "arctan", "triangle")]
    assert max(wide) - min(wide) < 0.04
    assert max(narrow) < min(wide) - 0.03


def test_the_narrow_triangle_does_worse_than_a_hidden_layer_that_never_learns() -> None:
    metrics = runs_of("surrogate-gradient").metrics()({"bump": "narrow triangle"})
    assert metrics["accuracy"] < metrics["accuracy_readout_only"] - 0.05


def test_a_tall_bump_without_gradient_through_the_reset_learns() -> None:
    measure = runs_of("surrogate-gradient").metrics()
    tall = {"bump": "narrow and tall fast sigmoid"}
    assert measure(tall)["accuracy"] > 0.8
    through = measure({**tall, "reset": "gradient"})
    assert through["accuracy"] < 0.4
    assert through["hidden_spikes_per_digit"] < 0.7 * measure(tall)["hidden_spikes_per_digit"]


def test_where_nothing_repeats_no_neuron_becomes_selective() -> None:
    metrics = runs_of("stdp").metrics()({"hears": "never repeated"})
    assert metrics["selective_neurons"] == 0
    assert metrics["silent_neurons"] > 9


def test_after_45_seconds_some_have_lost_it_and_before_learning_none_had_it() -> None:
    measure = runs_of("stdp").metrics()
    assert measure({"seconds": 45})["selective_neurons"] < measure({})["selective_neurons"] - 1
    assert measure({"seconds": 0})["selective_neurons"] == 0


def test_kept_weights_are_those_of_inputs_that_fire_up_to_the_spike() -> None:
    result = repeated_pattern(RepeatedPatternControls(), "cpu")
    weights = result.weights[4]
    latency = result.neurons[result.training].latency
    early = result.fires_in_pattern <= latency + 1
    late = result.fires_in_pattern > latency + 5
    assert weights[early].mean() > 5 * weights[late].mean()
    assert weights[result.fires_in_pattern.isnan()].mean() < 0.5 * weights[early].mean()


def test_those_that_lose_the_pattern_had_reached_its_start_and_strengthened_noise() -> None:
    before, after = answers("repeated", 4, 0), answers("repeated", 9, 0)
    outside = learned_weights("repeated")[9][:, TAKE_PART:].mean(1)
    lost = [r for r in range(12) if before[r].selective and not after[r].selective]
    kept = [r for r in range(12) if before[r].selective and after[r].selective]
    assert max(before[r].latency for r in lost) < min(before[r].latency for r in kept)
    assert outside[lost].min() > outside[kept].max()
