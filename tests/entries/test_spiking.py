"""What the pages on spiking neurons say beyond their claims."""

import pytest

from app.experiments.spiking.membrane.run import MembraneControls, run
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
