"""Ranges that two figures of one kind share, so that equal lengths and equal colours mean equal numbers on both."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypedDict

import numpy as np
import plotly.graph_objects as go

PAD = 0.05
"""Room beyond the outermost points, as a share of their span."""

Span = tuple[float, float]


class SharedScales(TypedDict):
    """What to lay over a figure: properties of its layout, and of each trace by its place."""

    layout: dict[str, Any]
    traces: list[dict[str, float]]


def shared_scales(left: go.Figure, right: go.Figure) -> SharedScales | None:
    """Axes that count the same thing, and colours of heatmaps, widened to hold both; None if there are none.

    An axis is left alone if its title, type or labels differ, or if it only places shapes and carries no numbers.
    """
    layouts = (left.layout.to_plotly_json(), right.layout.to_plotly_json())
    if any("fold" in (layout.get("meta") or {}) for layout in layouts):
        return None
    axes = {}
    for name in layouts[0]:
        if name[:5] in ("xaxis", "yaxis") and name in layouts[1]:
            span = _axis(name, (left, layouts[0][name]), (right, layouts[1][name]))
            if span is not None:
                axes[name] = {"range": list(span), "autorange": False}
    colours = [_colours(a, b) for a, b in zip(left.data, right.data, strict=False)]
    if not axes and not any(colours):
        return None
    return {"layout": axes, "traces": colours + [{}] * (max(len(left.data), len(right.data)) - len(colours))}


def _axis(name: str, *sides: tuple[go.Figure, Mapping[str, Any]]) -> Span | None:
    (_, one), (_, other) = sides
    if any(one.get(key) != other.get(key) for key in ("type", "side")) or _title(one) != _title(other):
        return None
    if any(axis.get("visible") is False or axis.get("showticklabels") is False for axis in (one, other)):
        return None
    if not _labels_agree(one, other):
        return None
    ends = [end for plot, axis in sides for end in _span(name, plot, axis) or (math.nan,)]
    if any(map(math.isnan, ends)) or _falls(one) != _falls(other):
        return None
    low, high = min(ends), max(ends)
    return (high, low) if _falls(one) else (low, high)


def _title(axis: Mapping[str, Any]) -> str:
    return (axis.get("title") or {}).get("text") or ""


def _labels_agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """One side writes all that the other writes at the same values: numbers, not each side's own words and places."""
    fewer, more = sorted((dict(zip(_of(axis, "tickvals"), _of(axis, "ticktext"))) for axis in (one, other)), key=len)
    return bool(fewer) == bool(more) and fewer.items() <= more.items()


def _of(axis: Mapping[str, Any], key: str) -> list[Any]:
    values = axis.get(key)
    return [] if values is None or axis.get("ticktext") is None else list(values)


def _falls(axis: Mapping[str, Any]) -> bool:
    span = axis.get("range")
    return bool(span[0] > span[1]) if span else axis.get("autorange") == "reversed"


def _span(name: str, plot: go.Figure, axis: Mapping[str, Any]) -> Span | None:
    """The range that the figure gives, else that of its points in every frame; None where they are no numbers."""
    given = axis.get("range")
    if given:
        return (float(given[0]), float(given[1])) if all(isinstance(end, int | float) for end in given) else None
    letter = name[0]
    lows, highs = [], []
    try:
        for values, flush in _points(plot, letter, name):
            if axis.get("type") == "log":
                values = np.log10(values[values > 0])
            if values.size:
                room = 0.0 if flush else PAD * float(np.ptp(values))
                lows.append(float(values.min()) - (room if values.min() != 0 else 0.0))
                highs.append(float(values.max()) + room)
    except (TypeError, ValueError):
        return None
    if axis.get("rangemode") == "tozero":
        lows.append(0.0)
    return (min(lows), max(highs)) if highs else None


def _points(plot: go.Figure, letter: str, name: str) -> Iterator[tuple[np.ndarray, bool]]:
    """Finite numbers along one axis, trace by trace and frame by frame; flush if the range ends on them."""
    frames = [(patch, index) for frame in plot.frames for patch, index in zip(_patches(frame), frame.traces or count())]
    for trace, index in [(trace, index) for index, trace in enumerate(plot.data)] + frames:
        base = plot.data[index]
        if (getattr(base, f"{letter}axis", None) or letter).replace(letter, f"{letter}axis") != name:
            continue
        if base.type == "heatmap":
            yield _cells(base["z"] if (z := _own(trace, "z")) is None else z, base, letter), True
            continue
        if base.type not in ("scatter", "bar"):
            raise TypeError(base.type)
        values = base[letter] if (own := _own(trace, letter)) is None else own
        if values is None:
            continue
        along = base.type == "bar" and (base.orientation or "v") == ("h" if letter == "x" else "v")
        numbers = _finite(values)
        yield np.append(numbers, 0.0) if along else numbers, False


def _patches(frame: go.Frame) -> Sequence[Mapping[str, Any]]:
    """What a frame changes of each trace, also where it was laid in unchecked (``visualizers.stepped``)."""
    return frame._props.get("data") or ()


def _own(trace: Any, name: str) -> Any:
    """A property of a trace, or of a patch that has only what it changes."""
    return trace.get(name) if isinstance(trace, Mapping) else trace[name]


def _cells(z: Any, base: Any, letter: str) -> np.ndarray:
    """The outer edges of a heatmap's cells."""
    places = base[letter]
    if places is None:
        rows, columns = np.shape(z)
        places = np.arange(columns if letter == "x" else rows)
    numbers = _finite(places)
    half = float(np.diff(numbers).mean()) / 2 if numbers.size > 1 else 0.5
    return np.array([numbers.min() - half, numbers.max() + half])


def _colours(left: Any, right: Any) -> dict[str, float]:
    """The colour range of two heatmaps at the same place that have the same colours."""
    if left.type != "heatmap" or right.type != "heatmap" or left.colorscale != right.colorscale:
        return {}
    try:
        ends = [_colour_ends(trace) for trace in (left, right)]
    except (TypeError, ValueError):
        return {}
    return {"zmin": min(low for low, _ in ends), "zmax": max(high for _, high in ends)}


def _colour_ends(trace: Any) -> Span:
    values = _finite(trace.z) if trace.zmin is None or trace.zmax is None else np.empty(0)
    low = float(values.min()) if trace.zmin is None else float(trace.zmin)
    high = float(values.max()) if trace.zmax is None else float(trace.zmax)
    return low, high


def _finite(values: Any) -> np.ndarray:
    numbers = np.ravel(np.asarray(values, dtype=np.float64))  # None becomes NaN, words raise ValueError
    return numbers[np.isfinite(numbers)]
