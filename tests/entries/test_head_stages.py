"""What the page of NTM addressing says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.energy.head_stages.focus import REPEATS, over_shifts
from app.experiments.energy.head_stages.run import kernel_of
from models.memory.linked_memory import Links, linked
from tests.entries.evidence import runs_of

shown = runs_of("ntm-addressing")


def test_each_strip_is_the_weighting_whose_entropy_its_title_gives() -> None:
    run = shown()
    strips = [trace for trace in run.figures["stages"].plot.data if ": " in trace.name]
    assert [trace.name.split(":")[0] for trace in strips] == [
        "by content", "after the gate", "after the shift", "after sharpening",
    ]  # fmt: skip
    for trace in strips:
        weights = np.asarray(trace.z, dtype=float)[0]
        assert weights.sum() == pytest.approx(1, abs=1e-5)
        bits = -(weights[weights > 0] * np.log2(weights[weights > 0])).sum()
        assert trace.name.endswith(f"{bits:.2f} bits")
    assert np.argmax(strips[-1].z[0]) == 10


def test_a_blurred_shift_and_its_opposite_leave_a_wider_focus_and_a_sharp_one_does_not() -> None:
    start = torch.eye(16, dtype=torch.float64)[3]
    for blur, returns in ((0.0, True), (0.1, False)):
        there = over_shifts(start, kernel_of(1, blur).double(), 1.0, 1)[-1]
        back = over_shifts(there, kernel_of(-1, blur).double(), 1.0, 1)[-1]
        assert torch.allclose(back, start) == returns


def test_just_below_the_smallest_sharpening_the_focus_is_lost() -> None:
    least = shown().metrics["smallest_sharpening"]
    start, kernel = torch.eye(16, dtype=torch.float64)[3], kernel_of(1, 0.1).double()
    assert over_shifts(start, kernel, least + 1e-4, REPEATS)[-1].max() > 0.5
    assert over_shifts(start, kernel, least - 1e-4, REPEATS)[-1].max() < 0.5
    assert shown(blur=0).metrics["smallest_sharpening"] == 1


def test_a_gate_of_zero_ignores_the_key_and_none_of_the_stages_breaks_at_the_bounds() -> None:
    assert shown(gate=0).metrics["weight_at_the_found_row"] < 0.01
    for change in ({"strength": 0}, {"blur": 0.3, "sharpening": 10}, {"write_gate": 0.5}, {"shift": 0, "gate": 0}):
        metrics = shown(**change).metrics
        assert all(np.isfinite(value) for value in metrics.values())


def test_links_of_the_page_are_those_of_its_writes() -> None:
    figure = shown().figures["order"]
    wrote = torch.tensor(np.asarray(figure.plot.data[0].z))
    read = np.asarray(figure.plot.data[1].z)
    state = Links(torch.zeros(16, 16), torch.zeros(16))
    for write in wrote:
        state = linked(state, write)
    reading = wrote[0]
    for row in read:
        assert np.allclose(row, reading, atol=1e-4)
        reading = state.links @ reading


def test_with_weak_writes_a_reading_is_a_mixture_of_rows() -> None:
    def rows_of_the_last_reading(**change: float) -> int:
        last = np.asarray(shown(**change).figures["order"].plot.data[1].z)[-1]
        return int((last > 0.1 * last.max()).sum())

    assert rows_of_the_last_reading() <= 2
    assert rows_of_the_last_reading(write_gate=0.7) >= 4


def test_the_smallest_sharpening_keeps_the_focus_only_if_it_acts_after_every_shift() -> None:
    least = shown().metrics["smallest_sharpening"]
    start, kernel = torch.eye(16, dtype=torch.float64)[3], kernel_of(1, 0.1).double()
    at_the_end = over_shifts(start, kernel, 1.0, REPEATS)[-1] ** least
    assert at_the_end.max() / at_the_end.sum() < 0.3
