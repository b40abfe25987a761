"""What an experiment measures and draws, moment by moment, on a clock of its own."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from app.experiments import experiment
from app.experiments.base import AnyExperiment, Badge, Controls, Figure
from app.provenance.plot_points import located, traceable

UPDATE_SECONDS = 0.2
"""The least time between two moments of a training that are drawn."""

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
