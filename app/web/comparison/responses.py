"""The comparison as parts of the page: a frame at once, then both sides whenever one of them has a new result."""

import logging
from collections.abc import Generator, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from app.export.run_json import written
from app.web.comparison.differences import differences, side_by_side, telling
from app.web.comparison.pair import Pair, Side, read
from app.web.figure_view import shown
from app.web.panels import comparison as panel
from app.web.panels import running
from app.web.permalink import Place
from app.web.updates import NOTHING_NEW, Parts
from glossary import reader
from glossary.shared_measures import between

if TYPE_CHECKING:
    from app.engine import Engine
    from app.experiments.base import Figure
    from app.moments import Run
    from visualizers.shared_scales import SharedScales

_LOG = logging.getLogger(__name__)


def frame(place: Place) -> Parts:
    """What stands while the first results are on their way."""
    left, right = reader.entries()[place.entry or ""], reader.entries()[place.beside or ""]
    words = {
        "bar": panel.bar(left, right),
        "said": "Both sides are running.",
        "sides": [{"head": panel.heading(entry.title, panel.lead(entry))} for entry in (left, right)],
    }
    told = {"state": "frame", "view": "compare", "title": panel.title(left, right), "waits": True}
    return {"told": told, "compare": written(words)}


def compare(engine: "Engine", serial: int, place: Place) -> Iterator[Parts]:
    """Both sides; again whenever one of them has a new result. A side that fails says so, and the other stays."""
    entries = reader.entries()
    pair = read(engine, entries[place.entry or ""], place.values, entries[place.beside or ""], place.beside_values)
    latest: list[Run | None] = [None, None]
    failed = ["", ""]
    streams = [_caught(engine, side, failed, index) for index, side in enumerate(pair.sides)]
    try:
        shown = None
        for moments in zip_longest(*streams):
            latest = [moment or before for moment, before in zip(moments, latest)]
            news = [run or wrong for run, wrong in zip(latest, failed)]
            yield _parts(serial, pair, latest, failed) if all(news) and news != shown else NOTHING_NEW
            shown = news
    finally:
        for stream in streams:
            stream.close()


def _caught(engine: "Engine", side: Side, failed: list[str], index: int) -> "Generator[Run | None]":
    """Results of one side; None in place of one that failed, and while there is none."""
    from app.moments import Run

    try:
        for run in engine.stream(side.entry, side.parsed):
            yield run if isinstance(run, Run) else None
    except Exception as problem:  # RunFailed has words for the reader; anything else goes to the log as well
        if type(problem).__name__ != "RunFailed":
            _LOG.exception("%s", side.entry.slug)
        failed[index] = str(problem) or type(problem).__name__
        yield None


def _parts(serial: int, pair: Pair, runs: Sequence["Run | None"], failed: Sequence[str]) -> Parts:
    names = panel.names(pair)
    slugs = [side.entry.slug for side in pair.sides]
    metrics, shared = side_by_side([dict(run.metrics) if run else {} for run in runs], [*between(*slugs)], slugs)
    labels = {name: words for run in runs if run for name, words in run.labels.items()} | shared
    found = differences(*metrics)
    first = [one.metric for one in telling(found, [*shared], 1)]
    rows = _rows(pair, runs)
    figures = ", ".join(_row(serial, index, pair, row) for index, row in enumerate(rows))
    words = {
        "bar": panel.bar(pair.left.entry, pair.right.entry),
        "said": panel.sentence(pair, found, metrics[0], metrics[1], labels) if all(runs) else "",
        "same": panel.same(pair, _in_sight(pair), any(scales for *_, scales in rows)),
        "shared": _specs(pair.left, pair.shared, ["seed"]),
        "sides": [
            {
                "entry": side.entry.slug,
                "head": panel.heading(name, panel.setting(side) if pair.one_entry else panel.lead(side.entry)),
                "specs": _specs(side, pair.own(side), pair.common),
                "values": side.controls.model_dump(),
                "badge": " · ".join(running.badge(run)) if run else "no result",
                "notices": running.notices(side.parsed.problems)
                + running.notices(run.notices if run else ())
                + running.notices([wrong] if wrong else (), wrong=True),
            }
            for side, name, run, wrong in zip(pair.sides, names, runs, failed)
        ],
        "common": pair.common,
        "table": panel.table(found, names, first, labels) if all(runs) else "",
        "pairs": panel.worth_a_look(pair.left.entry, pair.query),
    }
    told = {
        "state": "done" if all(run is None or run.done for run in runs) else "partial",
        "view": "compare",
        "title": panel.title(pair.left.entry, pair.right.entry),
        "query": pair.query,
    }
    return {"told": told, "compare": f'{written(words)[:-1]}, "rows": [{figures}]}}'}


def _in_sight(pair: Pair) -> list[str]:
    return [name for side in pair.sides for name in side.entry.live.controls]


def _specs(side: Side, wanted: Sequence[str], apart: Sequence[str]) -> list[dict[str, Any]]:
    """Descriptions of the controls wanted; those ``apart`` are in sight even if the entry keeps them back."""
    from app.controls import specs

    every = specs(side.controls, side.entry.live.controls)
    return [spec | {"more": spec["more"] and spec["name"] not in apart} for spec in every if spec["name"] in wanted]


Row = tuple["tuple[str, Figure] | None", "tuple[str, Figure] | None", "SharedScales | None"]


def _rows(pair: Pair, runs: Sequence["Run | None"]) -> list[Row]:
    """Figures of the same key beside each other, on shared scales; the rest beside whatever is left."""
    from visualizers.shared_scales import shared_scales

    left, right = (dict(run.figures) if run else {} for run in runs)
    both = [key for key in left if key in right]
    rows: list[Row] = [
        ((key, left[key]), (key, right[key]), shared_scales(left[key].plot, right[key].plot)) for key in both
    ]
    alone = ([item for item in side.items() if item[0] not in both] for side in (left, right))
    return rows + [(one, other, None) for one, other in zip_longest(*alone)]


def _row(serial: int, index: int, pair: Pair, row: Row) -> str:
    *figures, scales = row
    told = []
    for place, (side, figure) in enumerate(zip(pair.sides, figures)):
        if figure is None:
            told.append("null")
            continue
        key, drawn = figure
        name = f"{place} {side.entry.slug}|{key}"
        told.append(shown(serial, 2 * index + place, name, key, drawn, scales))
    return f"[{', '.join(told)}]"
