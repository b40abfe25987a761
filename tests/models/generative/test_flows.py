"""Couplings and flows: values by hand, automatic differentiation, inverses, integrals, and every shape comment."""

import pytest
import torch

from models.generative import coupling, normalizing_flow
from models.generative.change_of_variables import jacobian
from models.generative.mixtures import log_density, ring, sample, two_modes
from models.seeding import generator, normal
from tests.shape_comments import check_fields, shapes_checked

P, D, H = 7, 5, 9


def layer(first: bool = True, kind: type[coupling.AffineCoupling] = coupling.AffineCoupling) -> coupling.AffineCoupling:
    made = coupling.drawn_coupling(kind, 2 * (D // 2), H, 1).double()
    made.passes_first = first  # both halves are equally large
    return made


def test_a_coupling_by_hand() -> None:
    b, s, t = torch.tensor([[3.0]]), torch.tensor([[0.5]]).log(), torch.tensor([[4.0]])
    assert coupling.couple(b, s, t).item() == 5.5
    assert coupling.uncouple(torch.tensor([[5.5]]), s, t).item() == pytest.approx(3.0)
    assert coupling.log_det(torch.tensor([[1.0, -3.0]])).item() == -2


@pytest.mark.parametrize("first", [True, False])
def test_one_half_passes_the_other_is_recovered(first: bool) -> None:
    made, x = layer(first), normal(P, 4, seed=2).double()
    y, _ = made(x)
    torch.testing.assert_close(made.halves(y)[0], made.halves(x)[0], atol=0, rtol=0)
    assert (made.halves(y)[1] - made.halves(x)[1]).abs().min() > 1e-4
    torch.testing.assert_close(made.inverse(y), x)


def test_the_log_determinant_is_that_of_the_jacobian_unless_the_layer_reads_what_it_changes() -> None:
    x = normal(P, 4, seed=3).double()
    for kind, equal in ((coupling.AffineCoupling, True), (coupling.CouplingThatReadsAll, False)):
        made = layer(kind=kind)
        J = jacobian(lambda x, made=made: made(x)[0], x)
        difference = (made(x)[1].log_det - torch.linalg.slogdet(J).logabsdet).abs().max()
        assert bool(difference < 1e-9) is equal
        assert bool((J[:, :2, 2:] == 0).all())  # what passes depends on nothing that changes
        assert bool((made.inverse(made(x)[0]) - x).abs().max() < 1e-9) is equal


def test_scales_are_bounded() -> None:
    assert coupling.bounded(torch.tensor([100.0]), 2.0).item() == pytest.approx(2)
    assert coupling.bounded(torch.tensor([0.3]), 1e6).item() == pytest.approx(0.3, rel=1e-5)


def test_operations_of_an_elimination_are_counted() -> None:
    def counted(D: int) -> int:
        """Multiplications and divisions, one pivot after the other, and those of the diagonal."""
        return sum((D - k - 1) + (D - k - 1) ** 2 for k in range(D)) + D - 1

    for size in (2, 4, 8, 16):
        assert coupling.operations_of_determinant(size) == (size // 2 - 1, counted(size))


def test_the_round_trip_of_no_layer_is_exact_and_that_of_some_is_close() -> None:
    x = normal(P, 4, seed=5)
    assert coupling.round_trip([], x).max() == 0
    assert 0 < coupling.round_trip([coupling.drawn_coupling(coupling.AffineCoupling, 4, H, 1)] * 3, x).max() < 1e-4


def test_a_flow_adds_up_its_layers_and_goes_back() -> None:
    flow = normalizing_flow.drawn_flow([True, False, True], H, ring(3), 0).double()
    for weight in flow.parameters():
        weight.data += 0.3 * normal(*weight.shape, seed=4).double()
    flow.base = ring(3)
    x = normal(P, 2, seed=6).double()
    log_p, trace = flow(x)
    J = jacobian(lambda x: flow(x)[1].states[-1], x)
    exact = log_density(flow.base, trace.states[-1]) + torch.linalg.slogdet(J).logabsdet
    torch.testing.assert_close(log_p, exact)
    torch.testing.assert_close(flow.generate(trace.states[-1])[-1], x)
    torch.testing.assert_close(flow.generate(trace.states[-1]), trace.states.flip(0))


def test_a_density_integrates_to_one_whatever_the_weights() -> None:
    flow = normalizing_flow.drawn_flow([True, False], H, two_modes(2.0, deviation=0.5), 0, c=0.5)
    for weight in flow.parameters():
        weight.data += 0.2 * normal(*weight.shape, seed=7)
    middle = -12 + 0.06 * (torch.arange(400) + 0.5)
    plane = torch.cartesian_prod(middle, middle)
    with torch.no_grad():
        assert normalizing_flow.integral(flow(plane)[0], 0.06**2).item() == pytest.approx(1, abs=0.005)


def test_the_excess_over_itself_is_zero() -> None:
    x, _ = sample(ring(3), P, generator(0))
    assert normalizing_flow.excess(log_density(ring(3), x), log_density(ring(3), x)).item() == 0
    assert normalizing_flow.negative_log_likelihood(torch.tensor([-1.0, -3.0])).item() == 2


def test_shape_comments_are_true() -> None:
    with shapes_checked(coupling, normalizing_flow) as watch:
        flow = normalizing_flow.drawn_flow([True, False], H, ring(3), 0)
        _, trace = flow(normal(P, 2, seed=0))
        flow.generate(normal(P, 2, seed=0))
        coupling.round_trip([coupling.drawn_coupling(coupling.AffineCoupling, D, H, 0)], normal(P, D, seed=0))
        made = coupling.drawn_coupling(coupling.CouplingThatReadsAll, D, H, 0)
        made.inverse(made(normal(P, D, seed=0))[0])
    assert check_fields(trace, L=2, P=P, D=2) == 2
    assert check_fields(made(normal(P, D, seed=0))[1], P=P, B=3) == 3
    assert watch.reached
    assert not watch.unreached()
