import pytest
import torch

from models.data.planted_common import plant_common
from models.routing.mixture_of_experts import chosen_of_softmax
from models.routing.shared_experts import (
    SharedTraining,
    each_its_own,
    expert_outputs,
    explained,
    similarities,
    with_shared,
)
from models.routing.side_by_side import SideBySideMoE, spread
from models.seeding import generator, normal


def test_the_shared_expert_serves_all_and_the_others_are_chosen():
    logits = normal(7, 5, seed=0)
    gates, chosen = with_shared(chosen_of_softmax)(logits, 3)
    assert (chosen[:, 0] == 0).all()
    assert (gates[:, 0] == 1).all()
    expected, among = chosen_of_softmax(logits[:, 1:], 2)
    torch.testing.assert_close(gates[:, 1:], expected)
    assert (chosen[:, 1:] == among + 1).all()


def test_both_layers_meet_equally_many_weights_and_only_one_has_a_shared_expert():
    gate = each_its_own(chosen_of_softmax, with_shared(chosen_of_softmax))
    _, chosen = gate(normal(2, 9, 5, seed=0), 2)
    assert chosen.shape == (2, 9, 2)
    assert (chosen[1, :, 0] == 0).all()
    assert not (chosen[0] == 0).all(dim=0).any()


def test_the_layer_is_the_gated_sum_of_the_outputs():
    gate = each_its_own(chosen_of_softmax, with_shared(chosen_of_softmax))
    model, x = SideBySideMoE(2, 6, 4, experts=5, k=2, gate=gate), normal(9, 6, seed=1)
    y, trace = model(x)
    weights = spread(trace.gates, trace.chosen, 5)
    torch.testing.assert_close(y, torch.einsum("rne,rend->rnd", weights, expert_outputs(model, x)))


def test_similarity_and_explained_share_at_their_extremes():
    f = normal(20, 3, seed=0)
    alike = similarities(torch.stack([f, 2 * f + 5, -f]))
    torch.testing.assert_close(alike, torch.tensor([[1.0, 1, -1], [1, 1, -1], [-1, -1, 1]]))
    assert explained(f, 3 * f + 1).item() == pytest.approx(1)
    assert explained(f, normal(20, 3, seed=1)) < 0.3


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_the_common_part_has_its_share_of_the_targets(share):
    planted = plant_common(0, share)
    x, y, _ = planted.tokens.draw(4000, generator(1))
    assert explained(y, planted.common_part(x)).item() == pytest.approx(share, abs=0.25)


def test_training_lowers_both_losses():
    training = SharedTraining(plant_common(0, 0.5), True, 0, steps=40)
    before = training.evaluate().loss
    for _ in range(40):
        training.step()
    after = training.evaluate()
    assert (after.loss < before).all()
    assert after.joint[1, :, 0].sum().item() == pytest.approx(1), "the shared expert gets every token"
