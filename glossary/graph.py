"""The concept graph: what an entry needs, what needs it, its variants, and all of them in layers; chapters likewise."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from glossary import reader
from glossary.schema import Head

Kind = Literal["needs", "variant"]
LINES_OF_CHAPTER, LEAST_OF_NEEDS = 2, 0.25
"""To how many others a chapter is joined: those that hold at least this part of all that it needs elsewhere."""

SWEEPS = 6
"""Passes over the layers, forth and back, that lay neighbours near each other."""


@dataclass(frozen=True)
class Edge:
    """``start`` is needed by ``end``, or has it as a variant."""

    start: str
    end: str
    kind: Kind


@dataclass(frozen=True)
class Around:
    """An entry among its neighbours, in reading order: what it rests on, itself, what rests on it."""

    before: tuple[str, ...]
    needs: tuple[str, ...]
    variants: tuple[str, ...]
    needed_by: tuple[str, ...]
    after: tuple[str, ...]


@cache
def edges() -> tuple[Edge, ...]:
    """Links between published entries; two that name each other as variants have one edge."""
    return tuple(_edges(reader.heads()))


def _edges(entries: Mapping[str, Head]) -> Iterator[Edge]:
    paired = set()
    for slug, entry in entries.items():
        yield from (Edge(need, slug, "needs") for need in dict.fromkeys(entry.needs) if need in entries)
        for variant in dict.fromkeys(entry.variants):
            pair = frozenset((slug, variant))
            if variant in entries and variant != slug and pair not in paired:
                paired.add(pair)
                yield Edge(slug, variant, "variant")


def followed(links: Sequence[Edge]) -> list[Edge]:
    """Variants as they are, and of the needs only those to which no longer way of needs leads."""
    after: dict[str, list[str]] = defaultdict(list)
    for edge in links:
        if edge.kind == "needs":
            after[edge.start].append(edge.end)
    return [edge for edge in links if edge.kind == "variant" or not _detour(edge, after)]


def _detour(edge: Edge, after: Mapping[str, Sequence[str]]) -> bool:
    seen = {edge.start}
    pending = [slug for slug in after[edge.start] if slug != edge.end]
    while pending:
        slug = pending.pop()
        if slug not in seen:
            seen.add(slug)
            pending += after.get(slug, ())
    return edge.end in seen


@cache
def needs_of_chapters() -> dict[str, dict[str, int]]:
    """Chapter → other chapter → how many needs of its entries stand there, the most first; only what is published."""
    heads = reader.heads()
    home = {slug: head.chapter for slug, head in heads.items()}
    counted = {chapter: Counter[str]() for chapter in dict.fromkeys(home.values())}
    for edge in edges():
        if edge.kind == "needs" and home[edge.start] != home[edge.end]:
            counted[home[edge.end]][home[edge.start]] += 1
    return {chapter: dict(found.most_common()) for chapter, found in counted.items()}


def edges_of_chapters() -> list[Edge]:
    """From the one or two chapters that each needs most to it, forwards in teaching order."""
    place = {chapter.slug: index for index, chapter in enumerate(reader.chapters())}
    return [
        Edge(start, end, "needs")
        for end, needs in needs_of_chapters().items()
        for start in [one for one in needs if place[one] < place[end]][:LINES_OF_CHAPTER]
        if needs[start] >= LEAST_OF_NEEDS * sum(needs.values())
    ]


def around(slug: str, links: Sequence[Edge] | None = None) -> Around:
    """The neighbours of an entry, two steps of needs each way. Each stands once, where it is nearest."""
    links = edges() if links is None else links
    variants = [edge.end if edge.start == slug else edge.start for edge in links if _is_variant(edge, slug)]
    seen = {slug}
    needs = _fresh(seen, _across(links, [slug], back=True))
    needed_by = _fresh(seen, _across(links, [slug], back=False))
    beside = _fresh(seen, variants)
    before = _fresh(seen, _across(links, needs, back=True))
    after = _fresh(seen, _across(links, needed_by, back=False))
    return Around(before, needs, beside, needed_by, after)


def _is_variant(edge: Edge, slug: str) -> bool:
    return edge.kind == "variant" and slug in (edge.start, edge.end)


def _across(links: Sequence[Edge], slugs: Sequence[str], *, back: bool) -> list[str]:
    needs = [edge for edge in links if edge.kind == "needs"]
    return [edge.start if back else edge.end for edge in needs if (edge.end if back else edge.start) in slugs]


def _fresh(seen: set[str], slugs: Iterable[str]) -> tuple[str, ...]:
    found = tuple(slug for slug in dict.fromkeys(slugs) if slug not in seen)
    seen.update(found)
    return found


def layers(slugs: Sequence[str], links: Sequence[Edge] | None = None) -> list[list[str]]:
    """Every entry one layer after the last of its needs; within a layer, near its neighbours.

    A need that leads in a circle is passed over where the circle closes.
    """
    links = edges() if links is None else links
    needs: dict[str, list[str]] = {slug: [] for slug in slugs}
    for edge in links:
        if edge.kind == "needs" and edge.start in needs and edge.end in needs:
            needs[edge.end].append(edge.start)
    depth: dict[str, int] = {}
    for slug in slugs:
        _depth(slug, needs, depth, frozenset())
    placed: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for slug in slugs:
        placed[depth[slug]].append(slug)
    return _untangled(placed, links)


def _depth(slug: str, needs: Mapping[str, Sequence[str]], depth: dict[str, int], path: frozenset[str]) -> int:
    if slug not in depth:
        open_needs = [need for need in needs[slug] if need not in path | {slug}]
        depth[slug] = 1 + max((_depth(need, needs, depth, path | {slug}) for need in open_needs), default=-1)
    return depth[slug]


def _untangled(placed: list[list[str]], links: Sequence[Edge]) -> list[list[str]]:
    """Layers sorted by the mean height of each entry's neighbours, again and again."""
    beside: dict[str, list[str]] = defaultdict(list)
    for edge in links:
        beside[edge.start].append(edge.end)
        beside[edge.end].append(edge.start)
    for _ in range(SWEEPS):
        height = {slug: (index + 0.5) / len(layer) for layer in placed for index, slug in enumerate(layer)}
        for layer in placed:
            layer.sort(key={slug: _mean(beside[slug], height, slug) for slug in layer}.__getitem__)
            height |= {slug: (index + 0.5) / len(layer) for index, slug in enumerate(layer)}
    return placed


def _mean(others: Sequence[str], height: Mapping[str, float], own: str) -> float:
    heights = [height[other] for other in others if other in height] or [height[own]]
    return sum(heights) / len(heights)


def year(entry: Head) -> int | None:
    """Of the work that first defined it, else of the first that it cites; None if that is not in the list."""
    defining = reader.references().get(entry.defined_by or entry.cite[0].partition("#")[0])
    return defining.year if defining else None


def timeline() -> dict[int, list[str]]:
    """Published entries by year, oldest first."""
    found: dict[int, list[str]] = defaultdict(list)
    for slug, entry in reader.heads().items():
        when = year(entry)
        if when is not None:
            found[when].append(slug)
    return dict(sorted(found.items()))
