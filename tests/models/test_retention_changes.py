"""Retention with a head taken out, other decays and a mistake between chunks; its operations; shape comments."""

import math

import pytest
import torch

from models.cost.retention_cost import chunkwise_work, parallel_work, recurrent_work
from models.cost.tensors_made import TensorsMade
from models.seeding import generator
from models.statespace import retention, retention_changes
from tests.shape_comments import shapes_checked

B, T, D, V, F = 2, 7, 6, 11, 9


def test_a_head_of_retention_is_taken_out_and_decays_are_averaged():
    q, k, v = torch.randn(3, B, 3, T, 4, generator=generator(0))
    gamma = retention.short_text_decays(3)
    less = retention_changes.without_head(1)(q, k, v, gamma)
    assert (less[:, 1] == 0).all()
    assert torch.equal(less[:, 0], retention.parallel(q, k, v, gamma)[:, 0])
    lives = lambda gamma: math.log(0.5) / gamma.log()
    one = lives(retention_changes.one_decay(gamma))
    assert one.tolist() == pytest.approx([lives(gamma).log().mean().exp().item()] * 3, rel=1e-4)


def test_late_chunks_differ_from_the_second_chunk_on():
    q, k, v = torch.randn(3, B, 3, 9, 4, generator=generator(0))
    gamma = retention.short_text_decays(3)
    difference = (retention_changes.late_chunkwise(q, k, v, gamma, 4) - retention.parallel(q, k, v, gamma)).abs()
    assert difference[:, :, :4].max() < 1e-5 < 0.01 < difference[:, :, 4:].max()


def test_operations_of_retention_as_torch_counts_them():
    n, K = 24, 5
    q, k, v = (torch.empty(1, 1, n, K, device="meta") for _ in range(3))
    with TensorsMade() as counted:
        (q @ k.transpose(-2, -1)) @ v
    assert counted.product_flops // 2 == parallel_work(n, K)
    assert recurrent_work(n, K) == n * 2 * K * K
    assert chunkwise_work(n, K, n) == parallel_work(n, K) + recurrent_work(n, K)


def run_retention_changes() -> None:
    q, k, v = torch.randn(3, B, 3, 10, 4, generator=generator(0))
    retention_changes.late_chunkwise(q, k, v, retention.short_text_decays(3), 5)
    retention_changes.without_head(1)(q, k, v, retention.short_text_decays(3))


@pytest.mark.parametrize(
    ("module", "run", "sizes"),
    [
        (retention_changes, run_retention_changes, {"H": 3}),
    ],
)
def test_shape_comments(module, run, sizes):
    with shapes_checked(module, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()
