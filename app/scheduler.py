"""Who computes next: short runs first, then everybody's first figure, then each training one step in turn."""

import ctypes
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

from models.allocator import give_back_freed_memory, resident_bytes

SLOW_SECONDS = 2.0
"""A step that takes longer no longer counts as one of the workers: another takes its place."""

MOST_SLOW = 6
"""Slow steps that are replaced at the same time; beyond it they keep their worker."""


TIDY_SECONDS = 10.0
"""Least time between two moments at which freed memory goes back to the system …"""

GROWN_BYTES = 64 * 2**20
"""… unless the process has grown by that much since (measured: a class of thirty frees 400 MB in ten seconds)."""

sys.setswitchinterval(0.001)  # a light page waits for less of a training's Python: 0.25 s became 0.08 s


class Stage(IntEnum):
    """What a task waits for. ``LIGHT``: to be begun, and done at once unless it streams. ``HEAVY``: any step of it."""

    LIGHT = 0
    FIRST_STEP = 1
    LATER_STEP = 2
    HEAVY = 3


class Task(Protocol):
    """Something that is computed in steps."""

    limit: float
    """Seconds that one step may take."""

    def unwanted(self) -> bool:
        """True, for good, if nobody waits for it any more."""

    def step(self) -> Stage | None:
        """Computes a part and says where to queue for the next; None at the end. Raises nothing."""

    def fail(self, reason: str) -> None:
        """Ends it for its readers; what a step still gives is dropped."""


class _Abandoned(BaseException):
    """Raised inside a step that ran past its limit; no ``except Exception`` of an experiment catches it."""


Order = tuple[Stage, ...]
"""What a worker looks for, the first that waits."""

LANES: tuple[tuple[Order, ...], ...] = (
    ((Stage.LIGHT, Stage.FIRST_STEP, Stage.LATER_STEP),),
    ((Stage.FIRST_STEP, Stage.LATER_STEP, Stage.LIGHT), (Stage.FIRST_STEP, Stage.LIGHT, Stage.LATER_STEP)),
)
"""The orders of each of the two workers, in turn: neither kind of run can hold up the other.

The second worker takes a light run after each later step: with one worker alone for light runs, a class of thirty
waited for it while trainings that nobody is in a hurry for had half of the machine.
"""


class Scheduler:
    """Two workers for ordinary tasks and, once there is a heavy one, one for these.

    ``watch`` has to be called now and then by whoever waits: it replaces workers that a slow step holds, and ends
    tasks past their limit.
    """

    def __init__(self, lanes: Sequence[Sequence[Order]] = LANES) -> None:
        self._queues: dict[Stage, deque[Task]] = {stage: deque() for stage in Stage}
        self._changed = threading.Condition()
        self._workers = {_Worker(self, orders) for orders in lanes}
        self._slow: set[_Worker] = set()
        self._heavy = False
        self._tidied, self._tidy_bytes = time.monotonic(), resident_bytes()
        for worker in self._workers:
            worker.start()

    def submit(self, task: Task, stage: Stage) -> None:
        with self._changed:
            if stage is Stage.HEAVY and not self._heavy:
                self._heavy = True
                self._hire(((Stage.HEAVY,),))
            self._queues[stage].append(task)
            self._changed.notify_all()

    def close(self, patience: float = 2.0) -> None:
        """Lets every worker finish its step and end: a thread of torch's that the interpreter cuts off aborts it."""
        with self._changed:
            ending = [*self._workers, *self._slow]
            self._workers.clear()
            self._changed.notify_all()
        for worker in ending:
            worker.join(patience)

    def ahead(self, task: Task) -> int:
        """How many are before a task that waits, with the one that is being computed; 0 if it does not wait."""
        with self._changed:
            for queue in self._queues.values():
                if task in queue:
                    return queue.index(task) + 1
        return 0

    def watch(self) -> None:
        """Replaces the workers of slow steps; ends the tasks whose step is past its limit."""
        now = time.monotonic()
        late: list[Task] = []
        with self._changed:
            for worker in [one for one in self._workers if one.busy_for(now) > SLOW_SECONDS]:
                if len(self._slow) < MOST_SLOW:
                    self._workers.discard(worker)
                    self._slow.add(worker)
                    self._hire(worker.orders)
            for worker in [*self._slow, *self._workers]:
                if worker.task is not None and worker.busy_for(now) > worker.task.limit:
                    late.append(worker.task)
                    worker.interrupt()
        for task in late:
            task.fail(f"stopped after {task.limit:g} s; choose smaller controls")

    def tidy(self) -> None:
        """After a step: freed memory goes back to the system, now and then."""
        now, grown = time.monotonic(), resident_bytes() > self._tidy_bytes + GROWN_BYTES
        with self._changed:
            due = grown or now - self._tidied >= TIDY_SECONDS
            self._tidied = now if due else self._tidied
        if due:
            give_back_freed_memory()
            self._tidy_bytes = resident_bytes()

    def _hire(self, orders: Sequence[Order]) -> None:
        worker = _Worker(self, orders)
        self._workers.add(worker)
        worker.start()

    def take(self, worker: "_Worker") -> bool:
        """Gives a worker its next task; False if another one has its place."""
        with self._changed:
            while worker in self._workers:
                for stage in worker.order:
                    if self._queues[stage]:
                        worker.begin(self._queues[stage].popleft())
                        return True
                self._changed.wait()
            self._slow.discard(worker)
            return False

    def leave(self, worker: "_Worker") -> None:
        """A worker whose step was broken off is gone; if it still had its place, another takes it."""
        with self._changed:
            worker.task = None
            self._slow.discard(worker)
            if worker in self._workers:
                self._workers.discard(worker)
                self._hire(worker.orders)

    def give_back(self, worker: "_Worker", task: Task, stage: Stage | None) -> None:
        with self._changed:
            worker.task = None
            if stage is not None:
                self._queues[stage].append(task)
                self._changed.notify_all()


class _Worker(threading.Thread):
    """A thread that takes one step of one task at a time."""

    def __init__(self, scheduler: Scheduler, orders: Sequence[Order]) -> None:
        super().__init__(name="experiment", daemon=True)
        self.orders = orders
        self.task: Task | None = None
        self._begun = 0
        self._scheduler = scheduler
        self._since = 0.0
        self._interrupted = False

    @property
    def order(self) -> Order:
        """What it looks for next."""
        return self.orders[self._begun % len(self.orders)]

    def busy_for(self, now: float) -> float:
        """Seconds since its step began; 0 between steps."""
        return now - self._since if self.task is not None else 0.0

    def begin(self, task: Task) -> None:
        self.task, self._since = task, time.monotonic()
        self._begun += 1

    def interrupt(self) -> None:
        """Ends a step that loops in Python. One that hangs in a foreign call keeps its thread, and no more."""
        if not self._interrupted and self.ident is not None:
            self._interrupted = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident), ctypes.py_object(_Abandoned))

    def run(self) -> None:
        try:
            while self._scheduler.take(self):
                task = self.task
                assert task is not None
                stage = None if task.unwanted() else task.step()
                self._scheduler.give_back(self, task, stage)
                self._scheduler.tidy()
        except _Abandoned:
            self._scheduler.leave(self)
