"""The shape comments of residual networks, the U-Net, capsules and their data, executed."""

from torch import zeros

from models.convolution import bottleneck, capsule_network, dynamic_routing, preactivation, residual_network, unet
from models.data import planted_votes, scenes
from models.layers import he_start
from models.seeding import normal, seeded
from tests.shape_comments import check_fields, shapes_checked


def test_residual_networks():
    build = {
        preactivation.PreactivationNetwork: (preactivation.PreactivationBlock, preactivation.PostactivationBlock),
        residual_network.ResidualNetwork: (residual_network.BasicBlock, residual_network.PlainBlock),
    }
    with shapes_checked(residual_network, preactivation, B=3, C=4, Y=10) as watch:
        for network, kinds in build.items():
            model = he_start.he_started(lambda n=network, k=kinds: n([kind(4) for kind in k], 4), 0)
            model(normal(3, 1, 8, 8, seed=0))
    assert watch.reached
    assert not watch.unreached()


def test_the_bottleneck():
    with shapes_checked(bottleneck, B=3, C=8, W=2, n=5, M=75) as watch:
        block = he_start.he_started(lambda: bottleneck.BottleneckBlock(8), 0)
        bottleneck.effective_rank(bottleneck.channel_rows(block(normal(3, 8, 5, 5, seed=0))[1]))
        bottleneck.channel_projection(normal(8, 8, seed=0), 2)
    assert not watch.unreached()


def test_the_unet():
    with shapes_checked(unet, B=2, N=16, Y=3) as watch:
        model = he_start.he_started(unet.UNet, 0)
        logits, trace = model(normal(2, 1, 16, 16, seed=0))
        unet.pixel_loss(logits, zeros(2, 16, 16).long())
    assert check_fields(trace, B=2) == 1
    assert not watch.unreached()


def test_capsules():
    sizes = {"B": 3, "I": 32, "J": 10, "K": 8, "P": 4}
    with shapes_checked(capsule_network, dynamic_routing, **sizes) as watch:
        model = seeded(capsule_network.CapsuleNetwork, 0)
        v, trace = model(normal(3, 1, 8, 8, seed=0))
        capsule_network.margin_loss(capsule_network.lengths_of(v), zeros(3).long())
        model.decode(v)
        dynamic_routing.squash_without_tiny(v)
    assert check_fields(trace, **sizes) == 2
    assert check_fields(trace.routing, **sizes, R=3) == 4
    assert not watch.unreached()


def test_the_data():
    assert check_fields(scenes.scenes(3, 0), B=3, N=32) == 2
    assert check_fields(planted_votes.planted_votes(5, 0), S=5, I=32, J=4, K=8) == 3
