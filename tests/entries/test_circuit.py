"""What the page of neural circuit policies says beyond its claims."""

import math

import numpy as np
import pytest
import torch

from app.experiments.energy.circuit.figures import middle_of
from app.experiments.energy.circuit.run import SHOWN, CircuitControls, prepared, run, started
from models.data.winding_road import Car, Road, curvature, exact_steering, moved, seen
from models.training.circuit_policies import CELLS, INTER, KINDS, wiring_of
from tests.entries.evidence import runs_of

shown = runs_of("neural-circuit-policy")


def test_every_wiring_has_as_many_synapses_as_its_plan_and_weights_only_there() -> None:
    for training in range(5):
        assert wiring_of("random", training).synapses == wiring_of("circuit", training).synapses
        for kind in KINDS:
            wiring, cells = wiring_of(kind, training), prepared(kind, training).cells
            assert torch.equal(cells.from_input.w_raw > -90, wiring.from_input != 0)
            assert torch.equal(cells.from_cells.w_raw > -90, wiring.from_cells != 0)


def test_in_a_circuit_no_sensor_reaches_the_motor_cell_at_once() -> None:
    assert shown().metrics["sensor_synapses_on_motor"] == 0
    assert sum(int(wiring_of("random", training).from_input[:, -1].count_nonzero()) for training in range(5)) > 0


def test_a_silenced_cell_is_as_good_as_one_whose_synapses_are_cut() -> None:
    policy, (road, car) = prepared("circuit", 1), started(3, 5)
    heard = torch.ones(3, CELLS).double()
    heard[:, 14] = 0
    found = policy.drive(car, road, 12, heard)
    before = policy.cells.from_cells.w_raw.data[14].clone()
    policy.cells.from_cells.w_raw.data[14] = -100.0
    cut = policy.drive(car, road, 12)
    policy.cells.from_cells.w_raw.data[14] = before
    torch.testing.assert_close(found.steered, cut.steered)


@pytest.mark.parametrize("wiring", ["circuit", "another circuit", "random ends"])
def test_every_wiring_keeps_the_lane(wiring: str) -> None:
    assert shown(wiring=wiring).metrics["intact_off_road_percent"] == 0


def test_needed_cells_are_counted_in_all_five_trainings() -> None:
    result, own = run(CircuitControls(seed=3), "cpu"), shown(seed=3).metrics
    assert result.needed_by_training[3] == own["needed_cells"]
    assert own["needed_cells_of_five"] == pytest.approx(sum(result.needed_by_training) / 5)
    assert len(set(result.needed_by_training)) > 1, "trainings differ"


def test_the_exact_controller_keeps_the_lane() -> None:
    road, car = started(8, 3)
    for _ in range(100):
        car = moved(car, road, exact_steering(car, road))
    assert car.e.abs().max() < 0.1


def test_what_is_seen_and_how_the_car_moves_by_hand() -> None:
    straight = Road(torch.zeros(1, 3), torch.ones(1, 3), torch.zeros(1, 3))
    car = Car(torch.zeros(1), torch.tensor([0.5]), torch.tensor([0.1]))
    assert seen(car, straight)[0].tolist() == pytest.approx([-0.5 - 0.1 * a for a in (0, 4, 8, 12, 16, 20)])
    after = moved(car, straight, torch.tensor([0.02]))
    assert [part.item() for part in after] == pytest.approx([1, 0.5 + math.sin(0.1), 0.12])
    bend = Road(torch.tensor([[0.03, 0, 0]]), torch.full((1, 3), 40.0), torch.full((1, 3), math.pi / 2))
    assert curvature(bend, torch.zeros(1)).item() == pytest.approx(0.03)


def test_the_road_that_is_drawn_bends_as_it_is() -> None:
    result = run(CircuitControls(), "cpu")
    car = Car(*(part[:1, SHOWN] for part in result.intact.cars))
    middle = middle_of(result, car)
    turned = np.diff(middle[:, 2])
    at = car.s.item() + np.arange(len(turned)) - 10
    expected = [curvature(result.road, torch.tensor([place])).item() for place in at]
    assert turned[10:] == pytest.approx(expected[10:], abs=1e-9)
    assert np.hypot(*middle[10, :2]) == pytest.approx(abs(car.e.item()), abs=1e-9)


def test_the_bars_name_the_cell_that_is_silenced() -> None:
    run = shown()
    errors = list(run.figures["needs"].plot.data[0].x)
    worst = int(np.argmax(errors))
    name = f"inter {worst + 1}" if worst < INTER else f"command {worst - INTER + 1}"
    assert name in run.figures["offset"].text
