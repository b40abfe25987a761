"""The lens, the wirings, the neurons of a fact and the softmax head, against what must be true of them."""

import pytest
import torch

from models.attention.masks import causal_mask
from models.data.fact_prompts import stored
from models.interpretability import averaged, fact_neurons, logit_lens
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.position.rope import RoPE
from models.seeding import generator, normal, seeded
from models.transformer import block_wiring, llama_mistakes, softmax_head
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.llama_mistakes import mistaken
from tests.shape_comments import shapes_checked

CONFIG = DecoderConfig(vocabulary=31, width=12, layers=2, heads=4, kv_heads=2, head_width=4, hidden=16, context=8)
IDS = torch.randint(31, (3, 7), generator=generator(0))


def model() -> Decoder:
    return seeded(lambda: Decoder(CONFIG), 1).requires_grad_(False)


def test_the_lens_behind_the_last_block_is_the_prediction():
    z, trace = model()(IDS)
    torch.testing.assert_close(logit_lens.lens(model(), trace.residual[-1]), z.softmax(dim=-1))
    assert logit_lens.likeliest(model(), trace.residual)[-1].equal(z.argmax(dim=-1))


def test_the_depth_at_which_a_choice_stands_by_hand():
    choices = torch.tensor([[5, 5, 1], [5, 2, 2], [5, 5, 3]])
    assert logit_lens.settled(choices).tolist() == [0, 2, 2]


def test_the_trained_wiring_is_the_decoder():
    torch.testing.assert_close(block_wiring.rewired(model(), IDS, "as trained", 0), model()(IDS)[0])


@pytest.mark.parametrize("wiring", [name for name in block_wiring.WIRINGS if name != "as trained"])
def test_every_other_wiring_changes_the_logits(wiring):
    changed = block_wiring.rewired(model(), IDS, wiring, 1)
    assert (changed - model()(IDS)[0]).abs().max() > 1e-3


def test_wirings_by_hand():
    parts = block_wiring.Parts(lambda x: 2 * x, lambda x: x + 1, lambda x: 3 * x, lambda x: x - 1)
    x = torch.tensor([1.0])
    expected = {
        "as trained": 4 + 11, "parallel": 1 + 3 + 2, "MLP first": 3 + 7, "residual from the norm": 15 + 14,
        "no attention": 3, "no MLP": 4,
    }  # fmt: skip
    assert {name: wire(x, parts).item() for name, wire in block_wiring.WIRINGS.items()} == expected


def test_length_and_cosine_by_hand():
    assert block_wiring.length(torch.tensor([3.0, 4.0])).item() == 5
    assert block_wiring.cosine(torch.tensor([3.0, 0.0]), torch.tensor([1.0, 1.0])).item() == pytest.approx(0.5**0.5)


@torch.inference_mode()
def test_what_a_neuron_writes_is_the_gradient_of_the_logit_without_the_division():
    made = pretrained("decoder")
    asked = stored(6, 0)
    p, neurons = fact_neurons.read(made, asked)
    whole, trace = made(asked.ids)
    rows = torch.arange(6)
    torch.testing.assert_close(p, whole.softmax(dim=-1)[rows, asked.end, asked.answer], atol=1e-5, rtol=0)
    torch.testing.assert_close(neurons[:, 3], trace.blocks[3].feed_forward.neurons[rows, asked.end])
    out = made.blocks[3].feed_forward.to_out.weight
    x = trace.residual[-1][rows, asked.end]
    scaled = x / x.square().mean(dim=-1, keepdim=True).sqrt()
    direct = (
        (made.norm.weight * (made.embedding.weight[asked.answer] - made.embedding.weight.mean(dim=0))) * scaled
    ).sum(dim=-1)
    parts = fact_neurons.scores(made, neurons, asked.answer)[:, 3 * 512 :].sum(dim=-1)
    rest = (
        made.norm.weight
        * (made.embedding.weight[asked.answer] - made.embedding.weight.mean(dim=0))
        * (x - neurons[:, 3] @ out.mT)
    ).sum(dim=-1)
    torch.testing.assert_close((parts + rest) / x.square().mean(dim=-1).sqrt(), direct, atol=1e-2, rtol=1e-3)


@torch.inference_mode()
def test_neurons_set_to_zero_by_prompt_and_for_all():
    made, asked = pretrained("decoder"), stored(5, 1)
    off = torch.zeros(5, 4 * 512, dtype=torch.bool)
    p, _ = fact_neurons.read(made, asked)
    torch.testing.assert_close(fact_neurons.read(made, asked, off)[0], p)
    off[2, 1536:] = True
    cut = fact_neurons.read(made, asked, off)[0]
    assert (cut[[0, 1, 3, 4]] - p[[0, 1, 3, 4]]).abs().max() < 1e-5
    torch.testing.assert_close(cut[2], fact_neurons.read(made, asked, off[2])[0][2], atol=1e-5, rtol=0)


def test_a_planted_table_has_logits_of_its_rank():
    P = softmax_head.planted(20, 15, 3, 0)
    z = P.double().log()
    rank = torch.linalg.matrix_rank(z - z.mean(dim=1, keepdim=True), atol=1e-4)
    assert rank == 3
    torch.testing.assert_close(P.sum(dim=1), torch.ones(20))


def test_shuffling_keeps_the_entropy_and_permuting_keeps_the_rows():
    P = softmax_head.planted(20, 15, 3, 0)
    shuffled, permuted = softmax_head.shuffled_within_rows(P, 1), softmax_head.rows_permuted(P, 1)
    assert shuffled.sort(dim=1).values.equal(P.sort(dim=1).values)
    assert not shuffled.equal(P)
    assert sorted(map(tuple, permuted.tolist())) == sorted(map(tuple, P.tolist()))


def test_the_excess_loss_is_a_divergence():
    P = softmax_head.planted(6, 5, 2, 0)
    assert softmax_head.excess_loss(P.log(), P).abs() < 1e-6
    z = normal(6, 5, seed=3)
    expected = (P * (P.log() - z.log_softmax(dim=-1))).sum(dim=-1).mean()
    torch.testing.assert_close(softmax_head.excess_loss(z, P), expected)


def test_padded_widths_train_as_if_alone():
    P = softmax_head.planted(6, 5, 2, 0)
    fits = softmax_head.Fits(P, [1, 3], 0)
    for _ in range(5):
        fits.step(1.0)
    assert torch.linalg.matrix_rank(fits.logits()[0].detach()) == 1
    before = softmax_head.excess_loss(softmax_head.Fits(P, [1, 3], 0).logits(), P)
    assert (softmax_head.excess_loss(fits.logits(), P) < before).all()


def test_corners_win_and_inner_points_never():
    E = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0], [0.1, 0.1]])
    assert softmax_head.winners(E, 1000, 0).tolist() == [True, True, True, False]
    assert softmax_head.winners(torch.eye(5), 500, 0).all()


def test_shape_comments():
    made = model()
    with shapes_checked(logit_lens, L=2, N=7, B=3, T=7) as watch:
        logit_lens.settled(logit_lens.likeliest(made, made(IDS)[1].residual)[:, 0])
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(block_wiring, B=3, T=7, D=12) as watch:
        block_wiring.rewired(made, IDS, "parallel", 0)
        block_wiring.UpdateAlone(made.blocks[0])(normal(3, 7, 12, seed=0), causal_mask(7), None, None)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(fact_neurons, N=3, F=512, L=4, D=192, V=1024) as watch:
        asked = stored(3, 0)
        _, neurons = fact_neurons.read(pretrained("decoder"), asked, torch.zeros(3, 2048, dtype=torch.bool))
        fact_neurons.scores(pretrained("decoder"), neurons, asked.answer)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(softmax_head, N=6, V=5, W=2) as watch:
        P = softmax_head.planted(6, 5, 2, 0)
        softmax_head.Fits(P, [1, 3], 0).step(1.0)
        softmax_head.rows_permuted(softmax_head.shuffled_within_rows(P, 0), 0)
        softmax_head.winners(normal(5, 2, seed=0), 6, 0)
        softmax_head.winners(normal(5, 3, seed=0), 6, 0)
    assert watch.reached
    assert not watch.unreached()


def test_rows_for_halves_make_halves_right():
    made = seeded(lambda: Decoder(CONFIG, RoPE()), 1).requires_grad_(False)
    whole = made(IDS)[0]
    torch.testing.assert_close(mistaken(made, "pairs in halves, rows moved")(IDS)[0], whole)
    assert (mistaken(made, "rotary pairs in halves")(IDS)[0] - whole).abs().max() > 1e-2
    torch.testing.assert_close(made(IDS)[0], whole)  # the model itself stays


def test_reordered_heads_make_tiling_right():
    made = model()
    whole = made(IDS)[0]
    torch.testing.assert_close(mistaken(made, "KV heads tiled, heads reordered")(IDS)[0], whole)
    assert (mistaken(made, "KV heads tiled")(IDS)[0] - whole).abs().max() > 1e-2


def test_orders_of_rows_and_heads_by_hand():
    assert llama_mistakes.to_halves(6).tolist() == [0, 3, 1, 4, 2, 5]
    W = torch.arange(4.0)[:, None]
    assert llama_mistakes.rows_for_halves(W, 1)[:, 0].tolist() == [0, 2, 1, 3]
    assert llama_mistakes.for_tiled(8, 4).tolist() == [0, 2, 4, 6, 1, 3, 5, 7]
    kv = torch.arange(2.0).view(1, 2, 1, 1)
    assert llama_mistakes.tiled(kv, 4).flatten().tolist() == [0, 1, 0, 1]


def test_exchanging_gate_and_value_twice_is_nothing():
    made = model()
    once = mistaken(made, "gate and value exchanged")
    assert (once(IDS)[0] - made(IDS)[0]).abs().max() > 1e-3
    torch.testing.assert_close(mistaken(once, "gate and value exchanged")(IDS)[0], made(IDS)[0])


def test_components_divide_the_model():
    made = model()
    assert sum(averaged.counts(made).values()) == parameter_count(made)


def test_a_component_at_its_mean():
    made = model()
    changed = averaged.with_averaged(made, "MLP gate")
    gate = changed.blocks[0].feed_forward.to_gate.weight
    assert gate.std() < 1e-6
    torch.testing.assert_close(gate.mean(), made.blocks[0].feed_forward.to_gate.weight.mean())
    assert changed.blocks[0].feed_forward.to_value.weight.equal(made.blocks[0].feed_forward.to_value.weight)


def test_as_many_mlp_weights_are_averaged_as_asked():
    made = model()
    changed = averaged.with_some_averaged(made, 25, 0)
    pairs = zip(made.parameters(), changed.parameters(), strict=True)
    assert sum((one != other).sum().item() for one, other in pairs) == 25


def test_one_gain_for_all():
    made = model()
    made.norm.weight.data[:] = 4.0
    changed = averaged.with_one_gain(made)
    assert changed.norm.weight.unique().tolist() == changed.blocks[0].attention_norm.weight.unique().tolist()
    assert changed.norm.weight[0].item() == pytest.approx((4 + 4 * 1) / 5)


def test_shape_comments_of_mistakes():
    with shapes_checked(llama_mistakes, H=4, K=4, D=12) as watch:
        llama_mistakes.rows_for_halves(normal(16, 12, seed=0), 4)
    assert watch.reached
    assert not watch.unreached()
