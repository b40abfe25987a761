"""Residual blocks against those of transformers, at odd sizes with weights drawn again."""

import pytest
import torch
from torch import nn
from transformers import ResNetConfig
from transformers.models.resnet.modeling_resnet import ResNetBasicLayer, ResNetBottleNeckLayer

from models.convolution.bottleneck import BottleneckBlock
from models.convolution.residual_network import BasicBlock, PlainBlock, residual_sum
from models.convolution.unet import UNet
from models.seeding import normal
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity


def without_norms(theirs: nn.Module) -> list[nn.Conv2d]:
    """Their convolutions in order; the norms become the identity, as ours has none."""
    for module in theirs.modules():
        for name, child in list(module.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
    return [one for one in theirs.modules() if isinstance(one, nn.Conv2d)]


@pytest.mark.parametrize("channels", [3, 5, 12])
def test_a_basic_block_is_theirs(channels):
    theirs = ResNetBasicLayer(channels, channels).double()
    ours = BasicBlock(channels).double()
    redraw(ours, channels)
    for to, own in zip(without_norms(theirs), (ours.first, ours.last), strict=True):
        to.weight.data = own.weight.data
    x = normal(2, channels, 5, 7, seed=0).double()
    torch.testing.assert_close(ours(x)[0], theirs(x))
    plain = PlainBlock(channels).double()
    plain.load_state_dict(ours.state_dict())
    assert not torch.allclose(plain(x)[0], theirs(x))


@pytest.mark.parametrize("channels", [8, 20])
def test_a_bottleneck_is_theirs_and_a_missing_relu_is_noticed(channels):
    theirs = ResNetBottleNeckLayer(channels, channels, reduction=4).double()
    ours = BottleneckBlock(channels).double()
    ours.reads, ours.adds = ours.reads.double(), ours.adds.double()
    redraw(ours, channels)
    for to, own in zip(without_norms(theirs), (ours.reduce, ours.middle, ours.last), strict=True):
        to.weight.data = own.weight.data
    x = normal(2, channels, 5, 7, seed=0).double()
    torch.testing.assert_close(ours(x)[0], theirs(x))
    linear = ours.last(ours.middle(ours.reduce(x)).relu())
    assert not torch.allclose(residual_sum(x, linear), theirs(x))


def test_the_library_s_first_stage_has_256_channels():
    assert ResNetConfig(layer_type="bottleneck").hidden_sizes[0] == 256


def test_the_unet_is_torchs_layers_in_the_papers_order():
    """The same U written out with torch's functions; a skip in front of what is enlarged is noticed."""
    model = UNet(3, 3, 2).double()
    redraw(model, 1)
    x = normal(2, 1, 12, 20, seed=0).double()

    def twice(block: nn.Module, h: torch.Tensor) -> torch.Tensor:
        return nn.Sequential(block.first, nn.ReLU(), block.second, nn.ReLU())(h)

    def whole(skip_first: bool) -> torch.Tensor:
        one = twice(model.down[0], x)
        two = twice(model.down[1], nn.MaxPool2d(2)(one))
        h = twice(model.down[2], nn.MaxPool2d(2)(two))
        for level, skip in ((1, two), (0, one)):
            parts = [model.enlarge[level](h), skip]
            h = twice(model.up[level], torch.cat(parts[::-1] if skip_first else parts, dim=1))
        return model.to_logits(h)

    torch.testing.assert_close(model(x)[0], whole(False))
    assert not torch.allclose(model(x)[0], whole(True))
