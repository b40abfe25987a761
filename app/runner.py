"""Runs experiments: fairly, each setting once, the result kept, and stopped when nobody waits."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Any, TypeVar

from app.experiments import experiment
from app.experiments.base import AnyExperiment, Controls
from app.flight import Flight, Waiting
from app.moments import Run, steps, to_cpu
from app.provenance.explain import Explanation, explain
from app.provenance.plot_points import Click, located, most
from app.scheduler import Scheduler, Stage

DEADLINE_SECONDS, HEAVY_DEADLINE_SECONDS = 30.0, 120.0
"""What a run may take of its own time: not that of others who are computed in between."""

KEPT_RESULTS = 8
"""Whole results that are kept for explanations."""

T = TypeVar("T")


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
        self._flights: OrderedDict[Hashable, Flight[Any]] = OrderedDict()
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
                flight = self._flights[key] = Flight(parts, partial(self._deserted, key), heavy=heavy, limit=limit)
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

    def _waiting(self, flight: Flight[Any]) -> Waiting:
        self._scheduler.watch()
        return Waiting(self._scheduler.ahead(flight))

    def _deserted(self, key: Hashable, flight: Flight[Any]) -> bool:
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
