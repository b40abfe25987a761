"""How long the server needs for every entry at its defaults, and how heavy its figures are on the wire."""

import statistics
from dataclasses import dataclass

from app.experiments import experiment
from app.moments import results
from glossary import reader

RUNS = 5


@dataclass(frozen=True)
class ServerTime:
    """Milliseconds of one entry on one thread, the figures drawn; ``first`` is the first figure of a stream."""

    slug: str
    median: float
    worst: float
    first: float
    streams: bool
    figure_bytes: dict[str, int]


def measure_all() -> list[ServerTime]:
    """Every entry once to warm up (checkpoints, caches of torch), then RUNS times."""
    return [measure(slug) for slug in reader.entries()]


def measure(slug: str) -> ServerTime:
    """The entry at its preset, without the cache of the runner."""
    live = reader.entries()[slug].live
    found = experiment(live.experiment)
    controls = found.controls(**live.preset)
    whole, first, count, last = [], [], 0, None
    for attempt in range(RUNS + 1):
        runs = list(results(live.experiment, controls, "cpu", deadline=120))
        count, last = len(runs), runs[-1]
        if attempt:
            whole.append(1000 * last.seconds)
            first.append(1000 * runs[0].seconds)
    assert last is not None
    return ServerTime(
        slug=slug,
        median=statistics.median(whole),
        worst=max(whole),
        first=statistics.median(first),
        streams=count > 1,
        figure_bytes={key: len(figure.plot.to_json()) for key, figure in last.figures.items()},
    )
