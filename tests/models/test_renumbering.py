"""New numbers for tokens: rows that move along give the same vectors."""

import pytest
import torch

from models.seeding import generator, normal
from models.tokenization import renumbering
from models.tokenization.renumbering import exchanged, lookup, ordered_share, renumbered, rows_moved
from tests.shape_comments import shapes_checked

V, D = 11, 3


def test_rows_that_move_along_are_found_again():
    E, x = normal(V, D, seed=0), torch.tensor([[0, 3, 3, 10]])
    pi = exchanged(V, torch.arange(V), generator(1))
    torch.testing.assert_close(lookup(rows_moved(E, pi), renumbered(x, pi)), lookup(E, x))
    assert not torch.equal(lookup(E, renumbered(x, pi)), lookup(E, x))


def test_only_the_named_ids_move_and_each_of_them_does():
    some = torch.tensor([2, 5, 7])
    for seed in range(20):
        pi = exchanged(V, some, generator(seed))
        assert sorted(pi.tolist()) == list(range(V))
        moved = (pi != torch.arange(V)).nonzero()[:, 0]
        assert moved.tolist() == some.tolist()


def test_moved_rows_by_hand():
    E = torch.tensor([[1.0], [2.0], [3.0]])
    assert rows_moved(E, torch.tensor([2, 0, 1]))[:, 0].tolist() == [2.0, 3.0, 1.0]


def test_the_share_of_ordered_pairs_by_hand():
    assert ordered_share(torch.tensor([1.0, 2.0]), torch.tensor([2.0, 3.0])) == pytest.approx(3.5 / 4)
    same = normal(50, seed=0)
    assert ordered_share(same, same) == pytest.approx(0.5)


def test_a_row_has_gradient_only_where_its_id_occurs():
    E = normal(V, D, seed=0).requires_grad_()
    lookup(E, torch.tensor([[1, 4, 4]])).sum().backward()
    assert E.grad[:, 0].tolist() == [0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0]


def test_shape_comments():
    with shapes_checked(renumbering, V=V, D=D, N=4) as watch:
        pi = exchanged(V, torch.tensor([1, 2, 3, 9]), generator(0))
        rows_moved(normal(V, D, seed=0), pi)
    assert watch.reached
    assert not watch.unreached()
