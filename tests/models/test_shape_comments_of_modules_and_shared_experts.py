"""Every shape comment of the modular and the shared experts’ files, executed; all sizes differ."""

import torch

from models.data.planted_common import plant_common
from models.data.two_step_functions import plant_functions
from models.routing import modular, modular_training, shared_experts
from tests.shape_comments import check_fields, shapes_checked


def test_modules():
    task = plant_functions(0, functions=4, symbols=9)
    batch = task.examples(task.seen[:3])
    net = modular.ModularNetwork(modular.Modules(6, 9, 7, seed=0), modular.LearnedRoute(4, 6, seed=0))
    with shapes_checked(modular, N=27, S=9, M=6, H=7) as watch:
        _, trace = net(batch.symbol, batch.first, batch.second)
        assert check_fields(trace, N=27, S=9, M=6) == 2
    assert not watch.unreached()


def test_modular_training():
    training = modular_training.ModularTraining(plant_functions(0, symbols=9), 6, 0)
    with shapes_checked(modular_training) as watch:
        training.step()
        look = training.evaluate()
    assert check_fields(look, F=5, M=6) == 2
    assert not watch.unreached()


def test_shared_experts():
    training = shared_experts.SharedTraining(plant_common(0, 0.5), True, 0, tokens=32)
    with shapes_checked(shared_experts, R=2, E=6, N=1024, D=8, C=5) as watch:
        look = training.evaluate()
    assert check_fields(look, R=2, E=6, C=5) == 4
    with shapes_checked(shared_experts, R=2, E=6) as stepping:
        training.step()
    assert not set(watch.unreached()) & set(stepping.unreached())
    assert torch.isfinite(look.loss).all()
