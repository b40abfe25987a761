"""Every shape comment of the continuous room, of its data and of what it drives on, executed."""

import torch

from models.continuous import (
    adjoint,
    cfc,
    circuit_policy,
    liquid,
    liquid_reader,
    neural_ode,
    relaxation,
    solvers,
    wiring,
)
from models.data import changing_pace, damped_waves, winding_road
from models.seeding import generator, normal, seeded
from models.training import damped_waves as wave_training
from tests.shape_comments import check_fields, shapes_checked

B, T, N, D, M, P, K = 3, 7, 2, 5, 11, 4, 1


def test_shape_comments_of_fields_and_gradients_are_true() -> None:
    model = seeded(lambda: neural_ode.NeuralODE(M, added=1, held=1, steps=6), 0)
    with shapes_checked(neural_ode, P=P, D=3, M=M, S=6) as watch:
        trace = model(normal(P, 2, seed=0))[1]
        first, second = model.field.first, model.field.second
        neural_ode.folds(trace.path.states[0], 0.1, first.weight, first.bias, second.weight)
    assert check_fields(trace, P=P, K=2) == 1
    assert check_fields(trace.path, S=6) == 1
    assert watch.reached
    assert not watch.unreached()
    field = seeded(lambda: neural_ode.ODEField(2, M), 0).double()
    end = normal(P, 2, seed=1).double()
    with shapes_checked(adjoint, solvers, P=P, D=2, W=5 * M + 2) as watch:
        found = adjoint.adjoint(field, end, end, 1e-4)
    assert check_fields(found, P=P, D=2, W=5 * M + 2) == 4
    assert not watch.unreached()


def test_shape_comments_of_liquid_cells_are_true() -> None:
    x, elapsed = normal(B, T, N, seed=0), torch.full((B, T), 0.3)
    with shapes_checked(liquid, liquid_reader, B=B, T=T, D=D) as watch:
        for cells in (liquid.LiquidCells(N, D), liquid.LiquidCells(N, D, solver="explicit Euler")):
            made = liquid.start(cells, generator(0))
            reader = liquid_reader.LiquidReader(made, D, K)
            _, trace = reader(x, elapsed)
            made.step(x[:, 0], torch.zeros(B, D), elapsed[:, :1], torch.ones(B, D))
        leaky = liquid.start(liquid_reader.LeakyCells(N, D), generator(0))
        leaky(x, elapsed)
        seeded(lambda: liquid_reader.GapGRU(N, D, K), 0)(x, elapsed)
    assert check_fields(trace, B=B, T=T, D=D) == 2
    assert not watch.unreached()
    with shapes_checked(relaxation, P=T, D=D) as watch:
        made = liquid.start(liquid.LiquidCells(N, D), generator(0))
        J = relaxation.step_derivative(made, x[0], torch.zeros(T, D), elapsed[0])
        assert relaxation.relaxation_times(J, elapsed[0]).shape == (T, D)
    assert not watch.unreached()


def test_shape_comments_of_closed_forms_are_true() -> None:
    data = damped_waves.waves(B, T, generator(0))
    with shapes_checked(cfc, wave_training.WaveReader.forward, B=B, T=T, D=wave_training.CELLS) as watch:
        _, trace = seeded(wave_training.WaveReader, 0)(data.y, data.until_next)
    assert check_fields(trace, B=B, T=T) == 2
    assert not watch.unreached()


def test_shape_comments_of_data_are_true() -> None:
    with shapes_checked(damped_waves, changing_pace, B=B, T=T) as watch:
        assert check_fields(damped_waves.waves(B, T, generator(0)), B=B, T=T) == 4
        assert check_fields(changing_pace.paced(B, T, generator(0)), B=B, T=T) == 4
        changing_pace.best_possible(changing_pace.paced(B, T, generator(0)))
    assert not watch.unreached()


def test_shape_comments_of_driving_are_true() -> None:
    draws = generator(0)
    made = wiring.circuit_policy(
        6, 4, 3, 1, sensory_fan_out=2, inter_fan_out=2, recurrent=2, motor_fan_in=3, draws=draws
    )  # fmt: skip
    assert check_fields(made, N=6, D=8) == 2
    policy = circuit_policy.wire(seeded(lambda: circuit_policy.CircuitPolicy(8), 0), made, draws)
    with shapes_checked(winding_road, circuit_policy, wiring, B=B, W=3, N=6, D=8) as watch:
        road = winding_road.roads(B, draws)
        car = winding_road.Car(torch.zeros(B), torch.zeros(B), torch.zeros(B))
        drive = policy.drive(car, road, T)
        wiring.rewired(made, draws)
    assert check_fields(road, B=B, W=3) == 3
    assert check_fields(car, B=B) == 3
    assert check_fields(drive, B=B, T=T, D=8) == 3
    assert not watch.unreached()
