"""Buckets of offsets and those of transformers' T5, both directions of whose function are used."""

import pytest
import torch

from models.position.relative_bias import bucket


@pytest.mark.parametrize(("buckets", "furthest"), [(32, 128), (16, 64), (20, 77)])
def test_buckets(buckets, furthest):
    from transformers.models.t5.modeling_t5 import T5Attention

    offset = torch.arange(300)
    theirs = T5Attention._relative_position_bucket(
        -offset, bidirectional=False, num_buckets=buckets, max_distance=furthest
    )
    assert torch.equal(bucket(offset, buckets, furthest), theirs)
    assert not torch.equal(bucket(offset, buckets, furthest + 9), theirs)
