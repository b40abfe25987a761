"""A grid of coins, returns-to-go, and a causal model of returns, cells and moves."""

import torch

from models.data import grid_world
from models.data.grid_world import CELLS, MOVES, STEPS, earned, moved, returns_to_go, wandering
from models.seeding import generator, normal, seeded
from models.training.return_conditioned_kinds import COUNTED, build, lesson_of, played, walks_of
from models.transformer import decision_transformer
from models.transformer.decision_transformer import interleaved, still_asked
from tests.shape_comments import shapes_checked


def test_moves_and_walls():
    cells = torch.tensor([12, 12, 12, 12, 0, 4, 20, 24])
    assert moved(cells, torch.tensor([0, 1, 2, 3, 0, 3, 1, 1])).tolist() == [7, 17, 11, 13, 0, 4, 20, 24]


def test_coins_lie_on_four_cells_of_a_corner():
    found = earned(torch.arange(CELLS), "coins in one corner", generator(0))
    assert found.nonzero().flatten().tolist() == [18, 19, 23, 24]
    drawn = earned(torch.zeros(20_000, dtype=torch.long), "a lottery", generator(0))
    assert abs(drawn.mean() - grid_world.LOTTERY) < 0.01


def test_a_lottery_pays_about_as_much_as_the_corners():
    means = [wandering(4000, kind, generator(0)).rewards.mean() for kind in (*grid_world.CORNERS, "a lottery")]
    assert max(means) - min(means) < 0.08


def test_returns_to_go_by_hand():
    assert returns_to_go(torch.tensor([[0.0, 1, 0, 1, 1]])).tolist() == [[3, 3, 2, 2, 1]]


def test_exchanged_returns_are_those_of_other_walks():
    own, other = lesson_of("decision transformer", 0), lesson_of("returns exchanged", 0)
    assert torch.equal(own[1], other[1])
    assert torch.equal(own[2], other[2])
    assert torch.equal(own[0].sum(dim=1).sort().values, other[0].sum(dim=1).sort().values)
    assert torch.corrcoef(torch.stack([own[0][:, 0], other[0][:, 0]]))[0, 1].abs() < 0.1


def test_what_is_still_asked_falls_by_each_reward():
    gained = torch.tensor([[0.0, 1, 1], [0, 0, 1]])
    assert still_asked(torch.tensor([5.0, 2.0]), gained).tolist() == [[5, 5, 4, 3], [2, 2, 2, 1]]
    assert still_asked(torch.tensor([5.0, 2.0]), COUNTED["a step late"](gained)).tolist() == [
        [5, 5, 5, 4],
        [2, 2, 2, 2],
    ]
    assert still_asked(torch.tensor([5.0, 2.0]), COUNTED["never"](gained)).tolist() == [[5, 5, 5, 5], [2, 2, 2, 2]]


def test_tokens_stand_in_the_order_return_state_action():
    r, s, a = (torch.full((1, 2, 1), value) for value in (1.0, 2.0, 3.0))
    assert interleaved(r, s, a).flatten().tolist() == [1, 2, 3, 1, 2, 3]


def test_an_action_depends_on_everything_before_it_and_on_nothing_behind():
    model = seeded(build, 1)
    returns, cells = normal(1, STEPS, seed=2), torch.arange(STEPS)[None]
    moves = torch.arange(STEPS)[None] % MOVES
    plain = model(returns, cells, moves)[0]

    def change(**part: torch.Tensor) -> list[int]:
        given = {"returns": returns, "states": cells, "actions": moves} | part
        difference = (model(**given)[0] - plain).abs().amax(dim=(0, 2))
        return (difference > 1e-6).nonzero().flatten().tolist()

    place = torch.arange(STEPS) == 5
    assert change(returns=returns + place) == list(range(5, STEPS))
    assert change(states=cells + 3 * place) == list(range(5, STEPS))
    assert change(actions=(moves + place) % MOVES) == list(range(6, STEPS)), "its own action is not read"


def test_gradients_reach_every_weight():
    model = seeded(build, 1)
    z, _ = model(normal(2, STEPS, seed=2), torch.arange(STEPS).repeat(2, 1), torch.ones(2, STEPS, dtype=torch.long))
    z.square().sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in model.parameters())


def test_the_best_tenth_are_the_best_walks():
    every, best = walks_of("clone of all walks", 0), walks_of("clone of the best tenth", 0)
    assert len(best.returns) == len(every.returns) // 10
    assert best.returns.min() >= every.returns.sort(descending=True).values[len(best.returns)]


def test_no_episode_of_twelve_steps_from_the_middle_earns_more_than_eleven():
    assert wandering(20_000, "coins in one corner", generator(3)).returns.max() <= 11


def test_shapes():
    model = seeded(build, 1)
    with shapes_checked(grid_world, decision_transformer, B=3) as watch:
        found = played(model, "decision transformer", torch.tensor([1.0, 4.0, 9.0]), 0)
    assert found.moves.shape == (3, STEPS)
    assert watch.reached
    assert not watch.unreached()
