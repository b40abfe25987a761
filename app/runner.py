"""Runs experiments: at most a few at once, each setting once, the result kept, and stopped when nobody waits."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import torch

from app.experiments import experiment
from app.experiments.base import AnyExperiment, Badge, Controls, Figure
from app.tracing.explain import Explanation, explain
from app.tracing.pictures import Click, most, traceable

_LOG = logging.getLogger(__name__)

torch.set_num_threads(1)  # two threads collapse under load: 7 ms became 328 ms


class RunFailed(Exception):
    """An experiment that raised or took too long; the message is for the reader."""


@dataclass(frozen=True)
class Run:
    """What one run, or one moment of a run that is still going on, measured and drew."""

    experiment: str
    controls: Controls
    metrics: dict[str, float]
    figures: dict[str, Figure]
    seconds: float
    device: str
    parameters: int
    badge: Badge
    notices: tuple[str, ...]
    traced: dict[str, tuple[int, ...]]
    """The traces of each figure whose numbers can be asked where they come from."""
    done: bool


class _Flight:
    """One computation that any number of readers follow from its first result."""

    def __init__(self) -> None:
        self.readers = 0
        self.left = 0.0  # when the last reader went
        self._newest: Run | None = None
        self._count = 0
        self._error: RunFailed | None = None
        self._ended = False
        self._changed = threading.Condition()

    @property
    def failed(self) -> bool:
        return self._error is not None

    def _beyond(self, seen: int) -> bool:
        return self._ended or self._count > seen

    def publish(self, run: Run) -> None:
        with self._changed:
            self._newest, self._count = run, self._count + 1
            self._changed.notify_all()

    def end(self, error: RunFailed | None = None) -> None:
        with self._changed:
            self._error, self._ended = error, True
            self._changed.notify_all()

    def follow(self, patience: float) -> Iterator[Run]:
        """The newest result whenever there is one; a slow reader skips those it missed."""
        seen = 0
        while True:
            with self._changed:
                if not self._changed.wait_for(partial(self._beyond, seen), timeout=patience):
                    raise RunFailed(f"no result within {patience:g} s; the machine is busy, try again")
                fresh = self._newest if self._count > seen else None
                seen, ended, error = self._count, self._ended, self._error
            if fresh is not None:
                yield fresh
            if error is not None:
                raise error
            if ended:
                return


class Runner:
    """``stream`` yields the results of a setting. Equal settings share one computation and its kept result."""

    def __init__(
        self, device: str = "cpu", workers: int = 2, kept: int = 128, deadline: float = 30.0, grace: float = 1.0
    ) -> None:
        self.device = device
        self._grace = grace
        self._deadline = deadline
        self._most = kept
        self._flights: OrderedDict[_Key, _Flight] = OrderedDict()
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="experiment")

    def stream(self, id: str, controls: Controls) -> Iterator[Run]:
        """Partial results while something trains, then the last one with ``done``. Raises RunFailed.

        A computation that yields is stopped when nobody has followed it for ``grace`` seconds: a page reads its first
        result by one request and the rest by another.
        """
        key = (id, controls, self.device)
        with self._lock:
            flight = self._flights.get(key)
            if flight is None or flight.failed:
                flight = self._flights[key] = _Flight()
                self._workers.submit(self._fly, flight, key)
            flight.readers += 1
            self._flights.move_to_end(key)
            while len(self._flights) > self._most:
                self._flights.popitem(last=False)
        try:
            yield from flight.follow(self._deadline)
        finally:
            with self._lock:
                flight.readers -= 1
                flight.left = time.monotonic()

    def run(self, id: str, controls: Controls) -> Run:
        """The last result of a setting."""
        *_, last = self.stream(id, controls)
        return last

    def explain(self, id: str, controls: Controls, click: Click) -> Explanation | None:
        """Where the number at a point of a figure, or else its largest, comes from; None if that is not known."""

        def explained() -> Explanation | None:
            drawn = experiment(id).origins(_last(id, controls, self.device))
            asked = click if click.point else most(drawn, click.figure, click.frame)
            return None if asked is None else explain(drawn, asked)

        return self._workers.submit(explained).result(self._deadline)

    def _fly(self, flight: _Flight, key: "_Key") -> None:
        id, controls, device = key
        error = None
        try:
            for run in results(experiment(id), controls, device, self._deadline):
                flight.publish(run)
                if not run.done and self._deserted(flight, key):
                    raise RunFailed("stopped")
        except RunFailed as stopped:
            error = stopped
        except Exception as problem:  # the reader gets a sentence, the log the traceback
            _LOG.exception("%s with %r", id, controls)
            error = RunFailed(f"the run failed: {problem}")
        flight.end(error)

    def _deserted(self, flight: _Flight, key: "_Key") -> bool:
        """True, and forgotten, if nobody follows any more; under the lock, so that no new reader joins meanwhile."""
        with self._lock:
            if flight.readers or time.monotonic() - flight.left < self._grace:
                return False
            if self._flights.get(key) is flight:
                del self._flights[key]
            return True


_Key = tuple[str, Controls, str]


def results(experiment: AnyExperiment, controls: Controls, device: str, deadline: float) -> Iterator[Run]:
    """Every result of an experiment, measured and drawn, then the last again with ``done``.

    Raises RunFailed past the deadline, in seconds.
    """
    started = time.perf_counter()
    computed = experiment.run(controls, device)
    streams = isinstance(computed, Iterator)
    run = None
    for moment in computed if streams else (computed,):
        result = to_cpu(moment)
        run = Run(
            experiment=experiment.id,
            controls=controls,
            metrics={name: float(value) for name, value in experiment.measure(result).items()},
            figures=dict(experiment.draw(result)),
            seconds=time.perf_counter() - started,
            device=device,
            parameters=experiment.parameters(result),
            badge=experiment.badge,
            notices=tuple(experiment.notices(result)),
            traced=traceable(experiment.origins(result)),
            done=False,
        )
        if streams:
            yield run
        if time.perf_counter() - started > deadline:
            raise RunFailed(f"stopped after {deadline:g} s; choose smaller controls")
    if run is None:
        raise RunFailed("the experiment gave no result")
    yield replace(run, seconds=time.perf_counter() - started, done=True)


@lru_cache(maxsize=8)
def _last(id: str, controls: Controls, device: str) -> Any:
    """The result itself, computed anew: a Run keeps only what is shown of it."""
    computed = experiment(id).run(controls, device)
    if isinstance(computed, Iterator):
        *_, computed = computed
    return to_cpu(computed)


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
