"""Sparse autoencoder: values by hand, what normalising does, the clamp, purity, and the activations carried on."""

import pytest
import torch

from models.checkpoints import load_card
from models.generative import sparse_autoencoder
from models.generative.sparse_autoencoder import (
    SparseAutoencoder,
    clamped,
    decoded,
    encoded,
    explained,
    firing,
    sparse_loss,
)
from models.interpretability import class_purity, inner_activations
from models.interpretability.class_purity import both_signs, purity, purity_of_chosen
from models.interpretability.inner_activations import activations, carried_on
from models.language.pretrained_decoders import pretrained as pretrained_decoder
from models.seeding import normal, seeded
from models.training import sparse_autoencoders
from models.training.sparse_autoencoders import ARMS, CHECKPOINTS, MODEL, NAME, PLAN, gaussian_like, pretrained, trained
from tests.shape_comments import shapes_checked


def test_values_by_hand():
    x, encoder = torch.tensor([[3.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    f = encoded(x, encoder, torch.tensor([0.0, -1.0, 0.0]), torch.tensor([1.0, 0.0]))
    assert f.tolist() == [[2.0, 0.0, 0.0]]
    assert firing(f).tolist() == [1]
    y = decoded(f, encoder.mT, torch.tensor([1.0, 0.0]))
    assert y.tolist() == [[3.0, 0.0]]
    assert sparse_loss(x, y, f, 0.5).item() == 1.0 + 0.5 * 2.0


def test_a_clamp_moves_along_one_column_and_keeps_the_rest():
    x, f, decoder = normal(4, 6, seed=0), normal(4, 9, seed=1).relu(), normal(6, 9, seed=2)
    moved = clamped(x, f, decoder, 3, 2.5) - x
    torch.testing.assert_close(moved, (2.5 - f[:, [3]]) * decoder[:, 3])


def test_long_columns_make_up_for_small_features():
    model, x = seeded(lambda: SparseAutoencoder(6, 9), 0), normal(7, 6, seed=3)
    y, trace = model(x)
    with torch.no_grad():
        model.encoder.div_(4)
        model.bias.div_(4)
        model.decoder.mul_(4)
    same, smaller = model(x)
    torch.testing.assert_close(same, y)
    torch.testing.assert_close(4 * smaller.features, trace.features)
    model.normalise()
    torch.testing.assert_close(model.decoder.norm(dim=0), torch.ones(9))


def test_purity_needs_more_than_one_pure_token():
    kind = torch.tensor([0, 0, 1, 1])
    scores = torch.tensor([[3.0, 9.0], [2.0, 0.0], [1.0, 2.0], [0.0, 1.0]])
    assert purity(scores, kind, 2).tolist() == [[1.0, 0.5], [0.0, 0.5]]
    best, held = purity_of_chosen(scores, scores.flip(0), kind, 2)
    assert best.tolist() == [0, 1]
    assert held.tolist() == [0.0, 0.5]
    assert both_signs(torch.tensor([[1.0, -2.0]])).tolist() == [[1.0, -2.0, -1.0, 2.0]]


def test_activations_carried_on_are_the_model_itself():
    model, ids = pretrained_decoder(MODEL), torch.randint(900, (2, 9), generator=torch.Generator().manual_seed(0))
    expected = model(ids)[0].softmax(dim=-1)
    torch.testing.assert_close(carried_on(model, activations(model, ids)), expected)


def test_gaussian_vectors_have_the_same_mean_and_covariance():
    x = normal(20_000, 3, seed=5) @ normal(3, 3, seed=6) + 2
    other = gaussian_like(x, torch.Generator().manual_seed(1))
    torch.testing.assert_close(torch.cov(other.mT), torch.cov(x.mT), atol=0.15, rtol=0.1)
    torch.testing.assert_close(other.mean(dim=0), x.mean(dim=0), atol=0.1, rtol=0)


def test_columns_have_length_1_unless_left_free():
    for arm, how in ARMS.items():
        norms = pretrained(arm).decoder.norm(dim=0)
        if how.unit_columns:
            torch.testing.assert_close(norms, torch.ones_like(norms), atol=2e-3, rtol=0)
        else:
            assert norms.mean() > 1.5


def test_a_short_training_lowers_the_loss_and_the_card_is_reproduced():
    x = normal(500, sparse_autoencoders.WIDTH, seed=0)
    short, _ = trained(ARMS["2"], x, PLAN.__class__(steps=30, learning_rate=3e-3, weight_decay=0.0, clip=100.0), 64)
    start = seeded(sparse_autoencoders.build, 0)
    start.start(x.mean(dim=0))
    with torch.no_grad():
        before, after = (sparse_loss(x, y, trace.features, 2.0) for y, trace in (start(x), short(x)))
    assert after < 0.8 * before
    card = load_card(NAME)
    assert card["steps"] == PLAN.steps
    assert CHECKPOINTS[NAME].measured() == pytest.approx(card["metrics"], rel=0.01)


def test_shape_comments():
    model = pretrained_decoder(MODEL)
    with shapes_checked(
        sparse_autoencoder, class_purity, inner_activations, B=4, D=96, K=11, T=5, V=1024, N=8, M=3, C=2, n=4
    ) as watch:
        x = normal(4, 96, seed=0)
        y, trace = seeded(lambda: SparseAutoencoder(96, 11), 0)(x)
        explained(x, y), firing(trace.features)
        scores = normal(8, 3, seed=1)
        purity_of_chosen(scores, scores, torch.arange(2).repeat_interleave(4), 2)
        carried_on(model, activations(model, torch.zeros(4, 5, dtype=torch.long)))
    assert watch.reached
    assert not watch.unreached()
