import pytest
import torch

from models.data.two_step_functions import plant_functions
from models.routing.modular import GivenRoute, ModularNetwork, Modules
from models.routing.modular_training import ModularTraining, equal_width, module_of, route_information


def test_examples_apply_the_first_function_first():
    task = plant_functions(0)
    batch = task.examples(torch.tensor([[1, 3]]))
    assert [task.functions[3][task.functions[1][s]].item() for s in range(16)] == batch.answer.tolist()


def test_a_fifth_of_the_pairs_is_held_out_and_every_function_is_seen_in_both_places():
    task = plant_functions(3)
    assert (len(task.seen), len(task.unseen)) == (20, 5)
    assert not {tuple(pair) for pair in task.seen.tolist()} & {tuple(pair) for pair in task.unseen.tolist()}
    for place in range(2):
        assert set(task.seen[:, place].tolist()) == set(task.unseen[:, place].tolist()) == set(range(5))


def test_modules_that_are_the_functions_solve_every_pair():
    task = plant_functions(1)
    modules = Modules(5, 16, 16, seed=0)
    with torch.no_grad():
        modules.first.copy_(torch.eye(16).expand(5, 16, 16))
        modules.second.copy_(30 * torch.nn.functional.one_hot(task.functions, 16).float())
    batch = task.examples(task.unseen)
    logits, trace = ModularNetwork(modules, GivenRoute(5))(batch.symbol, batch.first, batch.second)
    assert (logits.argmax(dim=-1) == batch.answer).all()
    assert trace.shares.sum(dim=-1).eq(1).all()


def test_route_information_at_its_extremes():
    assert route_information(torch.eye(5)).item() == pytest.approx(1)
    assert route_information(torch.full((5, 5), 0.2)).item() == pytest.approx(0, abs=1e-6)


def test_networks_have_about_equally_many_weights():
    given, learned, one = ModularTraining(plant_functions(0), 5, 0).parameters
    assert learned == given + 25
    assert one == pytest.approx(given, rel=0.03)
    assert equal_width(100, 15) == 5
    assert module_of(5, 3).tolist() == [0, 1, 2, 0, 1]
