"""The answer to a click on a number: its equation as HTML, and which cells to light."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.engine import Engine
from app.number_format import number
from app.web.panels import trace
from glossary import reader

if TYPE_CHECKING:
    from app.provenance.plot_points import Click

_LOG = logging.getLogger(__name__)


def traced(engine: Engine, sent: Any) -> dict[str, Any]:
    """``{html, lit, …}`` for a request ``{entry, values, figure, trace, point, frame}``; empty if nothing can be said.

    Without a point, the figure's largest number is explained; ``trace`` and ``point`` say which it was. ``lit`` holds,
    for each argument and each figure that shows it, figure, trace, class and points.
    """
    request = sent if isinstance(sent, dict) else {}
    entry, click = reader.entries().get(str(request.get("entry"))), _click(request)
    values = request.get("values")
    if entry is None or click is None or not isinstance(values, dict):
        return {}
    parsed = engine.parse(entry, dict(list(values.items())[:64]))
    if parsed.problems:
        return {}
    setting = parsed.controls.model_dump()
    try:
        explanation, run = engine.explain(entry, setting, click), engine.run(entry, setting)
    except Exception:  # an operation without a rule, a run that failed: the page says that nothing is known
        _LOG.exception("%s with %r: %r", entry.slug, setting, click)
        return {}
    if explanation is None:
        return {}
    titles = {key: figure.title for key, figure in run.figures.items()}
    lit: dict[tuple[str, int, str], list[list[int]]] = {}
    for chain in explanation.chains:
        for source in (source for step in chain for source in step.sources):
            for cell in source.cells:
                lit.setdefault((cell.figure, cell.trace, source.mark), []).append(list(cell.point))
    return {
        "html": trace.explanation(explanation, titles),
        "trace": explanation.click.trace,
        "point": list(explanation.click.point),
        "lit": [[*where, points] for where, points in lit.items()],
        "values": [number(chain[0].value) for chain in explanation.chains],
        "function": explanation.chains[0][0].call.partition("(")[0],
        "line": explanation.chains[0][0].lines[0].text if explanation.chains[0][0].lines else "",
    }


def _click(request: Mapping[str, Any]) -> "Click | None":
    from app.provenance.plot_points import Click

    figure, point = request.get("figure"), request.get("point")
    where, frame = request.get("trace"), request.get("frame", 0)
    if not isinstance(figure, str) or not isinstance(where, int) or not isinstance(frame, int):
        return None
    if not isinstance(point, list) or len(point) > 2 or not all(isinstance(place, int) for place in point):
        return None
    return Click(figure, where, tuple(point), frame) if frame >= 0 else None
