"""Mixtures trained side by side, planted classes, other gates on trained weights, and how sure a router is."""

import math
from copy import deepcopy
from functools import partial

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from models.data import planted_classes
from models.data.planted_classes import plant
from models.data.word_classes import CLASSES, class_of_token
from models.published.mixtures import MIXTRAL_8X7B, MIXTRAL_8X22B, shares
from models.routing import (
    capacity,
    dense_mixture,
    live_training,
    loss_free,
    rerouted,
    router_confidence,
    side_by_side,
    specialisation,
)
from models.routing.balance import utilisation_entropy
from models.routing.dense_mixture import flops_a_token
from models.routing.live_training import LiveTraining, Rule
from models.routing.loss_free import adjusted, biased_choice
from models.routing.mixture_of_experts import SparseMoE, chosen_of_softmax, softmax_over_chosen
from models.routing.rerouted import (
    equal_gates,
    mixtures,
    partly_random,
    routings,
    with_router,
    without,
)
from models.routing.router_confidence import (
    entropy,
    flip_rate,
    kept_probability,
    logit_gradients,
    loss_added_by_noise,
    margin,
    noisy,
)
from models.routing.side_by_side import SideBySideMoE
from models.routing.specialisation import (
    class_information,
    expert_information,
    joint_shares,
    load_of_joint,
    loss_rise,
    mutual_information,
    repeat_rate,
    repeat_rate_by_chance,
)
from models.seeding import generator, normal, seeded
from models.tokenization.tokenizer import ids_of
from models.transformer.decoder import Decoder, DecoderConfig
from tests.shape_comments import check_fields, shapes_checked

E, K = 5, 2
CONFIG = DecoderConfig(vocabulary=13, width=12, layers=2, heads=2, kv_heads=1, head_width=6, hidden=7, context=9)


@pytest.fixture
def model() -> Decoder:
    return seeded(lambda: Decoder(CONFIG, feed_forward=partial(SparseMoE, experts=E, k=K)), 0).requires_grad_(False)


@pytest.mark.parametrize("gate", [chosen_of_softmax, softmax_over_chosen])
@pytest.mark.parametrize("k", [1, 3])
def test_a_run_is_the_sparse_layer_with_its_weights(k, gate):
    several = SideBySideMoE(2, width=6, hidden=4, experts=E, k=k, gate=gate, seed=3)
    alone = SparseMoE(6, 4, E, k, gate)
    alone.router.weight.data = several.router[1].T
    for index, expert in enumerate(alone.experts):
        expert.to_gate.weight.data, expert.to_value.weight.data = (
            several.to_gate[1, :, index].T,
            several.to_value[1, :, index].T,
        )
        expert.to_out.weight.data = several.to_out[1, index].T
    x = normal(11, 6, seed=0)
    torch.testing.assert_close(several(x)[0][1], alone(x[None])[0][0], atol=1e-6, rtol=1e-5)


def test_no_run_feels_another():
    together = LiveTraining(plant(0), [Rule(), Rule(coefficient=0.05), Rule(bias_speed=0.01)], seed=0, steps=30)
    alone = LiveTraining(plant(0), [Rule(coefficient=0.05)], seed=0, steps=30)
    for _ in range(30):
        together.step()
        alone.step()
    torch.testing.assert_close(together.model.to_out[1], alone.model.to_out[0], atol=1e-5, rtol=1e-4)
    assert not torch.allclose(together.model.router[0], together.model.router[1])
    assert not torch.allclose(together.model.router[0], together.model.router[2])


@pytest.mark.parametrize("rule", [Rule(coefficient=0.1), Rule(bias_speed=0.01)])
def test_either_rule_evens_the_load(rule):
    training = LiveTraining(plant(1), [Rule(), rule], seed=1, steps=150)
    for _ in range(150):
        training.step()
    left_alone, balanced = utilisation_entropy(training.evaluate().load).tolist()
    assert balanced > left_alone + 0.05


def test_a_look_counts_every_unseen_token_once():
    look = LiveTraining(plant(0), [Rule(), Rule()], seed=0).evaluate()
    assert look.joint.sum(dim=(1, 2)).tolist() == pytest.approx([1, 1], abs=1e-5)
    assert look.probability.sum(dim=-1).tolist() == pytest.approx([1, 1], abs=1e-5)
    assert (look.importance <= look.load + 1e-6).all()  # a gate is at most 1


def test_class_information_at_its_extremes():
    assert class_information(torch.eye(4) / 4).item() == pytest.approx(1)
    assert class_information(torch.full((4, 3), 1 / 12)).item() == pytest.approx(0, abs=1e-6)
    two_classes_an_expert = torch.eye(2).repeat_interleave(2, dim=0) / 4
    assert class_information(two_classes_an_expert).item() == pytest.approx(0.5)


def test_classes_are_as_they_were_planted():
    planted = plant(0, classes=3, width=5, noise=0.0, skew=1.0)
    batch = planted.draw(4000, generator(0))
    assert torch.bincount(batch.classes).div(4000).tolist() == pytest.approx([6 / 11, 3 / 11, 2 / 11], abs=0.03)
    torch.testing.assert_close(planted.centres @ planted.centres.T, 5 * torch.eye(3), atol=1e-5, rtol=0)
    for c in range(3):
        token = planted.common + planted.centres[c]
        x, y = batch.x[batch.classes == c], batch.y[batch.classes == c]
        torch.testing.assert_close(x, token.expand_as(x))
        torch.testing.assert_close(y, (token @ planted.maps[c]).expand_as(y))
    with pytest.raises(ValueError, match="9 classes in width 5"):
        plant(0, classes=9, width=5)


def test_a_bias_changes_the_choice_and_not_the_gate():
    logits = torch.tensor([[2.0, 1.0, 0.0]])
    gates, chosen = biased_choice(torch.tensor([0.0, 0.0, 1.0]))(logits, 1)
    assert chosen.item() == 2
    assert gates.item() == pytest.approx(logits.softmax(-1)[0, 2].item())
    bias = adjusted(torch.zeros(4), torch.tensor([0.7, 0.25, 0.05, 0.0]), speed=0.1)
    assert bias.tolist() == pytest.approx([-0.1, 0, 0.1, 0.1])


def test_another_gate_leaves_the_model_as_it_was(model):
    ids = torch.randint(13, (2, 9), generator=generator(0))
    before, _ = model(ids)
    same, _ = rerouted.rerouted(model, K)(ids)
    other, trace = rerouted.rerouted(model, 3, chosen_of_softmax)(ids)
    torch.testing.assert_close(same, before)
    torch.testing.assert_close(model(ids)[0], before)
    assert not torch.allclose(other, before)
    assert routings(trace)[0].chosen.shape == (2, 9, 3)
    assert rerouted.rerouted(model, K).embedding.weight is model.embedding.weight


def test_an_expert_left_out_is_never_chosen_and_the_others_keep_their_order(model):
    logits = normal(40, E, seed=0)
    gates, chosen = without(2)(logits, K)
    assert not (chosen == 2).any()
    assert gates.sum(dim=-1).tolist() == pytest.approx([1] * 40)
    untouched = ~(logits.topk(K).indices == 2).any(dim=-1)
    assert torch.equal(chosen[untouched], logits.topk(K).indices[untouched])


def test_equal_gates_keep_the_choice_and_weight_it_alike():
    logits = normal(300, E, seed=0)
    gates, chosen = equal_gates(logits, K)
    assert (gates == 1 / K).all()
    assert (chosen == logits.topk(K, dim=-1).indices).all()


def test_a_partly_random_router_keeps_its_size_and_the_share_of_its_weights(model):
    large = normal(40, 200, seed=5)
    for share in (0.0, 0.1, 1.0):
        other = partly_random(large, share, generator(0))
        alike = torch.cosine_similarity(other.flatten(), large.flatten(), dim=0).item()
        assert alike == pytest.approx((1 - share) ** 0.5, abs=0.03)
        assert other.norm().item() == pytest.approx(large.norm().item(), rel=0.03)
    weight = mixtures(model)[1].router.weight.float()
    assert (partly_random(weight, 0.0, generator(0)) == weight).all()
    changed = with_router(model, 1, partly_random(weight, 1.0, generator(0)))
    assert (mixtures(changed)[0].router.weight == mixtures(model)[0].router.weight).all()
    assert (mixtures(changed)[1].router.weight != mixtures(model)[1].router.weight).any()
    assert (mixtures(model)[1].router.weight.float() == weight).all(), "the trained model stays as it was"


def test_confidence_of_plain_cases():
    sure, torn = torch.tensor([9.0, 1.0, 0.0, 0.0]), torch.zeros(4)
    assert entropy(torn).item() == pytest.approx(math.log(4))
    assert margin(sure, 1).item() == 8
    assert margin(sure, 2).item() == 1
    x, router = normal(50, 6, seed=0), normal(4, 6, seed=1)
    rates = [flip_rate(x @ router.T, router, x, 1, noise, generator(0), 40).mean().item() for noise in (0.0, 0.1, 10.0)]
    assert rates[0] == 0
    assert 0 < rates[1] < 0.5 < rates[2] < 1


def test_gradients_of_the_logits_are_those_of_the_loss(model):
    double, ids = model.double(), torch.randint(13, (1, 6), generator=generator(1))

    def loss(shift: torch.Tensor) -> float:
        """Of the next token, if ``shift`` is added to the logits of the last layer."""
        shifted = rerouted.rerouted(double, K, lambda logits, k: chosen_of_softmax(logits + shift, k), only=1)
        return cross_entropy(shifted(ids)[0][0, :-1], ids[0, 1:], reduction="sum").item()

    found, chosen = logit_gradients(double, ids, 1, K, chosen_of_softmax)
    step = torch.zeros(6, E, dtype=torch.float64)
    for place in [(0, 0), (2, 3), (4, 1)]:
        step.zero_()[place] = 1e-6
        assert (loss(step) - loss(-step)) / 2e-6 == pytest.approx(found[place].item(), abs=1e-6)
    assert chosen.shape == (6, K)
    only_chosen, chosen = logit_gradients(double, ids, 1, K, softmax_over_chosen)
    assert not only_chosen.scatter(-1, chosen, 0).any()


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [(MIXTRAL_8X7B, (4096, 32, 32, 14_336)), (MIXTRAL_8X22B, (6144, 56, 48, 16_384))],
    ids=lambda value: getattr(value, "name", ""),
)
def test_counts_are_those_of_the_built_model(shape, sizes):
    width, layers, heads, hidden = sizes
    config = DecoderConfig(32_000, width, layers, heads, 8, 128, hidden, context=1)
    with torch.device("meta"):
        built = Decoder(config, feed_forward=partial(SparseMoE, experts=8, k=2))
    tied = sum(parameter.numel() for parameter in built.parameters())
    assert shape.total == tied + 32_000 * width  # Mixtral has a second embedding for the output
    expert = built.blocks[0].feed_forward.experts[0]
    assert shape.active == shape.total - layers * 6 * sum(parameter.numel() for parameter in expert.parameters())


def test_the_exact_numbers_that_are_quoted():
    assert (MIXTRAL_8X7B.total, MIXTRAL_8X7B.active) == (46_702_792_704, 12_879_925_248)
    assert (MIXTRAL_8X22B.total, MIXTRAL_8X22B.active) == (140_620_634_112, 39_152_031_744)
    assert MIXTRAL_8X7B.copied_whole == 8 * 7_241_732_096  # Mistral 7B


def test_shape_comments_are_true():
    sizes = {"D": 9, "C": 3, "E": 4, "R": 2, "F": 6, "k": 1}
    modules = (planted_classes, side_by_side, live_training, loss_free)
    with shapes_checked(*modules, **sizes) as watch:
        planted = plant(0, classes=3, width=9)
        batch = planted.draw(11, generator(0))
        training = LiveTraining(planted, [Rule(), Rule(bias_speed=0.1)], 0, experts=4, hidden=6, tokens=11)
        training.unseen = batch
        training.step()
        look = training.evaluate()
        assert training.balance_gradient().tolist() == [0, 0]  # neither run has a balancing loss
    assert watch.reached
    assert not watch.unreached()
    assert check_fields(planted, **sizes) == 4
    assert check_fields(batch, **sizes) == 3
    assert check_fields(look, **sizes) == 4
    with shapes_checked(specialisation, C=3, E=4) as watch:
        specialisation.joint_shares(torch.zeros(2, 5).long(), torch.ones(2, 5).long(), 3, 4)
    assert not watch.unreached()
    with shapes_checked(capacity, N=7, E=4, k=2) as watch:
        capacity.places(normal(7, 4, seed=0).topk(2).indices, 4)
    assert not watch.unreached()
    with shapes_checked(router_confidence, N=7, E=4, D=5, k=2, repeats=3) as watch:
        x, router = normal(7, 5, seed=0), normal(4, 5, seed=1)
        flip_rate(x @ router.T, router, x, 2, 0.1, generator(0), 3)
    assert set(watch.unreached()) == {line for line in watch.unreached() if line.startswith("loss_added_by_noise")}


def test_noise_that_is_zero_adds_no_loss_and_noise_on_gates_alone_keeps_the_choice(model):
    ids = torch.randint(13, (2, 6), generator=generator(1))
    with shapes_checked(loss_added_by_noise, B=2, T=6) as watch, torch.no_grad():
        for gates_only in (False, True):
            added = loss_added_by_noise(model, ids, 1, K, softmax_over_chosen, 0.0, gates_only, generator(0), 2)
            assert added.abs() < 1e-6
    assert not watch.unreached()
    logits, noise = normal(1, 6, E, seed=2), 5 * normal(1, 6, E, seed=3)
    gates, chosen = noisy(noise, softmax_over_chosen, gates_only=True)(logits, K)
    expected = logits.topk(K, dim=-1).indices
    assert (chosen.sort(dim=-1).values == expected.sort(dim=-1).values).all()
    torch.testing.assert_close(gates, (logits + noise).gather(-1, chosen).softmax(dim=-1))
    _, moved = noisy(noise, softmax_over_chosen, gates_only=False)(logits, K)
    assert (moved.sort(dim=-1).values != expected.sort(dim=-1).values).any()


def test_room_is_shared_in_the_order_of_the_queue():
    chosen = torch.tensor([[0, 1], [0, 2], [0, 1], [2, 0]])
    assert capacity.places(chosen, 3).tolist() == [[0, 0], [1, 1], [2, 1], [0, 3]]  # first choices come first
    assert capacity.expert_capacity(20, 8, 1.25) == 3
    assert capacity.expert_capacity(4, 8, 0.5) == 1


def test_beyond_its_capacity_an_expert_adds_nothing():
    logits = torch.tensor([[[3.0, 0], [2, 0], [1, 0], [0, 1]]])
    gates, chosen = capacity.within_capacity(chosen_of_softmax, 1.0)(logits, 1)
    assert chosen[0, :, 0].tolist() == [0, 0, 0, 1]
    assert (gates[0, :, 0] > 0).tolist() == [True, True, False, True]
    roomy, _ = capacity.within_capacity(chosen_of_softmax, 2.0)(logits, 1)
    torch.testing.assert_close(roomy, chosen_of_softmax(logits, 1)[0])


def test_what_a_class_tells_of_its_expert():
    classes, experts = torch.tensor([[0, 0, 1, 1]]), torch.tensor([[2, 2, 0, 0]])
    joint = joint_shares(classes, experts, 2, 3)
    assert joint.tolist() == [[0, 0, 0.5], [0.5, 0, 0]]
    assert expert_information(joint).item() == pytest.approx(1)
    assert mutual_information(joint).item() == pytest.approx(math.log(2))
    assert repeat_rate(experts).item() == pytest.approx(2 / 3)
    assert repeat_rate_by_chance(experts, 3).item() == pytest.approx(0.5)


def test_words_are_of_the_class_that_they_are_listed_in():
    table = class_of_token()
    for word, name in [
        ("Mia", "person"),
        ("Lund", "city"),
        ("cat", "animal"),
        ("7", "digit"),
        (".", "sign"),
        ("the", "other"),
    ]:
        assert CLASSES[table[ids_of(word)[0]]] == name


@pytest.mark.parametrize("k", [1, 3])
def test_operations_are_those_that_torch_counts(k):
    layer, tokens = SparseMoE(12, 7, experts=5, k=k), 6
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        layer(normal(1, tokens, 12, seed=0))
    assert counter.get_total_flops() == tokens * flops_a_token(12, 5, k, 7)


def test_all_experts_chosen_is_the_dense_mixture():
    layer = seeded(lambda: SparseMoE(6, 5, experts=4, k=4), 0)
    x = normal(2, 5, 6, seed=1)
    with shapes_checked(dense_mixture, B=2, T=5, D=6, E=4):
        whole = dense_mixture.dense_mixture(layer, x)
    torch.testing.assert_close(layer(x)[0], whole, atol=1e-6, rtol=1e-5)


def test_the_parts_of_a_gradient_add_up_to_the_whole(model):
    """Through all tokens together an expert gets what autograd gives it; through one, nothing unless it was chosen."""
    ids = torch.randint(13, (1, 6), generator=generator(2))
    whole = deepcopy(model).requires_grad_()
    logits, trace = whole(ids)
    cross_entropy(logits[0, :-1], ids[0, 1:], reduction="sum").backward()
    alone = [dense_mixture.expert_gradients(model, ids, 1, t, K, softmax_over_chosen) for t in range(6)]
    for t, sizes in enumerate(alone):
        assert (sizes > 0).nonzero()[:, 0].tolist() == (
            sorted(trace.blocks[1].feed_forward.chosen[0, t].tolist()) if t < 5 else []
        )
    for index, expert in enumerate(whole.blocks[1].feed_forward.experts):
        size = torch.stack([weight.grad.norm() for weight in expert.parameters() if weight.grad is not None]).norm()
        assert size <= sum(sizes[index] for sizes in alone) + 1e-6
    only = next(e for e in range(E) if sum((sizes[e] > 0).item() for sizes in alone) == 1)
    told = torch.stack([w.grad.norm() for w in whole.blocks[1].feed_forward.experts[only].parameters()]).norm()
    torch.testing.assert_close(max(sizes[only] for sizes in alone), told)


def test_small_numbers_of_routing_by_hand():
    p = torch.tensor([0.5, 0.1, 0.4])
    assert kept_probability(p, 2).item() == pytest.approx(0.9)
    assert load_of_joint(torch.tensor([[0.1, 0.2], [0.3, 0.4]])).tolist() == pytest.approx([0.4, 0.6])
    assert loss_rise(torch.tensor(0.5), torch.tensor(0.25)).item() == pytest.approx(math.log(2))
    everywhere, active, whole = torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([10.0])
    assert [share.item() for share in shares(everywhere, active, whole)] == pytest.approx([0.1, 0.2, 0.7])


def test_nothing_is_told_by_a_joint_with_empty_cells():
    joint = torch.tensor([[0.5, 0.0], [0.5, 0.0], [0.0, 0.0]])
    assert mutual_information(joint).item() == 0
