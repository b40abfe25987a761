"""Equal settings share one computation; a deserted one stops; failures reach the reader as a sentence."""

import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import torch
from pydantic import Field

from app import runner as runner_module
from app.experiments.base import Controls, Experiment, Figure
from app.moments import Run, RunFailed, to_cpu
from app.runner import Runner
from visualizers.theme import figure


class Counted(Controls):
    steps: int = Field(3, ge=1, le=10_000)
    fails: bool = False


class Step(NamedTuple):
    number: int
    weights: torch.Tensor


class Recorder:
    def __init__(self) -> None:
        self.started = 0
        self.steps = 0
        self.lock = threading.Lock()

    def run(self, controls: Counted, device: str) -> Iterator[Step]:
        with self.lock:
            self.started += 1
        if controls.fails:
            raise ValueError("no water in the pool")
        for number in range(controls.steps):
            time.sleep(0.01)
            self.steps += 1
            yield Step(number, torch.zeros(2, requires_grad=True))


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    made = Experiment(
        Counted,
        recorder.run,
        measure=lambda step: {"number": step.number},
        figures=lambda step, metrics: {"only": Figure("t", "c", "One.", figure([]))},
    )
    monkeypatch.setattr(runner_module, "experiment", lambda id: made)
    return recorder


def test_a_stream_ends_with_the_last_result_marked_done(recorder: Recorder) -> None:
    runs = [run for run in Runner().stream("counted", Counted(steps=3)) if isinstance(run, Run)]
    assert [run.done for run in runs][-1] is True
    assert not any(run.done for run in runs[:-1])
    assert runs[-1].metrics == {"number": 2}


def test_thirty_readers_of_one_setting_cost_one_run(recorder: Recorder) -> None:
    shared, last = Runner(), []

    def read() -> None:
        last.append(shared.run("counted", Counted(steps=5)))

    readers = [threading.Thread(target=read) for _ in range(30)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert recorder.started == 1
    assert [run.metrics["number"] for run in last] == [4] * 30
    shared.run("counted", Counted(steps=5))
    assert recorder.started == 1


def test_nobody_waiting_stops_the_computation_and_the_next_reader_gets_it_whole(recorder: Recorder) -> None:
    shared = Runner(grace=0.1)
    stream = shared.stream("counted", Counted(steps=2000))
    assert any(isinstance(moment, Run) for moment in stream)
    stream.close()
    time.sleep(0.4)
    stopped_at = recorder.steps
    time.sleep(0.2)
    assert recorder.steps == stopped_at < 2000
    assert shared.run("counted", Counted(steps=2)).done


def test_a_reader_who_comes_back_in_time_finds_the_same_computation(recorder: Recorder) -> None:
    shared = Runner(grace=5)
    stream = shared.stream("counted", Counted(steps=30))
    assert any(isinstance(moment, Run) for moment in stream)
    stream.close()
    time.sleep(0.1)
    assert shared.run("counted", Counted(steps=30)).metrics == {"number": 29}
    assert recorder.started == 1


def test_a_failure_is_a_sentence_and_is_not_kept(recorder: Recorder) -> None:
    shared = Runner()
    for attempt in (1, 2):
        with pytest.raises(RunFailed, match="no water in the pool"):
            shared.run("counted", Counted(fails=True))
        assert recorder.started == attempt


def test_past_the_deadline_a_run_is_stopped(recorder: Recorder) -> None:
    with pytest.raises(RunFailed, match="choose smaller controls"):
        Runner(deadline=0.1).run("counted", Counted(steps=2000))


def test_the_oldest_results_are_forgotten(recorder: Recorder) -> None:
    small = Runner(kept=2)
    for steps in (1, 2, 3, 1):
        small.run("counted", Counted(steps=steps))
    assert recorder.started == 4


def test_results_reach_the_drawing_without_gradients() -> None:
    moved = to_cpu({"a": [Step(1, torch.ones(1, requires_grad=True))], "b": (2, "x")})
    assert not moved["a"][0].weights.requires_grad
    assert isinstance(moved["a"][0], Step)
    assert moved["b"] == (2, "x")


def test_a_run_names_its_surroundings(recorder: Recorder) -> None:
    run: Run = Runner().run("counted", Counted(seed=7))
    assert (run.device, run.controls.seed, run.badge, run.parameters, run.notices) == ("cpu", 7, "live", 0, ())
