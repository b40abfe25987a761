"""What the page of liquid networks says beyond its claims."""

import numpy as np
import pytest
import torch

from models.continuous.liquid import LiquidCells, start, time_constant
from models.data.changing_pace import NOISE, RATES, best_possible, paced
from models.seeding import generator, normal
from models.training.changing_pace import LENGTH, error, pretrained
from tests.entries.evidence import runs_of

shown = runs_of("liquid-neural-network")


def test_a_held_input_brings_a_cell_closer_with_its_time_constant() -> None:
    cells = start(LiquidCells(2, 1, unfolds=400), generator(0))
    cells.from_cells.w_raw.data[:] = -100.0  # no cell acts on itself: the rate stands still
    x, v = normal(1, 2, seed=1), torch.zeros(1, 1)
    end, tau = cells.step(x, v, torch.tensor([[40.0]]))
    later, _ = cells.step(x, v, tau)
    assert ((end - later) / (end - v)).item() == pytest.approx(np.exp(-1), abs=0.01)
    opened = cells.from_input(x)
    assert time_constant(opened, cells.c, cells.leak).item() == pytest.approx(tau.item())


def test_no_estimate_is_better_than_the_best_possible() -> None:
    errors = shown().figures["errors"].plot.data[0].x
    assert min(errors) == errors[-1] == pytest.approx(shown().metrics["best_possible_squared_error"])


@pytest.mark.parametrize("training", range(5))
def test_a_gru_that_is_given_the_gaps_has_a_smaller_error(training: int) -> None:
    data = paced(192, LENGTH, generator(100))
    assert error(pretrained("gru", training), data) < error(pretrained("liquid", training), data)


def test_the_best_possible_estimate_by_hand() -> None:
    data = paced(3, 2, generator(0))
    seen = (data.x[..., 0] - 0.5) * 5
    first = seen[:, 0] / (1 + NOISE**2)
    torch.testing.assert_close(best_possible(data)[:, 0], first)
    rate = torch.where(data.busy[:, 1] > 0, RATES[1], RATES[0])
    kept = torch.exp(-rate * data.elapsed[:, 1])
    variance = kept**2 * NOISE**2 / (1 + NOISE**2) + 1 - kept**2
    expected = kept * first + variance / (variance + NOISE**2) * (seen[:, 1] - kept * first)
    torch.testing.assert_close(best_possible(data)[:, 1], expected)


def test_leaky_cells_keep_their_time_constants() -> None:
    data = paced(4, 6, generator(1))
    taus = pretrained("leaky", 0)(data.x, data.elapsed)[1].time_constants
    assert torch.equal(taus, taus[:1, :1].expand_as(taus))


def test_the_flag_changes_neither_the_quantity_nor_its_measurements() -> None:
    one, other = paced(4, 6, generator(2)), paced(4, 6, generator(2), "inverted")
    assert torch.equal(one.y, other.y)
    assert torch.equal(one.x[..., 0], other.x[..., 0])
    assert torch.equal(one.x[..., 1], 1 - other.x[..., 1])


def test_states_that_swing_apart_give_a_finite_page() -> None:
    run = shown(solver="explicit Euler")
    assert not any("nan" in figure.text.split() for figure in run.figures.values())
    assert run.metrics["outside_percent"] > 1
    assert np.isfinite(run.metrics["largest_state_over_potential"])
