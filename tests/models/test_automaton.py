"""Cellular automata: values worked out by hand, what holds for any weights, gradients, and the shape comments."""

from functools import partial

import numpy as np
import pytest
import torch

from models.cellular import automaton, chance
from models.cellular.automaton import Automaton, alive, erased, perceived, seed_cell, step
from models.cellular.chance import mulberry32, taking_part
from models.data import drawn_target
from models.data.drawn_target import SIZE
from models.seeding import generator, normal, seeded
from models.training.beginnings import CHANNELS, Beginnings, error
from models.training.cells import TRAININGS
from tests.shape_comments import check_fields, shapes_checked

close = partial(torch.testing.assert_close, atol=1e-5, rtol=1e-5)
B, T, Y, X, C = 2, 5, 7, 6, 4


def test_slopes_by_hand() -> None:
    ramp = (torch.arange(5.0)[None, :, None, None] * 3 + torch.arange(5.0)[None, None, :, None] * 2).clone()
    z = perceived(ramp)
    close(z[0, 2, 2], torch.tensor([10.0, 2.0, 3.0]))
    assert z[0, 0, 2, 1] == (2 * 4 + 1 * 4) / 8  # beyond the border there is nothing: two of three rows


def test_slopes_equal_a_convolution_with_sobels_kernels() -> None:
    x = normal(B, Y, X, C, seed=0)
    kernel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    for part, weights in ((1, kernel), (2, kernel.T)):
        planes = x.permute(0, 3, 1, 2).reshape(B * C, 1, Y, X)
        expected = torch.nn.functional.conv2d(planes, weights[None, None], padding=1).reshape(B, C, Y, X)
        close(perceived(x)[..., part * C : (part + 1) * C], expected.permute(0, 2, 3, 1))


def test_a_cell_lives_by_its_neighbours_and_only_living_cells_keep_their_numbers() -> None:
    x = torch.zeros(1, 5, 5, 2)
    x[0, 1, 1] = torch.tensor([0.2, 7.0])
    assert alive(x)[0, ..., 0].nonzero().tolist() == [[r, c] for r in range(3) for c in range(3)]
    x[0, 4, 4, 1] = 3.0  # a number without life
    after = step(x, torch.zeros_like(x), torch.ones(1, 5, 5, 1))
    assert after[0, 4, 4, 1] == 0
    assert after[0, 1, 1].tolist() == pytest.approx([0.2, 7.0])
    dying = step(x, torch.full_like(x, -0.15), torch.ones(1, 5, 5, 1))
    assert (dying == 0).all()
    kept = step(x, torch.full_like(x, -0.15), torch.zeros(1, 5, 5, 1))
    assert kept[0, 1, 1, 0] == pytest.approx(0.2)


def test_life_spreads_by_one_cell_a_step_and_a_rule_at_its_start_changes_nothing() -> None:
    rule = seeded(lambda: Automaton(C, 9), 0)
    _, trace = rule(seed_cell(11, C), torch.ones(1, 4, 11, 11, 1))
    for at, state in enumerate(trace.states[0], 1):
        reach = state.abs().sum(-1).nonzero() - 5
        assert reach.abs().max() <= at
    still, _ = rule.start()(seed_cell(11, C), torch.ones(1, 4, 11, 11, 1))
    close(still, seed_cell(11, C))


def test_a_rule_moves_with_the_picture() -> None:
    rule = seeded(lambda: Automaton(C, 9), 1)
    x = torch.zeros(1, 16, 16, C)
    x[:, 5:8, 5:8] = normal(1, 3, 3, C, seed=2).abs()
    part = taking_part(3, 0, 3, 16, 0.5)
    moved = rule(x.roll(2, 2), part.roll(2, 3))[0]
    close(moved, rule(x, part)[0].roll(2, 2))


def test_gradients_reach_every_weight() -> None:
    rule = seeded(lambda: Automaton(CHANNELS, 9), 0)
    x, _ = rule(seed_cell(SIZE, CHANNELS), taking_part(0, 0, 6, SIZE, 0.5))
    error(x).sum().backward()
    assert all(weight.grad.isfinite().all() and weight.grad.abs().sum() > 0 for weight in rule.parameters())


def test_a_disc_is_erased() -> None:
    x = erased(torch.ones(1, 9, 9, 1), torch.tensor([4.0]), torch.tensor([3.0]), torch.tensor([2.0]))
    gone = (x[0, ..., 0] == 0).nonzero()
    assert len(gone) == 13
    assert ((gone - torch.tensor([4, 3])) ** 2).sum(-1).max() == 4


def test_the_draw_of_cells_is_mulberry32_and_knows_its_place() -> None:
    """The numbers were recorded from the generator’s own JavaScript, seed 7."""
    assert mulberry32(7, 0, 3) == pytest.approx([0.0117047531530, 0.0619582575746, 0.9769076327793], abs=1e-12)
    assert np.array_equal(mulberry32(7, 100, 5), mulberry32(7, 0, 105)[100:])
    assert torch.equal(taking_part(9, 2, 3, 4, 0.5), taking_part(9, 0, 5, 4, 0.5)[:, 2:])
    assert taking_part(9, 0, 40, 16, 0.3).mean().item() == pytest.approx(0.3, abs=0.02)
    assert taking_part(9, 0, 2, 16, 1.0).min() == 1


def test_pools_keep_what_the_rule_led_to_and_the_worst_begins_anew() -> None:
    begun = Beginnings("damage", 4)
    begun.pools[:] = 0.5
    begun.pools[:, 3] = 9.0  # the worst, if it is drawn
    x, places = begun.drawn(generator(0))
    assert x.shape == (TRAININGS, 4, SIZE, SIZE, CHANNELS)
    for training in range(TRAININGS):
        close(x[training, 0], seed_cell(SIZE, CHANNELS)[0])
        assert 3 not in places[training, 1:].tolist()
        assert (x[training, 2:] == 0).any(-1).flatten(1).any(-1).all(), "half of the batch is damaged"
        assert not (x[training, 1] == 0).any()


def test_the_shape_comments_are_true() -> None:
    with shapes_checked(automaton, chance, drawn_target, B=B, T=T, Y=Y, X=Y, C=C) as watch:
        rule = seeded(lambda: Automaton(C, 9), 0)
        _, trace = rule(seed_cell(Y, C, B), taking_part(0, 0, T, Y, 0.5).expand(B, -1, -1, -1, -1))
        assert check_fields(trace, B=B, T=T, Y=Y, X=Y, C=C) == 1
        erased(normal(B, Y, Y, C, seed=0), *torch.ones(3, B))
    assert watch.reached
