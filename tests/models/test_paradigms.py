"""Four ways of learning without labels: what is hidden, where gradients go, and that seeds side by side are alone."""

import pytest
import torch

from models.contrastive import moved_digits as asked
from models.contrastive import paradigm_training, paradigms
from models.contrastive.paradigm_training import ARMS, NORMS, ParadigmTraining, judged
from models.contrastive.paradigms import CODE, HEAD, HIDDEN, PIXELS, PLACES, Networks, Views, hidden_block
from models.seeding import normal
from tests.shape_comments import check_fields, shapes_checked

B = 12


def views() -> Views:
    return Views(normal(B, PIXELS, seed=0), normal(B, PIXELS, seed=1), torch.arange(B) % PLACES)


def test_a_block_and_the_rest_are_the_image() -> None:
    x, place = normal(PLACES, PIXELS, seed=2), torch.arange(PLACES)
    rest, block = hidden_block(x, place)
    assert torch.equal(torch.where(rest == -1, block, rest), x)
    assert ((block != -1).sum(-1) == 16).all()
    assert len({tuple((block[k] != -1).tolist()) for k in range(PLACES)}) == PLACES


@pytest.mark.parametrize("arm", ARMS)
def test_gradients_reach_the_target_only_where_said(arm) -> None:
    net, target = (Networks([3, 4], NORMS["batch norm"]) for _ in range(2))
    loss = ARMS[arm](net, target, views())
    assert loss.shape == (2,)
    loss.sum().backward()
    assert net.encoder.first.weight.grad is not None
    assert all(weight.grad is None for weight in target.parameters())


def test_no_stop_gradient_is_another_gradient_of_the_same_loss() -> None:
    net = Networks([5], NORMS["batch norm"])
    for stopped, passed in (
        (paradigms.predict_hidden_own, paradigms.predict_hidden_without_stop),
        (paradigms.bootstrap, paradigms.bootstrap_without_stop),
    ):
        one, other = stopped(net, net, views()), passed(net, net, views())
        assert one.item() == pytest.approx(other.item(), rel=1e-5)
        first, second = (torch.autograd.grad(each.sum(), net.encoder.first.weight)[0] for each in (one, other))
        assert (first - second).abs().max() > 1e-4


def test_shape_comments() -> None:
    with shapes_checked(paradigms, A=2, B=B, N=PIXELS, C=CODE) as watch:
        net = Networks([0, 1], NORMS["batch norm"])
        for objective in ARMS.values():
            objective(net, net, views())
    assert not watch.unreached()
    with shapes_checked(paradigms, A=2, B=B, H=HIDDEN):
        _, trace = net(views().one)
    assert check_fields(trace, A=2, B=B, H=HIDDEN) == 1
    assert HEAD > CODE
    assert check_fields(views(), B=B, N=PIXELS) == 3
    with shapes_checked(paradigm_training, A=2, B=paradigm_training.BATCH, C=CODE) as watch:
        training = ParadigmTraining(("JEPA", "none"), "no norm", 1.0, [0, 1])
        assert training.step().shape == (2,)
        found = judged(training.networks, 0.0)
    assert not watch.unreached()
    assert check_fields(found, A=2) == 4
    assert check_fields(asked.moved_digits(), R=asked.REPETITIONS) == 5
