"""Residual networks, bottlenecks and pre-activation: invariants, values worked out by hand, gradients."""

import pytest
import torch
from torch import nn

from models.convolution.bottleneck import (
    BottleneckBlock,
    basic_weights,
    bottleneck_weights,
    channel_projection,
    channel_rows,
    effective_rank,
)
from models.convolution.preactivation import (
    InPlaceBlock,
    PostactivationBlock,
    PreactivationBlock,
    PreactivationNetwork,
    scaled_sum,
    unrolled_sum,
)
from models.convolution.residual_network import (
    BasicBlock,
    PlainBlock,
    ResidualNetwork,
    residual_sum,
    scale_branches,
)
from models.layers.he_start import he_deviation, he_started
from models.seeding import normal

C = 4


def started(build, seed=0):
    return he_started(build, seed)


def test_the_sums_by_hand():
    x, f = torch.tensor([1.0, -3.0]), torch.tensor([2.0, 1.0])
    assert residual_sum(x, f).tolist() == [3.0, 0.0]
    assert residual_sum(x, f, torch.neg).tolist() == [1.0, 4.0]
    assert scaled_sum(x, f, 0.5, 2.0).tolist() == [4.5, 0.5]
    assert unrolled_sum(x, [f, f]).tolist() == [5.0, -1.0]


def test_a_block_whose_last_weights_are_zero_passes_its_input_on():
    for kind in (BasicBlock, PreactivationBlock):
        block = started(lambda kind=kind: kind(C))
        nn.init.zeros_(block.last.weight)
        x = normal(2, C, 5, 5, seed=1).relu()
        torch.testing.assert_close(block(x)[0], x, atol=0, rtol=0)
    plain = started(lambda: PlainBlock(C))
    nn.init.zeros_(plain.last.weight)
    assert not plain(x)[0].any()


def test_the_last_preactivated_state_is_the_sum_and_a_relu_on_the_skip_breaks_it():
    x = normal(3, 1, 8, 8, seed=2)
    for kind, equal in ((PreactivationBlock, True), (PostactivationBlock, False), (InPlaceBlock, False)):
        model = started(lambda kind=kind: PreactivationNetwork([kind(C) for _ in range(5)], C))
        _, trace = model(x)
        total = unrolled_sum(trace.states[0], trace.branches)
        assert torch.allclose(trace.states[-1], total, atol=1e-5) is equal


def test_a_gradient_of_one_passes_through_empty_branches_and_is_halved_by_halved_skips():
    for scale in (1.0, 0.5):
        model = started(lambda scale=scale: PreactivationNetwork([PreactivationBlock(C, scale) for _ in range(3)], C))
        for block in model.blocks:
            nn.init.zeros_(block.last.weight)
        logits, trace = model(normal(1, 1, 8, 8, seed=0))
        first, last = torch.autograd.grad(logits.sum(), [trace.states[0], trace.states[-1]])
        torch.testing.assert_close(first, last * scale**3)


def test_the_start_keeps_the_size_and_branches_are_scaled_by_the_root():
    assert he_deviation(72) == pytest.approx(1 / 6)
    layer = started(lambda: nn.Conv2d(64, 64, 3, padding=1, bias=False))
    assert layer.weight.std().item() == pytest.approx(he_deviation(64 * 9), rel=0.02)
    assert torch.equal(layer.weight, started(lambda: nn.Conv2d(64, 64, 3, padding=1, bias=False)).weight)
    blocks = [started(lambda: BasicBlock(C)) for _ in range(4)]
    before = blocks[1].last.weight.clone()
    scale_branches(blocks)
    torch.testing.assert_close(blocks[1].last.weight, before / 2)


def test_weights_are_counted_as_the_paper_does():
    assert bottleneck_weights(256) == 69_632
    assert basic_weights(64) == 73_728
    for narrow in (2, 4):
        block = BottleneckBlock(32, narrow)
        assert sum(p.numel() for p in block.parameters()) == bottleneck_weights(32, narrow)
    assert sum(p.numel() for p in BasicBlock(32).parameters()) == basic_weights(32)


def test_effective_rank_counts_equal_directions():
    q = torch.linalg.qr(normal(20, 6, seed=0)).Q
    assert effective_rank(q[:, :4] @ torch.eye(4, 6)).item() == pytest.approx(4, abs=1e-4)
    assert effective_rank(q).item() == pytest.approx(6, abs=1e-4)
    assert effective_rank(torch.zeros(5, 3)).item() == 0
    assert effective_rank(torch.tensor([[3.0, 0.0], [0.0, 1.0]])).item() == pytest.approx(
        torch.distributions.Categorical(torch.tensor([0.75, 0.25])).entropy().exp().item()
    )


def test_a_block_adds_in_no_more_directions_than_channels_inside():
    x = normal(6, 16, 4, 4, seed=3)
    block = started(lambda: BottleneckBlock(16))
    singular = torch.linalg.svdvals(channel_rows(block(x)[1]))
    assert (singular > 1e-4 * singular[0]).sum() == 4


def test_shared_directions_hold_the_sum_of_all_blocks():
    x = normal(6, 16, 4, 4, seed=3)
    shared = channel_projection(normal(16, 16, seed=5), 4)
    torch.testing.assert_close(shared @ shared, shared)
    blocks = [started(lambda: BottleneckBlock(16), seed) for seed in range(3)]
    for block in blocks:
        block.adds = shared
    rows = channel_rows(sum(block(x)[1] for block in blocks))
    singular = torch.linalg.svdvals(rows)
    assert (singular > 1e-4 * singular[0]).sum() == 4


def test_the_logits_have_a_gradient_for_every_weight():
    model = started(lambda: ResidualNetwork([BasicBlock(C), PlainBlock(C)], C))
    model(normal(4, 1, 8, 8, seed=0))[0].square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
