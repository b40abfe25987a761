"""Latent prediction on patches: masks, what carries gradients, what the predictor is told, and the recipe's parts."""

import pytest
import torch

from models.contrastive import latent_prediction
from models.contrastive.latent_prediction import LatentPrediction, PixelPrediction, follow, latent_error, picked
from models.data import patch_masks
from models.data.patch_masks import GRID, HIDDEN, blocks, hidden_patches, nearest_visible, others, textured
from models.seeding import generator, normal, seeded
from models.training.hidden_patches import ARMS, BATCH, Loss, started
from models.training.hidden_patches import follow as follow_all
from models.training.side_by_side import SideBySide
from tests.shape_comments import shapes_checked

B, T, P, D = 3, GRID * GRID, 4, 16
hidden = hidden_patches(B, "block", generator(0))
visible = others(hidden)
x = normal(B, T, P, seed=1)


def test_blocks_are_blocks_and_scattered_patches_need_not_be() -> None:
    assert len({tuple(each) for each in blocks().tolist()}) == 12
    for each in blocks().tolist():
        rows, columns = {place // GRID for place in each}, {place % GRID for place in each}
        assert len(rows) * len(columns) == HIDDEN
    scattered = hidden_patches(200, "scattered", generator(1))
    assert all(len(set(each)) == HIDDEN for each in scattered.tolist())
    assert len(scattered.unique(dim=0)) > 150


def test_hidden_and_visible_patches_are_all() -> None:
    both = torch.cat([hidden, visible], 1).sort(1).values
    assert torch.equal(both, torch.arange(T).expand(B, -1))


def test_the_nearest_visible_patch_by_hand() -> None:
    gone = torch.tensor([[0, 1, 2, 4, 5, 6]])
    assert nearest_visible(gone, others(gone)).tolist() == [[8, 3, 3, 8, 9, 7]]


def test_noise_has_its_strength() -> None:
    images = torch.zeros(500, 1, 8, 8)
    assert textured(images, 0.5, generator(2)).std().item() == pytest.approx(0.5, rel=0.02)
    assert torch.equal(textured(images, 0.0, generator(2)), images)


def test_errors_by_hand() -> None:
    assert latent_error(torch.tensor([[1.0, 3.0]]), torch.tensor([[0.0, 1.0]])).tolist() == [2.5]


def test_hidden_patches_reach_the_target_alone_and_no_gradient_passes_there() -> None:
    model = seeded(LatentPrediction, 0)
    error, trace = model(x, visible, hidden)
    other = x.scatter(1, hidden[..., None].expand(-1, -1, P), 5.0)
    _, changed = model(other, visible, hidden)
    assert torch.equal(trace.predicted, changed.predicted)
    assert not torch.allclose(trace.targets, changed.targets)
    error.sum().backward()
    assert all(one.grad is None for one in model.target.parameters())
    assert all(one.grad is not None for one in model.context.parameters())


def test_the_order_of_the_hidden_patches_does_not_matter_but_their_positions_do() -> None:
    model = seeded(LatentPrediction, 0)
    model.place.data = normal(T, D, seed=3)
    s_x = model.context(x, visible)
    straight, turned = model.predict(s_x, visible, hidden), model.predict(s_x, visible, hidden.flip(1))
    torch.testing.assert_close(straight, turned.flip(1), atol=1e-5, rtol=1e-5)
    assert not torch.allclose(straight, turned, atol=1e-2)


def test_vectors_are_normed_and_pixels_are_their_own_target() -> None:
    _, trace = seeded(LatentPrediction, 0)(x, visible, hidden)
    torch.testing.assert_close(trace.targets.square().mean(-1), torch.ones(B, HIDDEN), atol=1e-2, rtol=1e-2)
    _, trace = seeded(PixelPrediction, 0)(x, visible, hidden)
    assert torch.equal(trace.targets, picked(x, hidden))


def test_targets_follow_alone_and_side_by_side() -> None:
    models = [seeded(LatentPrediction, seed) for seed in range(2)]
    together = SideBySide(models)
    follow_all(together, 0.75)
    for model, state in zip(models, together.states(), strict=True):
        follow(model.target, model.context, 0.75)
        for name, weight in model.state_dict().items():
            torch.testing.assert_close(state[name], weight, atol=2e-3, rtol=2e-3)
    started(models[0])
    assert torch.equal(models[0].target.position, models[0].context.position)


@pytest.mark.parametrize("arm", ARMS)
def test_a_loss_is_the_sum_of_the_trainings_and_leaves_the_target_alone(arm: str) -> None:
    models = SideBySide([seeded(ARMS[arm].build, seed) for seed in range(5)])
    value = Loss(ARMS[arm], 10, 4)(models, generator(4))
    value.backward()
    graded = dict(zip(models.names, (one.grad is not None for one in models.stacked), strict=True))
    assert value > 0
    assert BATCH > 4
    assert not any(has for name, has in graded.items() if name.startswith("target."))
    assert all(has for name, has in graded.items() if not name.startswith("target."))


def test_shape_comments() -> None:
    with shapes_checked(patch_masks, B=B, H=HIDDEN, T=T, V=T - HIDDEN) as masks:
        nearest_visible(hidden, visible)
    assert masks.unreached() == []
    with shapes_checked(latent_prediction, B=B, T=T, V=T - HIDDEN, H=HIDDEN, D=D) as watch:
        seeded(LatentPrediction, 0)(x, visible, hidden)
    assert watch.unreached() == []
