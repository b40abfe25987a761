"""Self-organizing maps: lattices and values by hand, and what must hold of an update and of the two errors."""

import math

import torch

from models.competitive import self_organizing_map
from models.competitive.self_organizing_map import (
    Schedule,
    SelfOrganizingMap,
    centres,
    chain_distances,
    crossing_lines,
    falling,
    grid_distances,
    idle_units,
    moved,
    nearest_unit,
    neighbourhood,
    quantisation_error,
    topographic_error,
    torus_distances,
)
from models.data import plane_shapes
from models.data.plane_shapes import HOLE, ring_points, square_points
from models.seeding import generator
from tests.shape_comments import shapes_checked


def test_lattices_by_hand() -> None:
    assert grid_distances(2, 3)[0].tolist() == [0, 1, 4, 1, 2, 5]
    assert torus_distances(2, 3)[0].tolist() == [0, 1, 1, 1, 2, 2]
    assert chain_distances(5)[0].tolist() == [0, 1, 4, 4, 1]


def test_an_update_by_hand() -> None:
    w = torch.tensor([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    x = torch.tensor([1.2, 1.0])
    c = nearest_unit(w, x)
    assert c == 1
    h = neighbourhood(grid_distances(1, 3)[c], 1.0)
    assert torch.allclose(h, torch.tensor([math.exp(-0.5), 1, math.exp(-0.5)]).double())
    after = moved(w.double(), x.double(), h, 0.5)
    assert torch.allclose(after[1], torch.tensor([1.1, 0.5]).double())
    assert torch.allclose(after[0], 0.5 * math.exp(-0.5) * x.double())


def test_radius_and_rate_fall_by_equal_ratios() -> None:
    values = [falling(4.0, 0.5, t, 4) for t in range(4)]
    assert all(math.isclose(value, expected) for value, expected in zip(values, [4, 2, 1, 0.5], strict=True))


def test_a_tiny_radius_is_online_k_means_and_a_huge_one_moves_all_alike() -> None:
    w, x = torch.rand(6, 2, generator=generator(0)).double(), torch.tensor([[0.3, 0.7], [0.2, 0.1]]).double()
    alone, _ = SelfOrganizingMap(w, grid_distances(2, 3), Schedule((1e-3, 1e-3), (0.5, 0.5)))(x, 1)
    assert (alone != w).any(-1).sum() <= 2
    together, _ = SelfOrganizingMap(w, grid_distances(2, 3), Schedule((1e4, 1e4), (1.0, 1.0)))(x, 1)
    assert torch.allclose(together, x[-1].expand(6, 2))


def test_the_trace_keeps_the_start_every_so_many_updates_and_the_winners() -> None:
    start = torch.rand(4, 2, generator=generator(1)).double()
    points = square_points(9, generator(2)).double()
    model = SelfOrganizingMap(start, grid_distances(2, 2), Schedule((1.0, 0.5), (0.5, 0.1)))
    end, trace = model(points, 3)
    assert trace.weights.shape == (4, 4, 2)
    assert torch.equal(trace.weights[0], start)
    assert torch.equal(trace.weights[-1], end)
    assert trace.winners[0] == nearest_unit(start, points[0])


def test_both_errors_of_a_net_in_order_and_of_one_with_two_units_exchanged() -> None:
    w = torch.cartesian_prod(torch.arange(4.0), torch.arange(4.0)).double()
    points = 3 * torch.rand(500, 2, generator=generator(0)).double()
    lattice = grid_distances(4, 4)
    assert topographic_error(w, points, lattice) == 0
    swapped = w.clone()
    swapped[[0, 15]] = w[[15, 0]]
    assert topographic_error(swapped, points, lattice) > 0.05
    assert torch.allclose(quantisation_error(swapped, points), quantisation_error(w, points))  # it notices no order
    assert idle_units(torch.cat([w, torch.full((1, 2), 99.0).double()]), points).nonzero().tolist() == [[16]]


def test_lines_of_a_net_in_order_do_not_cross_and_of_a_folded_one_do() -> None:
    w, lattice = torch.cartesian_prod(torch.arange(3.0), torch.arange(3.0)).double(), grid_distances(3, 3)
    edges = torch.nonzero((lattice == 1).triu())
    assert len(edges) == 12
    assert crossing_lines(w, edges) == 0
    square = torch.tensor([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert crossing_lines(square, torch.tensor([[0, 1], [2, 3], [0, 3]])) == 1  # the diagonals


def test_k_means_lowers_its_scatter_and_keeps_a_centre_without_points() -> None:
    points = square_points(300, generator(0)).double()
    start = torch.cat([points[:5], torch.full((1, 2), 50.0).double()])
    found = [quantisation_error(centres(points, start, rounds), points).item() for rounds in (0, 20)]
    assert found[1] < found[0]
    assert centres(points, start, 3)[-1].tolist() == [50.0, 50.0]


def test_the_ring_has_a_hole_and_is_even() -> None:
    radius = ring_points(20000, generator(0)).square().sum(-1).sqrt()
    assert radius.min() >= HOLE - 1e-6
    assert radius.max() <= 1 + 1e-6
    half = math.sqrt((HOLE**2 + 1) / 2)
    assert abs((radius < half).float().mean() - 0.5) < 0.02


def test_shape_comments() -> None:
    with shapes_checked(plane_shapes, P=11) as watch:
        ring_points(11, generator(0))
        assert plane_shapes.colours(11, generator(0)).shape == (11, 3)
    assert watch.reached
    assert not watch.unreached()
    points = square_points(12, generator(0)).double()
    with shapes_checked(self_organizing_map, U=6, D=2, P=12, E=7) as watch:
        lattice = grid_distances(2, 3)
        torus_distances(2, 3)
        w, _ = SelfOrganizingMap(points[:6], lattice, Schedule((1.0, 0.5), (0.5, 0.1)))(points, 3)
        topographic_error(w, points, lattice)
        centres(points, w, 2)
        crossing_lines(w, torch.nonzero((lattice == 1).triu()))
    assert watch.reached
    assert not watch.unreached()
