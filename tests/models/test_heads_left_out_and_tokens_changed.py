"""Heads left out, tokens changed, text said twice, distances and recall, against what must be true of them."""

import torch

from models.attention import linear_recall
from models.attention.linear import elu_plus_one
from models.attention.linear_recall import recalled
from models.cost.tensors_made import TensorsMade
from models.data.key_value_pairs import keys_and_values
from models.data.one_token_changed import with_one_changed
from models.interpretability import circuits, head_patterns
from models.interpretability.ablation import leaving_out
from models.interpretability.head_patterns import mean_distance
from models.language.evaluation import document_said_twice, token_losses
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.seeding import generator, normal, seeded
from models.tokenization.tokenizer import END, SPECIALS
from models.transformer.decoder import Decoder, DecoderConfig
from tests.shape_comments import shapes_checked

CONFIG = DecoderConfig(vocabulary=31, width=12, layers=2, heads=4, kv_heads=2, head_width=4, hidden=16, context=8)
IDS = torch.randint(31, (3, 7), generator=generator(0))


def decoder() -> Decoder:
    return seeded(lambda: Decoder(CONFIG), 1).requires_grad_(False)


def test_a_head_that_writes_nothing_is_not_missed():
    model = decoder()
    out = model.blocks[1].attention.to_out.weight
    out.data[:, 4:8] = 0  # what head 1 of layer 1 writes
    whole = model(IDS)[0]
    torch.testing.assert_close(model(IDS, edit=leaving_out(1, 1, "mean"))[0], whole)
    assert (model(IDS, edit=leaving_out(1, 0, "zero"))[0] - whole).abs().max() > 1e-4


def test_the_mean_of_a_head_stands_in_at_every_token():
    mixed = normal(2, 4, 5, 3, seed=0)
    edited = leaving_out(0, 2, "mean")(0, mixed)
    torch.testing.assert_close(edited[:, 2], mixed[:, 2].mean(dim=(0, 1)).expand(2, 5, 3))
    torch.testing.assert_close(edited[:, [0, 1, 3]], mixed[:, [0, 1, 3]])
    assert leaving_out(0, 2, "mean")(1, mixed) is mixed


def test_circuits_are_those_of_the_words_given():
    model, words = decoder(), torch.arange(5)
    with shapes_checked(circuits, N=5, D=12, K=4) as watch:
        qk, ov = circuits.circuits(model, 1, 2, words)
        composed, same = circuits.circuits(model, 1, 2, words, before=0)
    assert watch.reached
    assert qk.shape == ov.shape == (5, 5)
    torch.testing.assert_close(ov, same)  # what the keys are made of changes whom it looks at, not what it then writes
    assert not torch.allclose(qk, composed)


def test_one_token_of_each_text_is_another_word():
    ids = torch.randint(len(SPECIALS), 900, (40, 9), generator=generator(3))
    changed, places = with_one_changed(ids, generator(1), stop=8)
    assert ((changed != ids).sum(dim=1) == 1).all()
    assert (changed != ids).nonzero()[:, 1].equal(places)
    assert places.min() >= 1
    assert places.max() < 8
    assert changed.min() >= len(SPECIALS)


def test_a_document_said_twice_begins_with_the_end_of_another():
    ids = document_said_twice(3, 5, torch.arange(40, 60), 0)
    assert (ids[:, 0] == END).all()
    assert ids[:, 1:6].equal(ids[:, 6:])
    assert all(len(set(row.tolist())) == 5 for row in ids[:, 1:6])


def test_how_far_a_head_looks_back():
    previous = torch.diag(torch.ones(6), -1)[None, None]
    with shapes_checked(head_patterns, B=1, H=1, T=7):
        torch.testing.assert_close(
            mean_distance(previous), torch.tensor([6 / 7])
        )  # the first token has no one before it
    assert mean_distance(torch.eye(7)[None, None]).item() == 0


def test_total_variation_is_the_share_that_lies_elsewhere():
    p, q = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.25, 0.5, 0.25])
    assert total_variation(p, q) == total_variation(q, p) == 0.25
    assert total_variation(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])) == 1


def test_few_pairs_are_recalled_and_many_are_not():
    with shapes_checked(linear_recall, N=4, C=16, F=16) as watch:
        few = recalled(*keys_and_values(4, 16, 0), elu_plus_one, normalised=True)
    assert watch.reached
    many = recalled(*keys_and_values(40, 16, 0), elu_plus_one, normalised=True)
    assert few.error < 0.1 < 0.5 < many.error
    assert few.rank == 4
    assert many.rank <= 16


def test_flops_are_counted_by_the_name_of_the_product():
    with TensorsMade() as made, torch.inference_mode():
        torch.nn.Linear(4, 5, bias=False)(torch.ones(1, 3, 4))
        torch.ones(2, 3, 4) @ torch.ones(2, 4, 6)
    assert made.flops == {"mm": 2 * 3 * 4 * 5, "bmm": 2 * 2 * 3 * 4 * 6}


def test_losses_and_weights_are_counted():
    model = decoder()
    assert token_losses(model(IDS)[0], IDS).shape == (3, 6)
    assert parameter_count(model) == sum(weight.numel() for weight in model.state_dict().values())
