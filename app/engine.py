"""torch, plotly and the experiments, imported behind the first page, and the one runner of this process."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.controls import Parsed
    from app.experiments.base import AnyExperiment
    from app.flight import Waiting
    from app.moments import Run
    from app.provenance.explain import Explanation
    from app.provenance.plot_points import Click
    from app.runner import Runner
    from glossary.schema import Entry


UNVISITED_SECONDS, AFTERWARDS_SECONDS = 3.0, 0.5
"""How long what can wait is put off: for a first visitor, and once the first result of one is there."""


class Engine:
    """Ready some seconds after ``start``; whoever asks earlier waits.

    If a device is not there, ``broken`` is told. An entry is held against the code when it is opened: one that names
    something that does not exist raises BindingError, and the others go on.
    ``find`` replaces the experiment of an id by one that computes elsewhere.
    """

    def __init__(
        self,
        device: str = "auto",
        broken: Callable[[], None] = lambda: None,
        find: "Callable[[str], AnyExperiment] | None" = None,
    ) -> None:
        self._asked = device
        self._broken = broken
        self._find = find
        self._ready = threading.Event()
        self._shown = threading.Event()  # a first result
        self._runner: Runner | None = None
        self.problem: str | None = None

    def start(self, after: float = 0.0) -> None:
        """Loads in the background; ``after`` seconds, so that a first page that is being served goes first."""
        threading.Thread(target=self._load, args=(after,), name="engine", daemon=True).start()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    def _load(self, after: float) -> None:
        time.sleep(after)
        try:
            from app.device import resolve
            from app.runner import Runner
            from models.allocator import keep_freed_memory

            keep_freed_memory()
            self._runner = Runner(resolve(self._asked), find=self._find)
        except Exception as problem:
            self.problem = f"{type(problem).__name__}: {problem}"
            print(f"modelarium cannot start.\n{self.problem}", file=sys.stderr, flush=True)
            self._broken()
        self._ready.set()
        if self._runner is not None:
            self._warm_up()

    def _warm_up(self) -> None:
        from app.warm_up import warm_up

        if self._shown.wait(UNVISITED_SECONDS):
            time.sleep(AFTERWARDS_SECONDS)
        warm_up()

    def _loaded(self) -> "Runner":
        self._ready.wait()
        if self._runner is None:
            raise RuntimeError(self.problem)
        return self._runner

    def parse(self, entry: "Entry", raw: Mapping[str, Any]) -> "Parsed":
        """Controls of the entry's experiment: its preset with ``raw`` over it."""
        self._loaded()
        from app.binding import bound
        from app.controls import parse
        from app.experiments import experiment

        bound(entry.slug)
        return parse(experiment(entry.live.experiment).controls, raw, entry.live.preset)

    def stream(self, entry: "Entry", parsed: "Parsed") -> "Iterator[Run | Waiting]":
        """Results of the run, the last one done; Waiting a few times a second while there is none."""
        yield from self._loaded().stream(entry.live.experiment, parsed.controls)
        self._shown.set()

    def run(self, entry: "Entry", change: Mapping[str, Any]) -> "Run":
        """The result with this change of the preset."""
        return self._loaded().run(entry.live.experiment, self.parse(entry, change).controls)

    def explain(self, entry: "Entry", change: Mapping[str, Any], click: "Click") -> "Explanation | None":
        """Where the number at a point of a figure of that run comes from; without a point, its largest number."""
        return self._loaded().explain(entry.live.experiment, self.parse(entry, change).controls, click)


class Turns:
    """Which request of each open page is the newest: an older one ends when it notices. Holds only pages with a run."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[int, int]] = {}  # page: serial of its newest request, how many answer it
        self._lock = threading.Lock()

    def begin(self, page: str, serial: int) -> None:
        with self._lock:
            newest, answering = self._newest.get(page, (serial, 0))
            if serial > newest:
                newest, answering = serial, 0
            if serial == newest:
                self._newest[page] = newest, answering + 1

    def current(self, page: str, serial: int) -> bool:
        with self._lock:
            return page in self._newest and self._newest[page][0] == serial

    def end(self, page: str, serial: int) -> None:
        """Forgets the page with the last answer to its newest request."""
        with self._lock:
            newest, answering = self._newest.get(page, (serial, 0))
            if newest == serial and answering > 1:
                self._newest[page] = newest, answering - 1
            elif newest == serial:
                self._newest.pop(page, None)

    def stop(self, page: str) -> None:
        with self._lock:
            self._newest.pop(page, None)
