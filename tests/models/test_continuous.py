"""Solvers, fields, the adjoint, liquid cells and closed forms against values worked out by hand and invariants."""

import math

import pytest
import torch

from models.continuous import adjoint, cfc, liquid, liquid_reader, neural_ode, relaxation, solvers, wiring
from models.seeding import generator, normal, seeded


def drawn(cells: liquid.LiquidCells, seed: int = 0) -> liquid.LiquidCells:
    return liquid.start(cells, generator(seed))


def test_one_step_by_hand():
    slope, z = (lambda z: -2 * z), torch.tensor([1.0], dtype=torch.double)
    assert solvers.euler_step(slope, z, 0.25).item() == 0.5
    x = -2 * 0.25
    assert solvers.runge_kutta_step(slope, z, 0.25).item() == pytest.approx(1 + x + x**2 / 2 + x**3 / 6 + x**4 / 24)


@pytest.mark.parametrize(("method", "order"), [("Euler", 1), ("Runge–Kutta 4", 4)])
def test_half_the_step_divides_the_error_by_two_to_the_order(method, order):
    slope, z = (lambda z: torch.sin(z) + 0.5), torch.tensor([0.3], dtype=torch.double)
    exact = solvers.fixed(slope, z, "Runge–Kutta 4", 400).states[-1]
    errors = [(solvers.fixed(slope, z, method, steps).states[-1] - exact).abs().item() for steps in (8, 16)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)


def test_the_adaptive_solver_keeps_its_tolerance_and_goes_backwards():
    slope, z = (lambda z: torch.stack([z[1], -z[0]])), torch.tensor([1.0, 0.0], dtype=torch.double)
    found = solvers.adaptive(slope, z, 1e-8, 0.0, 3.0)
    assert found.states[-1].tolist() == pytest.approx([math.cos(3), -math.sin(3)], abs=1e-6)
    assert solvers.adaptive(slope, found.states[-1], 1e-8, 3.0, 0.0).states[-1].tolist() == pytest.approx(
        [1, 0], abs=1e-6
    )
    assert found.evaluations > solvers.adaptive(slope, z, 1e-3, 0.0, 3.0).evaluations


def test_a_field_that_explodes_ends_as_not_a_number():
    found = solvers.adaptive(lambda z: z**2, torch.tensor([4.0]), 1e-6)
    assert found.states[-1].isnan().all()
    assert found.times[-1] == 1


def test_a_residual_network_is_euler():
    model = seeded(lambda: neural_ode.NeuralODE(5, method="Euler", steps=3), 1)
    z = x = normal(4, 2, seed=0)
    for _ in range(3):
        z = z + model.field(z) / 3
    torch.testing.assert_close(model(x)[0], model.out(z))


def test_a_held_dimension_stays_and_a_fold_is_a_negative_determinant():
    model = seeded(lambda: neural_ode.NeuralODE(5, added=1, held=1), 2)
    assert model(normal(6, 2, seed=0))[1].path.states[..., 2].abs().max() == 0
    W1, W2 = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[-3.0, 0.0], [0.0, 1.0]])
    folds = neural_ode.folds(torch.zeros(1, 2), 0.5, W1, torch.zeros(2), W2)
    assert folds.item() == pytest.approx((1 - 1.5) * (1 + 0.5))


def test_the_adjoint_is_the_gradient():
    field = seeded(lambda: neural_ode.ODEField(2, 6), 3).double()
    z = normal(5, 2, seed=4).double()
    path = solvers.fixed(field, z, "Runge–Kutta 4", 60)
    expected = torch.autograd.grad(path.states[-1].square().sum(), list(field.parameters()))
    end = path.states[-1].detach()
    found = adjoint.adjoint(field, end, 2 * end, 1e-9)
    torch.testing.assert_close(found.gradient, torch.cat([part.flatten() for part in expected]), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(found.start, z, rtol=0, atol=1e-6)


def test_stored_states_replace_recomputed_ones():
    field = adjoint.Contracted(seeded(lambda: neural_ode.ODEField(2, 6), 3).double(), 10.0)
    z = normal(5, 2, seed=4).double()
    with torch.no_grad():
        path = solvers.adaptive(field, z, 1e-5)
    stored = [(path.times[place].item(), path.states[place]) for place in range(1, len(path.times) - 1)]
    drift = [
        (adjoint.adjoint(field, path.states[-1], path.states[-1], 1e-5, kept).start - z).norm() for kept in ((), stored)
    ]
    assert drift[1] < drift[0] / 100


def test_a_step_of_a_liquid_cell_by_hand():
    v, open_ = torch.tensor([[0.5]]), torch.tensor([[[1.0], [2.0]]])
    E, c, leak, rest = torch.tensor([[1.0], [-1.0]]), torch.tensor([0.5]), torch.tensor([0.25]), torch.tensor([0.2])
    given = (v, torch.tensor([[0.1]]), open_, E, c, leak, rest)
    assert liquid.fused_step(*given).item() == pytest.approx((5 * 0.5 + 0.05 + 1 - 2) / (5 + 0.25 + 3))
    assert liquid.euler_step(*given).item() == pytest.approx(0.5 + 0.2 * (0.25 * (0.2 - 0.5) + 0.5 - 2 * 1.5), abs=1e-6)
    assert liquid_reader.leaky_step(*given).item() == pytest.approx((2.5 + 0.05 + 1 - 2) / 5.25)
    assert liquid.time_constant(open_, c, leak).item() == pytest.approx(0.5 / 3.25)
    assert liquid.conductances(v, torch.tensor([[2.0]]), torch.tensor([[0.5]]), torch.tensor([[3.0]])).item() == 1.0


def test_both_solvers_come_to_the_same_with_many_steps():
    x, elapsed = normal(3, 5, 2, seed=0), torch.full((3, 5), 0.3)
    found = [
        drawn(liquid.LiquidCells(2, 4, unfolds=200, solver=solver))(x, elapsed)[0]
        for solver in ("fused", "explicit Euler")
    ]
    torch.testing.assert_close(*found, atol=0.02, rtol=0)


def test_states_stay_between_the_potentials():
    cells = drawn(liquid.LiquidCells(2, 4, unfolds=1))
    states, _ = cells(100 * normal(3, 9, 2, seed=1), torch.full((3, 9), 50.0))
    assert states.abs().max() <= 1 + 1e-6
    wild = drawn(liquid.LiquidCells(2, 4, unfolds=1, solver="explicit Euler"))
    assert wild(100 * normal(3, 9, 2, seed=1), torch.full((3, 9), 50.0))[0].abs().max() > 10


def test_a_missing_synapse_conducts_nothing_and_a_cell_unheard_acts_on_none():
    cells = drawn(liquid.LiquidCells(2, 4))
    cells.from_cells.w_raw.data[1] = liquid.ABSENT
    v = normal(3, 4, seed=0)
    assert cells.from_cells(v)[:, 1].abs().max() < 1e-40
    heard = torch.ones(3, 4)
    heard[:, 1] = 0
    whole = drawn(liquid.LiquidCells(2, 4)).step(normal(3, 2, seed=1), v, torch.ones(3, 1), heard)
    torch.testing.assert_close(cells.step(normal(3, 2, seed=1), v, torch.ones(3, 1)), whole)


def test_the_closed_form_is_exact_for_a_held_input():
    x, u, w, A = torch.tensor(0.9, dtype=torch.double), torch.tensor(0.3, dtype=torch.double), 0.4, -0.7
    exact = solvers.fixed(lambda x: cfc.liquid_slope(x, u, w, A), x, "Runge–Kutta 4", 200, 0.0, 1.7).states[-1]
    torch.testing.assert_close(cfc.held_input(x, u, 1.7, w, A), exact)
    many = cfc.fused_substeps(x, lambda t: u, torch.tensor(0.0), 1.7, w, A, 4000)
    torch.testing.assert_close(many, exact, atol=1e-3, rtol=0)
    assert cfc.settling_at_a(x, u, 1e3, w, A).item() == pytest.approx(A)
    assert cfc.held_input(x, u, 1e3, w, A).item() == pytest.approx(
        A * cfc.opening(u).item() / (w + cfc.opening(u).item())
    )


def test_a_circuit_has_the_synapses_that_were_asked_for():
    made = wiring.circuit_policy(
        6, 12, 6, 1, sensory_fan_out=4, inter_fan_out=3, recurrent=6, motor_fan_in=6, draws=generator(0)
    )
    assert made.from_input[:, 12:].abs().sum() == 0
    assert (made.from_input != 0).any(0)[:12].all()
    assert (made.from_cells[:12, 12:18] != 0).sum(1).tolist() == [3] * 12
    assert (made.from_cells[12:18, 18] != 0).sum() == 6
    assert made.from_cells[18].abs().sum() == 0
    assert wiring.rewired(made, generator(1)).synapses == made.synapses


def test_cells_that_nothing_acts_on_relax_with_their_own_time_constant():
    cells = liquid.start(liquid.LiquidCells(2, 3, unfolds=400), generator(0))
    with torch.no_grad():
        for synapses in (cells.from_input, cells.from_cells):
            synapses.w_raw.fill_(liquid.ABSENT)
        J = relaxation.step_derivative(cells, torch.zeros(1, 2), torch.zeros(1, 3), torch.tensor([0.3]))
        found = relaxation.relaxation_times(J, torch.tensor([0.3]))
        torch.testing.assert_close(found[0], (cells.c / cells.leak).sort(descending=True).values, rtol=2e-3, atol=0)


def test_two_cells_that_feed_each_other_keep_a_deviation_longer_and_one_that_grows_has_no_time():
    J = torch.tensor([[[0.5, 0.3], [0.3, 0.5]], [[1.2, 0.0], [0.0, 0.5]], [[torch.inf, 0.0], [0.0, 0.5]]])
    found = relaxation.relaxation_times(J, torch.ones(3))
    torch.testing.assert_close(found[0], torch.tensor([-1 / math.log(0.8), -1 / math.log(0.2)]))
    assert found[1, 0].isnan()
    assert found[2].isnan().all()
