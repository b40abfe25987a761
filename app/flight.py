"""One computation that any number of readers follow."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from app.moments import Run, RunFailed
from app.scheduler import Stage
from models.checkpoints import CheckpointError
from models.tokenization.tokenizer import TokenizerError

_LOG = logging.getLogger(__name__)

TICK_SECONDS = 0.25
"""A reader who waits is told so this often; that is also when it notices that it is no longer wanted."""

T = TypeVar("T")
_END: Any = object()


@dataclass(frozen=True)
class Waiting:
    """Nothing new yet. ``ahead`` counts those who are before this run; 0 once it has begun."""

    ahead: int


class Flight(Generic[T]):
    """One computation in steps (a Task of the scheduler) that any number of readers follow from its first result.

    ``unwanted`` is asked between steps; ``parts`` gives a result, or None for a step without one. A result that is no
    Run, or a Run that is done, is the last.
    """

    def __init__(
        self, parts: Iterator[T | None], unwanted: Callable[["Flight[T]"], bool], *, heavy: bool, limit: float
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
