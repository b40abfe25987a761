"""What the page on discretisation says beyond its claims."""

import pytest

from app.experiments.statespace.sampling_step.run import StepControls, run, smooth_errors
from tests.entries.evidence import runs_of

MEASURE = runs_of("discretization-zoh").metrics


def test_orders_on_a_smooth_input() -> None:
    order = {rule: MEASURE(0)({"rule": rule})["error_order"] for rule in smooth_errors()}
    assert order.pop("bilinear, both ends") == pytest.approx(2, abs=0.1)
    order.pop("forward Euler")
    assert all(0.9 < value < 1.1 for value in order.values())


@pytest.mark.parametrize("seed", range(5))
def test_the_highest_pitch_is_lost_at_a_quarter_of_the_rate(seed: int) -> None:
    heard = run(StepControls(seed=seed, rate="a quarter"), "cpu").heard
    assert heard[3, 3] < 0.3
    assert heard.diagonal()[:3].min() > 0.8
    assert MEASURE(seed)({"rate": "double"})["accuracy"] > 0.9


def test_euler_diverges_beyond_its_limit() -> None:
    growth = lambda step: MEASURE(0)({"rule": "forward Euler", "step": step})["growth_per_step"]
    assert growth(0.1) < 1 < growth(0.15)


@pytest.mark.parametrize("rule", smooth_errors())
def test_every_rule_and_the_largest_step_are_drawn(rule: str) -> None:
    for between in ("stands still", "goes on smoothly"):
        shown = runs_of("discretization-zoh")(rule=rule, step=1.0, between=between)
        assert set(shown.figures) == {"rates", "heard", "mode"}
