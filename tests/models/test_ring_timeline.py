"""The simulated ring against what can be worked out by hand."""

import itertools

import pytest

from models.attention.ring import Turn, block_seconds, smallest_block
from models.cost.ring_timeline import timeline

P = 4


def turns(pairs: int = 1, masked: bool = False) -> list[list[Turn]]:
    """All blocks alike, or those of later devices empty as under a causal mask with contiguous chunks."""
    return [
        [Turn(i, (i - r) % P, 0 if masked and (i - r) % P > i else pairs) for i in range(P)] for r in range(P)
    ]  # fmt: skip


def test_sending_that_is_faster_than_computing_costs_nothing() -> None:
    found = timeline(turns(), 1.0, 0.7, overlapped=True)
    assert found.seconds == P
    assert [found.busy(i) for i in range(P)] == [P] * P


def test_sending_that_is_slower_sets_the_pace() -> None:
    assert timeline(turns(), 1.0, 3.0, overlapped=True).seconds == pytest.approx(3 * (P - 1) + 1)


def test_without_overlap_both_times_add_up() -> None:
    assert timeline(turns(), 1.0, 0.5, overlapped=False).seconds == pytest.approx(P + 0.5 * (P - 1))


def test_under_a_causal_mask_the_last_device_works_in_all_rounds_and_the_first_in_one() -> None:
    found = timeline(turns(masked=True), 1.0, 0.1, overlapped=True)
    assert [found.busy(i) for i in range(P)] == [1, 2, 3, 4]
    assert found.seconds == P


def test_no_device_computes_twice_at_a_time_or_before_its_block_is_there() -> None:
    found = timeline(turns(masked=True), 1.0, 2.0, overlapped=True)
    for i in range(P):
        own = [one for one in found.computing if one.device == i]
        assert all(a.end <= b.start for a, b in itertools.pairwise(own))
        received = {one.block: one.end for one in found.sending if one.device == (i - 1) % P}
        assert all(one.start >= received.get(one.block, 0) for one in own)


def test_the_smallest_hidden_block_hides_sending_and_a_smaller_one_does_not() -> None:
    F, B = 1e6, 1e3
    for c, hidden in ((smallest_block(F, B), True), (0.9 * smallest_block(F, B), False)):
        compute, send = block_seconds(c, 1.0, F, B)
        assert (timeline(turns(), compute, send, overlapped=True).seconds <= P * compute * (1 + 1e-9)) is hidden
