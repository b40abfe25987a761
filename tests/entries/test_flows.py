"""What the pages of neural ODEs and of the adjoint method say beyond their claims."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from app.claims import check
from app.experiments.energy.backward_solve.gradients import problem, solve
from app.experiments.energy.flows.readings import points_of
from glossary import reader
from models.continuous.solvers import adaptive, fixed
from models.training.plane_flows import pretrained
from tests.entries.evidence import runs_of

flow = runs_of("neural-ode")
back = runs_of("adjoint-method")


def test_the_marked_solver_is_the_one_of_the_training() -> None:
    run = flow(trained="plane, Euler, 2 steps")
    line = next(trace for trace in run.figures["solvers"].plot.data if trace.name == "Euler")
    at = list(np.asarray(line.x)).index(2)
    assert 100 * line.y[at] == pytest.approx(run.metrics["accuracy_as_trained_percent"], abs=1e-3)


def test_paths_end_where_the_model_reads() -> None:
    run = flow(read="adaptive", tolerance=4)
    model = pretrained("fine", 0)
    with torch.no_grad():
        end = torch.cat(
            [torch.as_tensor(np.stack([t.x, t.y], -1)) for t in run.figures["paths"].plot.data[2::2]]
        ).float()
        assert (model.out(end).argmax(-1) == torch.tensor([0] * 22 + [1] * 22)).float().mean() > 0.9


def test_a_field_never_turns_the_plane_over_and_two_steps_do() -> None:
    assert flow().metrics["folded_percent"] == 0
    assert "One step folds the plane" in flow(trained="plane, Euler, 2 steps").figures["paths"].text
    assert "No step" in flow().figures["paths"].text


def test_the_added_dimension_is_drawn_upwards() -> None:
    run = flow(trained="plane + 1 dimension, Runge–Kutta, 8 steps")
    assert run.figures["paths"].plot.layout.yaxis.title.text == "added dimension"
    assert np.max(run.figures["paths"].plot.frames[0]._props["data"][0]["y"]) == 0  # where all begin


def test_evaluations_are_counted() -> None:
    asked = 0
    field = pretrained("fine", 0).field

    def counted(z: torch.Tensor) -> torch.Tensor:
        nonlocal asked
        asked += 1
        return field(z)

    with torch.no_grad():
        assert adaptive(counted, torch.zeros(2, 2), 1e-4).evaluations == asked
        asked = 0
        assert fixed(counted, torch.zeros(2, 2), "Runge–Kutta 4", 7).evaluations == asked == 28


def test_bytes_grow_for_backpropagation_only() -> None:
    loose, strict = back(tolerance=3).metrics, back(tolerance=7).metrics
    assert strict["backpropagation_kilobytes"] > 2 * loose["backpropagation_kilobytes"]
    assert strict["adjoint_kilobytes"] == loose["adjoint_kilobytes"] == 32 * 2 * 8 / 1000
    assert back(stored=4).metrics["adjoint_kilobytes"] == pytest.approx(5 * 0.512)


def test_errors_fall_with_the_tolerance() -> None:
    for name in ("by the weights", "by the inputs"):
        line = next(trace for trace in back().figures["errors"].plot.data if trace.name == name)
        assert line.y[-1] < 0.01 * line.y[0]


def test_under_contraction_the_adjoint_shrinks_on_its_way_back() -> None:
    for contraction, low, high in ((0.0, 0.01, 100.0), (10.0, 0.0, 0.01)):
        found = solve(5, contraction, 0, "recomputed backwards", 0).backward
        given = problem(contraction, 0)
        end = found.states[0].clone().requires_grad_()
        (a,) = torch.autograd.grad(cross_entropy(given.model.out(end), given.labels), end)
        assert low < (found.of_start.norm() / a.norm()).item() < high


def test_contraction_spoils_starts_and_inputs_not_weights() -> None:
    metrics = back(contraction=10).metrics
    assert metrics["start_drift_percent"] > 100 * back().metrics["start_drift_percent"]
    assert metrics["weight_gradient_error_percent"] < 0.5


@pytest.mark.parametrize("training", range(5))
def test_a_trained_field_bends_paths_more_sharply(training: int) -> None:
    def turned(snapshot: int) -> float:
        """Radians by which a path's direction turns from start to end, mean of the points."""
        with torch.no_grad():
            path = fixed(pretrained("fine", training, snapshot).field, points_of(0).points, "Runge–Kutta 4", 64)
        steps = path.states.diff(dim=0)
        return torch.cosine_similarity(steps[1:], steps[:-1], dim=-1).clamp(-1, 1).arccos().sum(0).mean().item()

    assert turned(-1) > 3 * turned(0)


def test_what_is_said_of_one_tolerance_is_not_judged_at_another() -> None:
    entry = reader.entries()["adjoint-method"]
    for tolerance, verdict in ((5, "held"), (3, "does not apply")):
        assert {one.verdict for one in check(entry, back(tolerance=tolerance).metrics)} == {verdict}
