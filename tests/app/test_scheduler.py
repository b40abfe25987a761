"""Short runs pass trainings, first figures come before later ones, and a hanging step holds up nobody."""

import threading
import time
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import pytest
from pydantic import Field

from app import runner as runner_module
from app import scheduler as scheduler_module
from app.experiments.base import Controls, Experiment, Figure
from app.flight import Waiting
from app.moments import Run, RunFailed
from app.runner import Runner
from visualizers.theme import figure


class Behaviour(Controls):
    """What the test experiment does."""

    kind: Literal["light", "training", "hangs", "raises", "eats memory"] = "light"
    steps: int = Field(5, ge=1)
    seconds: float = 0.02
    heavy: bool = False


class Moment(NamedTuple):
    number: int


class Log:
    """Which run took which step, in order."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.hanging = 0

    def run(self, controls: Behaviour, device: str) -> Moment | Iterator[Moment]:
        if controls.kind == "training":
            return self._training(controls)
        self.steps.append((controls.seed, 0))
        if controls.kind == "raises":
            raise ValueError("no water in the pool")
        if controls.kind == "eats memory":
            bytearray(1 << 62)
        if controls.kind == "hangs":
            self._hang()
        time.sleep(controls.seconds)
        return Moment(0)

    def _hang(self) -> None:
        self.hanging += 1
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                pass
        finally:
            self.hanging -= 1

    def _training(self, controls: Behaviour) -> Iterator[Moment]:
        for number in range(controls.steps):
            time.sleep(controls.seconds)
            self.steps.append((controls.seed, number))
            yield Moment(number)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    made = Experiment(
        Behaviour,
        log.run,
        measure=lambda moment: {"number": moment.number},
        figures=lambda moment, metrics: {"only": Figure("t", "c", "One.", figure([]))},
        heavy=lambda controls: controls.heavy,
    )
    monkeypatch.setattr(runner_module, "experiment", lambda id: made)
    return log


class Reader(threading.Thread):
    """Follows one setting to its end."""

    def __init__(self, runner: Runner, **controls: Any) -> None:
        super().__init__(daemon=True)
        self._runner, self._controls = runner, Behaviour(**controls)
        self.told: list[tuple[float, Run | Waiting]] = []
        self.problem = ""
        self._began = time.monotonic()
        self.start()

    def run(self) -> None:
        try:
            for told in self._runner.stream("behaviour", self._controls):
                self.told.append((time.monotonic() - self._began, told))
        except RunFailed as failed:
            self.problem = str(failed)

    @property
    def first(self) -> float:
        return next(when for when, told in self.told if isinstance(told, Run))

    @property
    def whole(self) -> float:
        return self.told[-1][0]


def test_every_training_has_its_first_figure_before_any_goes_far(log: Log) -> None:
    runner = Runner()
    readers = [Reader(runner, kind="training", seed=seed, steps=20) for seed in range(10)]
    for reader in readers:
        reader.join()
    assert not any(reader.problem for reader in readers)
    assert {seed for seed, _ in log.steps[:12]} == set(range(10))  # two workers: two may be a step ahead
    assert max(reader.first for reader in readers) < 0.5 * min(reader.whole for reader in readers)


def test_a_short_run_passes_thirty_trainings(log: Log) -> None:
    runner = Runner()
    trainings = [Reader(runner, kind="training", seed=seed, steps=40) for seed in range(30)]
    time.sleep(0.3)
    light = Reader(runner, seed=99)
    light.join()
    assert light.whole < 0.5
    assert all(training.is_alive() for training in trainings)


def test_light_runs_get_both_workers_in_turn_with_later_steps(log: Log) -> None:
    runner = Runner()
    trainings = [Reader(runner, kind="training", seed=seed, steps=400) for seed in range(4)]
    while len(log.steps) < 8:  # every first step is over
        time.sleep(0.01)
    before = len(log.steps)
    lights = [Reader(runner, seed=seed, seconds=0.04) for seed in range(50, 74)]
    for reader in lights:
        reader.join()
    taken = log.steps[before:]
    trained = sum(seed < 50 for seed, _ in taken)
    assert len(lights) / 6 < trained < len(lights) / 1.5  # one of three turns, not half of the machine
    assert all(training.is_alive() for training in trainings)


def test_who_waits_is_told_how_many_are_before_him_within_a_second(log: Log) -> None:
    runner = Runner()
    readers = [Reader(runner, seed=seed, seconds=0.4) for seed in range(12)]
    for reader in readers:
        reader.join()
    waits = [(when, told.ahead) for when, told in readers[-1].told if isinstance(told, Waiting)]
    assert waits[0][0] < 1
    assert waits[0][1] > waits[-1][1]


def test_a_deadline_counts_the_time_of_the_run_and_not_of_the_queue(log: Log) -> None:
    runner = Runner(deadline=1.0)
    readers = [Reader(runner, kind="training", seed=seed, steps=20) for seed in range(12)]
    for reader in readers:
        reader.join()
    assert not any(reader.problem for reader in readers)
    assert min(reader.whole for reader in readers) > 1.0


def test_what_nobody_waits_for_any_more_is_not_begun(log: Log) -> None:
    runner = Runner(grace=0.1)
    busy = [Reader(runner, seed=seed, seconds=1.5) for seed in (1, 2)]
    time.sleep(0.1)
    for seed in range(10, 13):  # a slider that is dragged on
        stream = runner.stream("behaviour", Behaviour(seed=seed))
        assert isinstance(next(stream), Waiting)
        stream.close()
    for reader in busy:
        reader.join()
    Reader(runner, seed=50).join()
    assert [seed for seed, _ in log.steps] == [1, 2, 50]


def test_a_step_that_hangs_ends_with_a_sentence_and_the_others_go_on(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "SLOW_SECONDS", 0.3)
    runner = Runner(deadline=4)
    hanging = [Reader(runner, kind="hangs", seed=seed) for seed in range(3)]
    time.sleep(0.1)
    others = [Reader(runner, kind=kind, seed=seed) for seed, kind in enumerate(("light", "training"), 50)]
    for reader in others:
        reader.join()
        assert not reader.problem
        assert reader.whole < 3
    for reader in hanging:
        reader.join(10)
        assert "stopped after 4 s" in reader.problem
    until = time.monotonic() + 5
    while log.hanging:
        assert time.monotonic() < until
    ended = len(log.steps)
    Reader(runner, seed=60).join()
    assert len(log.steps) == ended + 1


def test_one_that_raises_or_eats_memory_ends_alone(log: Log) -> None:
    runner = Runner()
    raising, eating, good = (Reader(runner, kind=kind, seed=1) for kind in ("raises", "eats memory", "training"))
    for reader in (raising, eating, good):
        reader.join()
    assert raising.problem == "the run failed: no water in the pool"
    assert eating.problem.startswith("the run failed")
    assert not good.problem


def test_heavy_runs_wait_for_each_other_and_for_nobody_else(log: Log) -> None:
    runner = Runner()
    heavy = [Reader(runner, seed=seed, seconds=0.3, heavy=True) for seed in range(4)]
    time.sleep(0.05)
    light = Reader(runner, seed=50)
    light.join()
    assert light.whole < 0.25
    for reader in heavy:
        reader.join()
    assert max(reader.whole for reader in heavy) > 1.1
    assert any(isinstance(told, Waiting) and told.ahead for _, told in max(heavy, key=lambda one: one.whole).told)


def test_a_closed_runner_leaves_no_thread(log: Log) -> None:
    before = set(threading.enumerate())
    runner = Runner()
    runner.run("behaviour", Behaviour())
    assert set(threading.enumerate()) - before
    runner.close()
    assert set(threading.enumerate()) <= before


def test_freed_memory_goes_back_after_a_run_but_not_after_each(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[float] = []
    monkeypatch.setattr(scheduler_module, "resident_bytes", lambda: 0)
    monkeypatch.setattr(scheduler_module, "give_back_freed_memory", lambda: given_back.append(time.monotonic()))
    counts = []
    for least in (0.0, 3600.0):
        monkeypatch.setattr(scheduler_module, "TIDY_SECONDS", least)
        runner = Runner()
        for seed in range(3):
            runner.run("test", Behaviour(seed=seed, seconds=0.0))
        runner.close()
        counts.append(len(given_back))
    assert counts[0] >= 1
    assert counts[1] == counts[0]


def test_freed_memory_goes_back_at_once_where_the_process_has_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[int] = []
    resident, here = [0], threading.get_ident()

    def give_back() -> None:
        if threading.get_ident() == here:  # workers of other tests may still end their runs
            given_back.append(resident[0])

    monkeypatch.setattr(scheduler_module, "resident_bytes", lambda: resident[0])
    monkeypatch.setattr(scheduler_module, "give_back_freed_memory", give_back)
    monkeypatch.setattr(scheduler_module, "TIDY_SECONDS", 3600.0)
    scheduler = scheduler_module.Scheduler()
    for megabytes in (60, 70, 130, 140):
        resident[0] = megabytes * 2**20
        scheduler.tidy()
    scheduler.close()
    assert given_back == [70 * 2**20, 140 * 2**20]
