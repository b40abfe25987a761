"""Several charts in one figure, side by side or one above the other: where each stands, its axis and its title."""

from collections.abc import Iterable, Sequence
from typing import Any

from visualizers.theme import INK, INK_2, note

Domain = tuple[float, float]
"""Where a chart begins and ends, as shares of the figure's width or height."""


def side_by_side(count: int, gap: float) -> list[Domain]:
    """The domains of ``count`` charts of one width, from left to right, with ``gap`` between two."""
    size = (1 - gap * (count - 1)) / count
    return [(number * (size + gap), min(number * (size + gap) + size, 1.0)) for number in range(count)]


def stacked(count: int, gap: float) -> list[Domain]:
    """The domains of ``count`` charts of one height, from the top down, with ``gap`` between two."""
    return [(max(1 - end, 0.0), 1 - start) for start, end in side_by_side(count, gap)]


def axis_of(letter: str, number: int) -> str:
    """The name by which a trace refers to the ``number``-th axis, counted from 1: “y”, “y2”, …"""
    return letter if number == 1 else f"{letter}{number}"


def axes(letter: str, domains: Iterable[Domain], *own: dict[str, Any], **common: Any) -> dict[str, dict[str, Any]]:
    """The layout of one axis per domain, with the properties that they share and those of each of its ``own``."""
    places = list(domains)
    names = [axis_of(f"{letter}axis", number) for number in range(1, len(places) + 1)]
    each: Sequence[dict[str, Any]] = own or [{}] * len(places)
    return {name: common | {"domain": list(at)} | more for name, at, more in zip(names, places, each, strict=True)}


def titles_above(titles: Iterable[str], domains: Sequence[Domain]) -> list[dict[str, Any]]:
    """A title over each of the charts that stand one above the other, at their left."""
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return [note(0, top, title, colour=INK_2, **place) for title, (_, top) in zip(titles, domains, strict=True)]


def titles_beside(titles: Iterable[str], domains: Sequence[Domain]) -> list[dict[str, Any]]:
    """A title over each of the charts that stand side by side, in bold."""
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    starts = [left for left, _ in domains]
    return [note(left, 1, f"<b>{title}</b>", colour=INK, **place) for title, left in zip(titles, starts, strict=True)]
