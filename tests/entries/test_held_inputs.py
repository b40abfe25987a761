"""What the page of closed forms says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.energy.held_inputs.courses import courses, errors, phases
from app.experiments.energy.held_inputs.run import predicted
from models.continuous.cfc import gated_form, held_input, time_gate
from tests.entries.evidence import runs_of

shown = runs_of("closed-form-continuous-depth")


def test_the_solution_of_a_still_input_is_the_closed_form() -> None:
    found = courses(torch.zeros(1, 1).double(), torch.ones(3).double(), "settles at f A / (w + f)", 0.4, 6)
    torch.testing.assert_close(found.closed, found.solution, rtol=0, atol=1e-7)
    expected = held_input(torch.zeros(1, 3).double(), torch.ones(1, 3).double().sin(), 12.0, 0.4, 1.0)
    torch.testing.assert_close(found.solution[-1], expected, rtol=0, atol=1e-7)


def test_both_err_alike_where_they_cross() -> None:
    crossing = shown().metrics["crossing_speed"]
    closed, solver = errors(torch.tensor([crossing]).double(), "settles at f A / (w + f)", 0.4, 6, 0)
    assert closed.item() == pytest.approx(solver.item(), rel=0.01)


def test_the_figure_is_the_courses_of_the_errors() -> None:
    lines = {trace.name: np.asarray(trace.y) for trace in shown(speed=2.0).figures["course"].plot.data}
    found = courses(torch.tensor([[2.0]]).double(), phases(0)[:1], "settles at f A / (w + f)", 0.4, 6)
    np.testing.assert_allclose(lines["closed form"][10::10], found.closed[:, 0, 0], atol=1e-6)
    np.testing.assert_allclose(lines["solution"][10::10], found.solution[:, 0, 0], atol=1e-4)


def test_without_a_crossing_the_page_says_so() -> None:
    run = shown(form="settles at A")
    assert np.isnan(run.metrics["crossing_speed"])
    assert "do not cross" in run.figures["errors"].text


@pytest.mark.parametrize("training", range(5))
def test_cells_that_lose_the_gaps_err_more_than_cells_that_never_knew_them(training: int) -> None:
    lost, never = (predicted(f"closed form, mean gap{when}", training) for when in (" after training", ""))
    assert lost > 1.1 * never


def test_a_gate_by_hand() -> None:
    gate = time_gate(torch.tensor(2.0), torch.tensor(-1.0), torch.tensor(0.5))
    assert gate.item() == 0.5
    assert gated_form(gate, torch.tensor(1.0), torch.tensor(-1.0)).item() == 0
