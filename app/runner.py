"""Runs experiments: fairly, each setting once, the result kept, and stopped when nobody waits."""

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

import torch

from app.experiments import experiment
from app.experiments.base import AnyExperiment, Badge, Controls, Figure
from app.provenance.explain import Explanation, explain
from app.provenance.plot_points import Click, located, most, traceable
from app.scheduler import Scheduler, Stage
from models.checkpoints import CheckpointError
from models.tokenization.tokenizer import TokenizerError

_LOG = logging.getLogger(__name__)

TICK_SECONDS = 0.25
"""A reader who waits is told so this often; that is also when it notices that it is no longer wanted."""

DEADLINE_SECONDS, HEAVY_DEADLINE_SECONDS = 30.0, 120.0
"""What a run may take of its own time: not that of others who are computed in between."""

UPDATE_SECONDS = 0.2
"""The least time between two moments of a training that are drawn."""

KEPT_RESULTS = 8
"""Whole results that are kept for explanations."""

torch.set_num_threads(1)  # two threads collapse under load: 7 ms became 328 ms


class RunFailed(Exception):
    """An experiment that raised or took too long; the message is for the reader."""


@dataclass(frozen=True, eq=False)
class Run:
    """What one run, or one moment of a run that is still going on, measured and drew."""

    experiment: str
    controls: Controls
    metrics: dict[str, float]
    figures: dict[str, Figure]
    seconds: float
    """Of its own: without the time of others who were computed in between."""
    device: str
    parameters: int
    badge: Badge
    notices: tuple[str, ...]
    labels: Mapping[str, str]
    """What a reader sees for the metrics whose names do not say it."""
    traced: dict[str, tuple[int, ...]]
    """The traces of each figure whose numbers can be asked where they come from."""
    done: bool
    trains: bool = False
    """It came in several moments: something was trained while the reader watched."""


@dataclass(frozen=True)
class Waiting:
    """Nothing new yet. ``ahead`` counts those who are before this run; 0 once it has begun."""

    ahead: int


T = TypeVar("T")
_END: Any = object()


class _Flight(Generic[T]):
    """One computation in steps (a Task of the scheduler) that any number of readers follow from its first result.

    ``unwanted`` is asked between steps; ``parts`` gives a result, or None for a step without one. A result that is no
    Run, or a Run that is done, is the last.
    """

    def __init__(
        self, parts: Iterator[T | None], unwanted: Callable[["_Flight[T]"], bool], *, heavy: bool, limit: float
    ) -> None:
        self.limit = limit
        self.readers = 0
        self.left = time.monotonic()  # when the last reader went
        self._parts = parts
        self._unwanted = unwanted
        self._heavy = heavy
        self._newest: T | None = None
        self._count = 0
        self._problem: str | None = None
        self._ended = False
        self._changed = threading.Condition()

    @property
    def failed(self) -> bool:
        return self._problem is not None

    @property
    def ended(self) -> bool:
        return self._ended

    def step(self) -> Stage | None:
        try:
            part = next(self._parts, _END)
            if part is _END:
                self._end()
            elif part is not None:
                self._publish(part)
        except (RunFailed, CheckpointError, TokenizerError) as stopped:  # has words that say what to do
            self.fail(str(stopped))
        except Exception as problem:  # the reader gets a sentence, the log the traceback
            _LOG.exception("a run failed")
            self.fail(f"the run failed: {problem}")
        if self._ended:
            self._parts = iter(())  # what a training holds in memory goes with it
            return None
        if self._heavy:
            return Stage.HEAVY
        return Stage.LATER_STEP if self._count else Stage.FIRST_STEP

    def unwanted(self) -> bool:
        if not self._ended and not self._unwanted(self):
            return False
        self.fail("stopped")
        self._parts = iter(())
        return True

    def fail(self, reason: str) -> None:
        self._end(reason)

    def _publish(self, part: T) -> None:
        with self._changed:
            if not self._ended:
                self._newest, self._count = part, self._count + 1
                self._ended = not isinstance(part, Run) or part.done
                self._changed.notify_all()

    def _end(self, problem: str | None = None) -> None:
        with self._changed:
            if not self._ended:
                self._problem, self._ended = problem, True
                self._changed.notify_all()

    def _beyond(self, seen: int) -> bool:
        return self._ended or self._count > seen

    def follow(self, waiting: Callable[[], Waiting]) -> Iterator[T | Waiting]:
        """The newest result whenever there is one, and every tick without that the queue is left.

        A slow reader skips the results it missed.
        """
        seen = 0
        while True:
            with self._changed:
                came = self._changed.wait_for(partial(self._beyond, seen), timeout=TICK_SECONDS)
                fresh = self._newest if self._count > seen else None
                seen, ended, problem = self._count, self._ended, self._problem
            if not came:
                yield waiting()
                continue
            if fresh is not None:
                yield fresh
            if problem is not None:
                raise RunFailed(problem)
            if ended:
                return


class Runner:
    """``stream`` yields the results of a setting. Equal settings share one computation and its kept result.

    ``find``, if given, gives the experiment of an id: one that may compute elsewhere.
    """

    def __init__(
        self,
        device: str = "cpu",
        kept: int = 128,
        deadline: float = DEADLINE_SECONDS,
        grace: float = 1.0,
        find: Callable[[str], AnyExperiment] | None = None,
    ) -> None:
        self.device = device
        self._find = find or (lambda id: experiment(id))
        self._grace = grace
        self._deadline = deadline
        self._most = kept
        self._flights: OrderedDict[Hashable, _Flight[Any]] = OrderedDict()
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._scheduler = Scheduler()

    def stream(self, id: str, controls: Controls) -> Iterator[Run | Waiting]:
        """Partial results while something trains, then the last one with ``done``. Raises RunFailed.

        While there is nothing new, Waiting comes a few times a second. A computation is dropped when nobody has
        followed it for ``grace`` seconds: a page reads its first result by one request and the rest by another.
        """
        found = self._find(id)
        heavy = found.heavy(controls)
        deadline = max(self._deadline, HEAVY_DEADLINE_SECONDS) if heavy else self._deadline
        parts = steps(id, controls, self.device, deadline, found)
        yield from self._follow((id, controls), parts, heavy=heavy, limit=deadline)

    def run(self, id: str, controls: Controls) -> Run:
        """The last result of a setting."""
        *_, last = (run for run in self.stream(id, controls) if isinstance(run, Run))
        return last

    def close(self) -> None:
        """Ends the workers; nothing can be run afterwards."""
        self._scheduler.close()

    def explain(self, id: str, controls: Controls, click: Click) -> Explanation | None:
        """Where the number at a point of a figure, or else its largest, comes from; None if that is not known."""
        heavy = experiment(id).heavy(controls)
        parts = self._explained(id, controls, click)
        told = self._follow((id, controls, click), parts, heavy=heavy, limit=HEAVY_DEADLINE_SECONDS)
        found = [one for one in told if not isinstance(one, Waiting)]
        return found[-1] if found else None

    def _follow(self, key: Hashable, parts: Iterator[T | None], *, heavy: bool, limit: float) -> Iterator[T | Waiting]:
        """What the computation of this key gives, which is this one if there is none yet."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is None or flight.failed:
                flight = self._flights[key] = _Flight(parts, partial(self._deserted, key), heavy=heavy, limit=limit)
                self._scheduler.submit(flight, Stage.HEAVY if heavy else Stage.LIGHT)
            flight.readers += 1
            self._flights.move_to_end(key)
            while len(self._flights) > self._most:
                self._flights.popitem(last=False)
        try:
            yield from flight.follow(partial(self._waiting, flight))
        finally:
            with self._lock:
                flight.readers -= 1
                flight.left = time.monotonic()

    def _waiting(self, flight: _Flight[Any]) -> Waiting:
        self._scheduler.watch()
        return Waiting(self._scheduler.ahead(flight))

    def _deserted(self, key: Hashable, flight: _Flight[Any]) -> bool:
        """True, and forgotten, if nobody follows any more; under the lock, so that no new reader joins meanwhile."""
        with self._lock:
            if flight.readers or time.monotonic() - flight.left < self._grace:
                return False
            if self._flights.get(key) is flight:
                del self._flights[key]
            return True

    def _explained(self, id: str, controls: Controls, click: Click) -> Iterator[Explanation | None]:
        """The result itself, computed anew unless it is among the last: a Run keeps only what is shown of it."""
        key = (id, controls)
        result = self._results.get(key)
        if result is None:
            computed = self._find(id).run(controls, self.device)
            for moment in computed if isinstance(computed, Iterator) else (computed,):
                result = moment
                yield None
            result = self._results[key] = to_cpu(result)
            with self._lock:
                while len(self._results) > KEPT_RESULTS:
                    self._results.popitem(last=False)
        found = experiment(id)
        sources = located(found.figures(result, found.measure(result)))
        asked = click if click.point else most(sources, click.figure, click.frame)
        yield None if asked is None else explain(sources, asked)


class _OwnTime:
    """Seconds that a generator computes, without those it stands still at a ``yield``."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since = time.perf_counter()

    @property
    def seconds(self) -> float:
        return self._before + time.perf_counter() - self._since

    def pause(self) -> None:
        self._before = self.seconds

    def go_on(self) -> None:
        self._since = time.perf_counter()


def steps(id: str, controls: Controls, device: str, deadline: float, found: AnyExperiment) -> Iterator[Run | None]:
    """Every moment of an experiment, measured and drawn, or None where that can be left out; at last one with ``done``.

    The first moment is drawn, the last one, and between them at most five a second that take no longer to draw than to
    compute: many trainings at once then cost each other little. Raises RunFailed past the deadline, in seconds of its
    own.
    """
    clock = _OwnTime()
    computed = found.run(controls, device)
    if not isinstance(computed, Iterator):
        yield replace(_shown(id, found, controls, device, to_cpu(computed)), seconds=clock.seconds, done=True)
        return
    clock.pause()
    yield None  # whatever streams goes to the back of the queue before its first step
    clock.go_on()
    run, moment = None, None
    drawing, drawn_at, shown_at = 0.0, 0.0, -math.inf
    for moment in computed:
        run = None
        began = clock.seconds
        if began > deadline:
            raise RunFailed(f"stopped after {deadline:g} s; choose smaller controls")
        if began - drawn_at >= drawing and time.monotonic() - shown_at >= UPDATE_SECONDS:
            run = replace(_shown(id, found, controls, device, to_cpu(moment)), seconds=clock.seconds, trains=True)
            drawn_at, shown_at = clock.seconds, time.monotonic()
            drawing = drawn_at - began
        clock.pause()
        yield run
        clock.go_on()
    if moment is None:
        raise RunFailed("the experiment gave no result")
    run = run or _shown(id, found, controls, device, to_cpu(moment))
    yield replace(run, seconds=clock.seconds, done=True, trains=True)


def results(id: str, controls: Controls, device: str, deadline: float) -> Iterator[Run]:
    """What ``steps`` draws."""
    return (run for run in steps(id, controls, device, deadline, experiment(id)) if run is not None)


def _shown(id: str, found: AnyExperiment, controls: Controls, device: str, result: Any) -> Run:
    """The result measured and drawn. Without the sources of the figures: a kept run holds no tensors."""
    metrics = {name: float(value) for name, value in found.measure(result).items()}
    figures = found.figures(result, metrics)
    return Run(
        experiment=id,
        controls=controls,
        metrics=metrics,
        figures={key: replace(figure, sources=()) for key, figure in figures.items()},
        seconds=0.0,
        device=device,
        parameters=found.parameters(result),
        badge=controls.badge or found.badge,
        notices=tuple(found.notices(result)),
        labels=found.labels,
        traced=traceable(located(figures)),
        done=False,
    )


def to_cpu(value: Any) -> Any:
    """The same structure of tuples, lists and dicts with every tensor detached and on the CPU."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(to_cpu, value))
    if isinstance(value, tuple | list):
        return type(value)(map(to_cpu, value))
    if isinstance(value, dict):
        return {key: to_cpu(item) for key, item in value.items()}
    return value
