"""Circuits, projections, prefixes, a withheld source and copied offsets, against what must be true of them."""

import pytest
import torch
from torch import nn

from models.attention import narrow_head, offset_copier, projections
from models.attention.grouped_query import GroupedQueryAttention
from models.attention.masks import causal_mask
from models.attention.narrow_head import NarrowHead
from models.attention.offset_copier import OffsetCopier, symbols_back
from models.interpretability import circuits
from models.interpretability.circuits import copying_ratio, matrices_of, moved, ov_circuit, own_word_share, qk_circuit
from models.interpretability.withheld_source import emptied, passed_on, without
from models.language import parallel_prediction as prefixes
from models.language.parallel_prediction import gradient_norms, losses, predictions, prefix_by_prefix
from models.language.transduction import transduce, write
from models.seeding import normal, seeded
from models.training.loop import Plan, train
from models.training.side_by_side import SideBySide, shipped
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from tests.shape_comments import check_fields, shapes_checked

B, T, D, H, G, K, V = 3, 7, 12, 4, 2, 5, 23
CONFIG = DecoderConfig(vocabulary=V, width=D, layers=2, heads=H, kv_heads=G, head_width=4, hidden=16, context=8)
IDS = torch.arange(T)


def decoder() -> Decoder:
    return seeded(lambda: Decoder(CONFIG), 1)


@pytest.mark.parametrize("head", range(H))
def test_a_head_s_circuits_are_what_the_layer_does(head):
    layer = seeded(lambda: GroupedQueryAttention(D, H, G, K), 0).requires_grad_(False)
    x = normal(1, T, D, seed=1)
    _, trace = layer(x)
    with shapes_checked(circuits, D=D, K=K):
        matrices = matrices_of(layer, head)
        assert check_fields(matrices, D=D, K=K) == 4
        torch.testing.assert_close(qk_circuit(matrices, x[0], x[0]), trace.scores[0, head])
    alone = lambda mixed: mixed * torch.zeros(H, 1, 1).index_fill(0, torch.tensor([head]), 1)
    itself = torch.eye(T, dtype=torch.bool)  # all weight on the token that asks
    torch.testing.assert_close(moved(matrices, x[0]), layer(x, itself, edit=alone)[0][0])


def test_a_copying_circuit_is_found():
    embeddings = torch.linalg.qr(normal(D, D, seed=0)).Q
    identity = circuits.HeadMatrices(torch.eye(D), torch.eye(D), torch.eye(D), torch.eye(D))
    copies = ov_circuit(identity, embeddings, embeddings)
    assert own_word_share(copies) == 1
    assert copying_ratio(copies) == pytest.approx(1)
    assert copying_ratio(-copies) == pytest.approx(-1)
    assert own_word_share(copies.roll(1, dims=1)) == 0


def test_what_both_sides_share_goes_unseen():
    q, k, a = (normal(T, K, seed=seed).double() for seed in (0, 1, 2))
    a = a[:K]
    with shapes_checked(projections):
        q_a, k_a = projections.both_sides(q, k, a)
    torch.testing.assert_close(q_a @ k_a.T, q @ k.T)
    q_a, k_a = projections.one_side(q, k, a)
    assert not torch.allclose(q_a @ k_a.T, q @ k.T)


def test_spectra_and_effective_rank():
    turn = torch.linalg.qr(normal(D, D, seed=0)).Q
    assert projections.effective_rank(turn) == pytest.approx(D, rel=1e-4)
    assert projections.effective_rank(turn[:, :1] @ turn[:1]) == pytest.approx(1, rel=1e-3)
    assert projections.spectrum(normal(D, V, seed=1))[0] == 1


def test_a_truncated_product_is_the_nearest_of_its_rank():
    wq, wk = normal(2, 3, 4, 7, seed=0).double()
    with shapes_checked(projections, H=3, D=7, K=4) as watch:
        q, k = projections.truncated(wq, wk, slice(0, 2))
    assert watch.reached
    whole, kept = wq.mT @ wk, q.mT @ k
    u, values, v = torch.linalg.svd(whole)
    torch.testing.assert_close(kept, (u[..., :2] * values[:, None, :2]) @ v[:, :2])
    q, k = projections.truncated(wq, wk, slice(2, 4))
    torch.testing.assert_close(kept + q.mT @ k, whole)


def test_random_directions_in_place_of_the_weakest_keep_the_strongest_and_the_sizes():
    wq, wk = normal(2, 3, 4, 7, seed=0).double()
    strongest = projections.truncated(wq, wk, slice(0, 2))
    with shapes_checked(projections, H=3, D=7, K=4):
        q, k = projections.rest_at_random(wq, wk, 2, seed=1)
    for ours, theirs in zip((q, k), strongest, strict=True):
        torch.testing.assert_close(ours[:, :2], theirs[:, :2])
    values = torch.linalg.svdvals(wq.mT @ wk)[:, 2:4]
    torch.testing.assert_close(q[:, 2:].norm(dim=-1) * k[:, 2:].norm(dim=-1), values)


def test_one_pass_is_every_prefix_and_teaches_the_past():
    model = decoder()
    x, mask = model.embedding(IDS).detach(), causal_mask(T)
    once = predictions(model, x[None], mask)[0]
    torch.testing.assert_close(once, model(IDS[None])[0][0])
    for length, run in enumerate(prefix_by_prefix(model, x, mask), 1):
        torch.testing.assert_close(once[:length], run)
    with shapes_checked(prefixes, T=T, D=D, V=V) as watch:
        taught = gradient_norms(model, x, IDS, mask)
    assert not watch.unreached()
    assert taught.shape == (T - 1, T)
    assert (taught.triu(1) == 0).all()
    assert (taught.tril() > 0).sum() == T * (T - 1) // 2
    leaf = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(losses(predictions(model, leaf[None], mask)[0], IDS)[3], leaf)
    torch.testing.assert_close(taught[3], gradient.norm(dim=-1))


def test_a_withheld_source_is_not_seen():
    config = EncoderDecoderConfig(vocabulary=V, width=D, layers=2, heads=3, hidden=16)
    model = seeded(lambda: EncoderDecoder(config), 0).requires_grad_(False)
    source, target = torch.stack([IDS + 2, IDS + 3, IDS + 4]), torch.zeros(B, 4, dtype=torch.long)
    encoded = model.encode(source)
    nothing = model.decode(target, emptied(model, encoded))[0]
    torch.testing.assert_close(nothing[0], nothing[1])
    exchanged = model.decode(target, passed_on(model, encoded))[0]
    torch.testing.assert_close(exchanged, model.decode(target, encoded)[0].roll(1, dims=0))
    gone = torch.zeros_like(source, dtype=torch.bool)
    gone[:, 1] = True
    some = without(model, encoded, gone).states
    assert (some[:, 1] == 0).all()
    assert torch.equal(some[:, 2:], encoded.states[:, 2:])
    all_gone = without(model, encoded, torch.ones_like(gone))
    torch.testing.assert_close(model.decode(target, all_gone)[0], nothing)
    assert torch.equal(write(model, encoded, 3), transduce(model, source, 3))


def test_offsets_are_counted_backwards():
    ids = torch.arange(10)[None]
    assert symbols_back(ids, (2, 5)).tolist() == [[[t - 2, t - 5] for t in range(5, 10)]]
    model = seeded(lambda: OffsetCopier(symbols=5, length=T, width=D, heads=H, places=2), 0)
    with shapes_checked(offset_copier, B=B, T=T, D=D, P=2, V=5) as watch:
        logits, _ = model(torch.zeros(B, T, dtype=torch.long))
    assert watch.reached
    assert logits.shape == (B, T, 2, 5)


def test_one_head_compares_in_as_many_dimensions_as_it_is_wide():
    model = seeded(lambda: NarrowHead(words=9, symbols=V, width=D, key_width=2), 0).requires_grad_(False)
    a, b = torch.tensor([1, 2, 3]), torch.arange(6).expand(3, 6)
    with shapes_checked(narrow_head, B=3, S=6, K=2, D=D, V=V) as watch:
        logits, trace = model(a, b, b % V)
    assert watch.reached
    assert logits.shape == (3, V)
    assert trace.weights.shape == (3, 1, 6)
    assert torch.linalg.matrix_rank(model.double().word_scores()) == 2
    torch.testing.assert_close(
        narrow_head.group_relation(4).long(), torch.tensor([[1, 1, 0, 0]] * 2 + [[0, 0, 1, 1]] * 2)
    )


def test_models_trained_side_by_side_are_the_same_models():
    build = lambda: NarrowHead(words=9, symbols=V, width=D, key_width=2)
    together = SideBySide([seeded(build, seed) for seed in range(3)])
    a, b = torch.tensor([[1], [2], [3]]), torch.arange(6).expand(3, 1, 6)
    logits = together(a, b, b % V)
    for n, state in enumerate(together.states()):
        alone = shipped(build, state)(a[n], b[n], b[n] % V)[0]
        torch.testing.assert_close(
            logits[n], alone, rtol=1e-2, atol=1e-2
        )  # what is shipped is rounded to half precision


def test_training_ends_early_when_the_loss_is_low_enough():
    model = nn.Linear(2, 1, bias=False)
    steps = []
    plan = Plan(steps=400, learning_rate=0.1, warm_up=10, weight_decay=0.0, enough=1e-3)
    train(model, lambda draws: model(torch.ones(1, 2)).square().mean(), plan, steps.append)
    assert 50 <= len(steps) < 400
