"""The joint-embedding architecture against torch's own layers and averaged model, with one training step."""

import copy

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from models.contrastive.joint_embedding import JointEmbedding, half, opposite
from models.contrastive.siamese import Encoder
from models.seeding import normal

pytestmark = pytest.mark.parity

B, N, H, D = 11, 18, 7, 5


def rebuilt(encoder: Encoder) -> nn.Sequential:
    inputs, hidden = encoder.first.shape
    layers = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, encoder.second.shape[1]))
    for layer, weight, bias in ((0, encoder.first, encoder.first_bias), (2, encoder.second, encoder.second_bias)):
        layers[layer].weight.data, layers[layer].bias.data = weight.data.T.clone(), bias.data.clone()
    return layers


def redrawn(model: JointEmbedding) -> JointEmbedding:
    for seed, weight in enumerate([*model.context.parameters(), *model.predictor.parameters()]):
        weight.data = 1.5 * normal(*weight.shape, seed=seed) / weight.shape[0] ** 0.5
    model.follow(0.0)
    return model


def theirs(context: nn.Module, predictor: nn.Module, target: nn.Module, x, y, z) -> torch.Tensor:
    predicted = predictor(torch.cat([context(x), z], 1))
    with torch.no_grad():
        wanted = target(y)
    return nn.functional.mse_loss(predicted, wanted)


@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_energy_step_and_average(momentum: float) -> None:
    ours = redrawn(JointEmbedding(2 * N, H, D, 0))
    context, predictor = rebuilt(ours.context), rebuilt(ours.predictor)
    average = AveragedModel(context, multi_avg_fn=get_ema_multi_avg_fn(momentum))
    average.update_parameters(context)  # its first call copies
    side = torch.arange(B) % 4
    images = normal(B, 2 * N, seed=40)
    x, y, z = half(images, opposite(side)), half(images, side), nn.functional.one_hot(side, 4).float()
    mine = torch.optim.SGD([one for one in ours.parameters() if one.requires_grad], 0.1)
    other = torch.optim.SGD([*context.parameters(), *predictor.parameters()], 0.1)
    for _ in range(3):
        loss, expected = ours(x, y, side)[0].mean(), theirs(context, predictor, average, x, y, z)
        torch.testing.assert_close(loss, expected)
        for optimizer, value in ((mine, loss), (other, expected)):
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        ours.follow(momentum)
        average.update_parameters(context)
    last = theirs(context, predictor, average, x, y, z)
    torch.testing.assert_close(ours(x, y, side)[0].mean(), last)
    stale = copy.deepcopy(ours)
    stale.follower = copy.deepcopy(redrawn(JointEmbedding(2 * N, H, D, 0)).follower)
    assert not torch.allclose(stale(x, y, side)[0].mean(), last, rtol=1e-3), "a target encoder that never follows"
