"""What the page of coupling layers says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.generative.coupling_layer.run import CouplingControls, trips_of
from app.experiments.generative.flow_course import BASES
from models.data.points import moons
from models.generative.coupling import operations_of_determinant
from models.generative.normalizing_flow import drawn_flow, negative_log_likelihood
from models.seeding import generator
from tests.entries.evidence import runs_of

page = runs_of("realnvp")


def test_fixed_halves_are_worse_and_fill_the_space_between_the_arcs() -> None:
    metrics = page().metrics
    assert metrics["fixed_off_data_percent"] > 1.5 * metrics["off_data_percent"]
    assert metrics["fixed_halves_loss_nats"] - metrics["held_out_loss_nats"] == pytest.approx(metrics["gain_nats"])


def test_layers_with_fixed_halves_are_one_layer() -> None:
    flow = drawn_flow([True] * 3, 8, BASES["one normal"], 0)
    for weight in flow.parameters():
        weight.data += 0.5 * torch.randn(weight.shape, generator=generator(1))
    z = torch.tensor([[0.3, -1.0], [0.3, 0.0], [0.3, 1.0]])
    x = flow.generate(z)[-1]
    assert (x[1, 1] - x[0, 1]).item() == pytest.approx((x[2, 1] - x[1, 1]).item(), rel=1e-4)
    assert (x[:, 0] == z[:, 0]).all()


def test_the_jacobian_is_drawn_with_its_triangle() -> None:
    drawn = np.asarray(page().figures["jacobian"].plot.data[0].z, float)
    assert (drawn[:4, :4] == np.eye(4)).all()
    assert (drawn[:4, 4:] == 0).all()
    assert (drawn[4:, 4:] == np.diag(np.diag(drawn[4:, 4:]))).all()
    assert np.count_nonzero(drawn[4:, :4]) == 16
    full = np.asarray(page(reads="both halves").figures["jacobian"].plot.data[0].z, float)
    assert np.count_nonzero(full[4:, 4:]) == 16


def test_operations_are_told() -> None:
    metrics = page(size=16).metrics
    assert (metrics["sum_operations"], metrics["elimination_operations"]) == operations_of_determinant(16) == (7, 1375)


def test_round_trips_grow_with_depth_and_with_the_bound() -> None:
    trips = {bound: trips_of("the half that passes", bound, 8, 0) for bound in ("0.5", "1", "2", "none")}
    for trip in trips.values():
        assert (trip.diff() > 0).all()
    deepest = [trip[-1].item() for trip in trips.values()]
    assert deepest == sorted(deepest)


def test_a_trained_flow_comes_back_also_without_a_bound() -> None:
    flow, draws = drawn_flow([True, False] * 3, 32, BASES["one normal"], 0, c=1e6), generator(1)
    optimizer = torch.optim.Adam(flow.parameters(), 0.01)
    for _ in range(250):
        loss = negative_log_likelihood(flow(moons(128, draws))[0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    x = moons(1000, draws)
    with torch.no_grad():
        back = flow.generate(flow(x)[1].states[-1])[-1]
    assert (back - x).norm(dim=-1).median() < 1e-5


def test_unbounded_chains_give_a_finite_page() -> None:
    run = page(bound="none", depth=32, size=16)
    assert np.isfinite(np.asarray(run.figures["trips"].plot.data[-1].y, float)).all()
    assert CouplingControls().bound == "1"
