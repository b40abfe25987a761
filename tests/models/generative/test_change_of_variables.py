"""Densities of mapped points: closed forms, automatic differentiation, exact integrals, and every shape comment."""

import math

import pytest
import torch

from models.generative import change_of_variables as mapped
from models.seeding import normal
from tests.shape_comments import shapes_checked

P = 9


@pytest.mark.parametrize("name", mapped.PLANE_MAPS)
@pytest.mark.parametrize("a", [0.2, 0.7, 1.2])
def test_determinants_equal_those_of_automatic_differentiation(name: str, a: float) -> None:
    given, x = mapped.PLANE_MAPS[name], normal(P, 2, seed=1).double()
    J = mapped.jacobian(lambda x: given.forward(x, a), x)
    torch.testing.assert_close(torch.linalg.slogdet(J).logabsdet, given.log_abs_det(x, a))


@pytest.mark.parametrize("name", mapped.PLANE_MAPS)
def test_branches_undo_the_map(name: str) -> None:
    given, x = mapped.PLANE_MAPS[name], normal(P, 2, seed=2).double()
    y = given.forward(x, 0.7)
    found = torch.stack([inverse(y, 0.7) for inverse in given.branches])  # (branches, P, 2)
    torch.testing.assert_close((found - x).norm(dim=-1).min(0).values, torch.zeros(P).double(), atol=1e-9, rtol=0)


def test_a_stretched_normal_is_the_wider_normal() -> None:
    y = normal(P, 2, seed=3).double()
    found = mapped.mapped_density(y, mapped.STRETCH, math.log(2), 1)
    truth = torch.distributions.Normal(torch.zeros(2).double(), torch.tensor([2.0, 1.0]).double()).log_prob(y).sum(-1)
    torch.testing.assert_close(found, truth.exp())


def test_the_square_of_a_normal_number_is_chi_squared() -> None:
    y = torch.stack([torch.linspace(0.1, 4, P).double(), torch.zeros(P)], -1)
    found = mapped.mapped_density(y, mapped.FOLD, 1.0, 2) * math.sqrt(2 * math.pi)  # the second coordinate is at 0
    truth = torch.distributions.Chi2(torch.tensor(1.0).double()).log_prob(y[:, 0]).exp()
    torch.testing.assert_close(found, truth)
    torch.testing.assert_close(
        2 * mapped.mapped_density(y, mapped.FOLD, 1.0, 1), mapped.mapped_density(y, mapped.FOLD, 1.0, 2)
    )


def test_nothing_lies_beyond_a_fold() -> None:
    assert mapped.mapped_density(torch.tensor([[-1.0, 0.0]]), mapped.FOLD, 1.0, 2).item() == 0


def test_nodes_integrate_a_spike_exactly() -> None:
    at, weights = mapped.nodes(0.0, 4.0, 8)
    torch.testing.assert_close((weights / at.sqrt()).sum(), torch.tensor(4.0).double())
    torch.testing.assert_close(weights.sum(-1), torch.full((8,), 0.5).double())


def test_the_mistake_is_the_density_times_the_squared_determinant() -> None:
    p, log_abs_det = torch.rand(P), normal(P, seed=4)
    torch.testing.assert_close(
        mapped.multiplied(p, log_abs_det), mapped.divided(p, log_abs_det) * (2 * log_abs_det).exp()
    )


def test_areas_of_polygons() -> None:
    assert mapped.polygon_area(torch.tensor([[0.0, 0.0], [2.0, 0.0], [2.0, 3.0], [0.0, 3.0]])).item() == 6
    assert mapped.polygon_area(torch.tensor([[0.0, 0.0], [0.0, 3.0], [4.0, 0.0]])).item() == 6


def test_shape_comments_are_true() -> None:
    with shapes_checked(mapped) as watch:
        mapped.mapped_density(normal(P, 2, seed=0), mapped.FAN, 0.5, 1)
        mapped.jacobian(lambda x: x.square(), normal(P, 2, seed=0))
        mapped.nodes(0.0, 1.0, 5)
        mapped.polygon_area(normal(4, 2, seed=0))
        mapped.chi_square_per_cell(torch.full((3, 3), 7.0), torch.full((3, 3), 6.0))
    assert watch.reached
    assert not watch.unreached()
