"""Solvers and the adjoint against torchdiffeq, liquid and closed-form cells against ncps, with re-drawn weights."""

import pytest
import torch
import torchdiffeq
from ncps.torch.cfc_cell import CfCCell
from ncps.torch.ltc_cell import LTCCell
from ncps.wirings import NCP, FullyConnected

from models.continuous import adjoint, cfc, liquid, neural_ode, solvers, wiring
from models.seeding import generator, normal, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity

P, M, N, D, B, T = 7, 9, 3, 5, 4, 6


def field() -> neural_ode.ODEField:
    made = seeded(lambda: neural_ode.ODEField(2, M), 0).double()
    redraw(made, 1)
    return made


def test_euler_and_the_adaptive_solver() -> None:
    f, z, times = field(), normal(P, 2, seed=2).double(), torch.linspace(0, 1, 12).double()
    with torch.no_grad():
        theirs = torchdiffeq.odeint(lambda t, z: f(z), z, times, method="euler")
        torch.testing.assert_close(solvers.fixed(f, z, "Euler", 11).states, theirs)
        exact = torchdiffeq.odeint(lambda t, z: f(z), z, times[[0, -1]], method="dopri5", rtol=1e-11, atol=1e-11)[-1]
        torch.testing.assert_close(solvers.adaptive(f, z, 1e-9).states[-1], exact, rtol=1e-6, atol=1e-7)
        torch.testing.assert_close(solvers.fixed(f, z, "Runge–Kutta 4", 200).states[-1], exact, rtol=1e-6, atol=1e-7)
        assert (solvers.fixed(lambda z: f(z) + 0.01, z, "Euler", 11).states - theirs).abs().max() > 1e-3


def test_gradients_of_the_adjoint_method() -> None:
    f, z = field(), normal(P, 2, seed=3).double()
    times = torch.tensor([0.0, 1.0]).double()

    class Timed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.f = f

        def forward(self, t: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
            return self.f(z)

    end = torchdiffeq.odeint_adjoint(Timed(), z, times, rtol=1e-9, atol=1e-9)[-1]
    theirs = torch.cat([part.flatten() for part in torch.autograd.grad(end.square().sum(), list(f.parameters()))])
    ours = adjoint.adjoint(f, end.detach(), 2 * end.detach(), 1e-9)
    torch.testing.assert_close(ours.gradient, theirs, rtol=1e-5, atol=1e-5)
    wrong = adjoint.adjoint(f, end.detach(), 2.02 * end.detach(), 1e-9)
    assert (wrong.gradient - theirs).norm() > 5e-3 * theirs.norm()


def liquid_pair() -> tuple[liquid.LiquidCells, LTCCell]:
    theirs = LTCCell(FullyConnected(D), N, input_mapping=None, output_mapping=None, implicit_param_constraints=True)
    draws = generator(4)
    for name, weight in theirs.named_parameters():
        if "mask" not in name:
            weight.data = torch.randn(weight.shape, generator=draws)
    theirs.sparsity_mask.data[1, 2] = 0
    ours = seeded(lambda: liquid.LiquidCells(N, D), 0)
    for own, prefix in ((ours.from_input, "sensory_"), (ours.from_cells, "")):
        given = lambda name, prefix=prefix: getattr(theirs, prefix + name).data
        own.w_raw.data = torch.where(given("sparsity_mask") > 0, given("w"), liquid.ABSENT)
        own.mu.data, own.sigma.data, own.E.data = given("mu"), given("sigma"), given("erev")
    ours.c_raw.data, ours.leak_raw.data, ours.rest.data = theirs.cm.data, theirs.gleak.data, theirs.vleak.data
    return ours.double(), theirs.double()


def test_liquid_cells() -> None:
    ours, theirs = liquid_pair()
    x, elapsed = normal(B, T, N, seed=5).double(), 0.2 + normal(B, T, seed=6).double().abs()
    v, expected = torch.zeros(B, D).double(), []
    for t in range(T):
        _, v = theirs(x[:, t], v, elapsed[:, t, None])
        expected.append(v)
    with torch.no_grad():
        states, _ = ours(x, elapsed)
        torch.testing.assert_close(states, torch.stack(expected, 1), rtol=1e-6, atol=1e-6)
        ours.from_cells.w_raw.data[1, 2] = 0.0
        assert (ours(x, elapsed)[0] - torch.stack(expected, 1)).abs().max() > 1e-4


def test_closed_form_cells() -> None:
    theirs = CfCCell(N, D, backbone_units=M).double()
    ours = seeded(lambda: cfc.CfC(N, D, M), 0).double()
    redraw(theirs, 7)
    for own, their in zip(
        (ours.backbone, ours.g, ours.h, ours.fa, ours.fb),
        (theirs.backbone[0], theirs.ff1, theirs.ff2, theirs.time_a, theirs.time_b),
    ):
        own.load_state_dict(their.state_dict())
    u, t = normal(B, T, N, seed=8).double(), 0.2 + normal(B, T, seed=9).double().abs()
    x, expected = torch.zeros(B, D).double(), []
    for step in range(T):
        _, x = theirs(u[:, step], x, t[:, step, None])
        expected.append(x)
    torch.testing.assert_close(ours(u, t)[0], torch.stack(expected, 1))
    assert (ours(u, 1.1 * t)[0] - torch.stack(expected, 1)).abs().max() > 1e-3


def test_a_circuit_has_as_many_synapses_as_theirs() -> None:
    theirs = NCP(12, 6, 1, sensory_fanout=4, inter_fanout=3, recurrent_command_synapses=0, motor_fanin=6)
    theirs.build(12)
    ours = wiring.circuit_policy(
        12, 12, 6, 1, sensory_fan_out=4, inter_fan_out=3, recurrent=0, motor_fan_in=6, draws=generator(0)
    )
    inner = int((theirs.adjacency_matrix != 0).sum())
    assert abs(int((ours.from_cells != 0).sum()) - inner) <= 6  # targets that none reached get some in addition
    assert (theirs.adjacency_matrix[1:7, 0] != 0).sum() == (ours.from_cells[12:18, 18] != 0).sum()
