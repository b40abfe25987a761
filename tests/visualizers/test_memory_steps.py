"""A memory step by step: one frame a step, which holds what was given."""

import numpy as np
import pytest

from visualizers.memory_steps import memory_steps

T, N, W = 4, 7, 3


def test_each_frame_holds_the_memory_and_both_heads_of_its_step() -> None:
    draws = np.random.default_rng(0)
    memories, writes, reads = draws.normal(size=(T, N, W)), draws.random((T, N)), draws.random((T, N))
    drawn = memory_steps(memories, writes, reads, names=list("abcd"), start=2)
    assert [trace.name for trace in drawn.data] == ["write head", "memory", "read head"]
    assert np.asarray(drawn.data[1].z) == pytest.approx(memories[2], abs=1e-6)
    for step, frame in enumerate(drawn.frames):
        write, memory, read = (np.asarray(patch["z"]) for patch in frame._props["data"])
        assert memory == pytest.approx(memories[step], abs=1e-6)
        assert write[:, 0] == pytest.approx(writes[step], abs=1e-6)
        assert read[:, 0] == pytest.approx(reads[step], abs=1e-6)
    assert drawn.data[1].zmax == pytest.approx(np.abs(memories).max())
    first, last = drawn.data[0], drawn.data[2]
    assert first.x0 + first.dx / 2 < drawn.data[1].x0 - drawn.data[1].dx / 2
    assert drawn.data[1].x0 + drawn.data[1].dx * (W - 0.5) < last.x0 - last.dx / 2


def test_an_empty_memory_is_drawn() -> None:
    drawn = memory_steps(np.zeros((1, N, W)), np.eye(N)[:1], np.eye(N)[:1], names=["a"])
    assert len(drawn.frames) == 1
