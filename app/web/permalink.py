"""The address holds the whole state: ``?entry=rope&base=500000&seed=3``, only what differs from the preset.

A comparison adds its other side: ``?entry=rope&with=alibi&with.seed=4``; what only the first side says, both take.
A map is ``?map=concepts``, at a chapter ``?map=concepts&at=position`` or an entry ``?map=concepts&at=rope``,
``?map=timeline`` or ``?map=recipes&at=llama-3``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app.teaching import class_session as class_mode
from app.teaching.class_session import Sitting
from glossary import reader
from glossary.recipes import recipes

LONGEST = 8000
"""Characters of an address that are read, as they are meant and not as they are escaped: any two sentences fit."""

ESCAPED = 12
"""Characters that one may take up in an address: four bytes, each with its sign and two digits."""

WITH = "with"
"""The parameter that names the other side of a comparison, and with a dot begins its values."""

MAPS = ("concepts", "timeline", "recipes")

IGNORED = ("embed", "__theme", "__sign", "view", "logs", "fbclid", "utm_source")
"""Parameters that are the browser's own affair, or that hosts and browsers add."""


@dataclass(frozen=True)
class Place:
    """Where an address leads: an entry with raw control values, perhaps one ``beside`` it; a chapter; a map; or home.

    ``problems`` says what was wrong with the address.
    """

    entry: str | None = None
    chapter: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    beside: str | None = None
    beside_values: Mapping[str, str] = field(default_factory=dict)
    map: str | None = None
    at: str | None = None
    """The chapter, the entry or the recipe that a map is opened at."""

    sitting: Sitting | None = None
    """Class mode: the question that is before the class."""

    problems: tuple[str, ...] = ()


def read(query: str) -> Place:
    """The place of a query string, with or without its question mark. Never raises."""
    given = parse_qsl(query[: ESCAPED * LONGEST].removeprefix("?"), keep_blank_values=True, errors="replace")
    values, cut = _bounded((name, value) for name, value in given if name not in IGNORED)
    place = _place(values)
    return replace(place, problems=(*cut, *place.problems)) if cut else place


def _bounded(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The parameters that fit, and a line for each that does not."""
    values, left, cut = {}, LONGEST, []
    for name, value in pairs:
        size = len(name) + len(value)
        if size > left:
            cut.append(f"{_short(name)}: left out, an address takes {LONGEST} characters")
        else:
            values[name], left = value, left - size
    return values, tuple(cut[:4])


def _place(values: dict[str, str]) -> Place:
    if values.get("class") == "1":
        return _seated(values)
    if "map" in values and "entry" not in values:
        return _mapped(values)
    entry, chapter = values.pop("entry", None), values.pop("chapter", None)
    if entry is not None and entry in reader.entries():
        return _opened(entry, values)
    problems = []
    if entry is not None:
        problems.append(_unknown("entry", entry, _nearest(entry)))
    known = _chapters()
    if chapter is not None and chapter not in known:
        problems.append(_unknown("chapter", chapter, known))
        chapter = None
    problems += [f"{_short(name)}: this page has no such parameter; open an entry first" for name in values]
    return Place(chapter=chapter, problems=tuple(problems))


def _seated(values: Mapping[str, str]) -> Place:
    mode = {name: value for name, value in values.items() if name in class_mode.NAMES}
    rest = {name: value for name, value in values.items() if name not in mode}
    sitting, problems = class_mode.read(mode, rest.get("entry"))
    if sitting is None:
        place = read(urlencode(rest))
        return replace(place, problems=(*problems, *place.problems, "class: open an entry or a lesson first"))
    rest.pop("entry", None)
    question = sitting.question
    return Place(question.entry.slug, values={**question.setting, **rest}, sitting=sitting, problems=problems)


def _opened(entry: str, values: Mapping[str, str]) -> Place:
    own = {name: value for name, value in values.items() if name != WITH and not name.startswith(f"{WITH}.")}
    other = {name.removeprefix(f"{WITH}."): value for name, value in values.items() if name.startswith(f"{WITH}.")}
    beside = values.get(WITH)
    if beside in reader.entries():
        return Place(entry=entry, values=own, beside=beside, beside_values=other)
    if beside is not None:
        return Place(entry=entry, values=own, problems=(_unknown(WITH, beside, _nearest(beside), "entry"),))
    lost = tuple(f"{WITH}.{_short(name)}: has no side to stand on; add {WITH}=… with an entry" for name in other)
    return Place(entry=entry, values=own, problems=lost)


def _mapped(values: Mapping[str, str]) -> Place:
    asked, at, problems = values["map"], values.get("at"), []
    if asked not in MAPS:
        problems.append(_unknown("map", asked, list(MAPS)))
        asked = MAPS[0]
    takes = {"recipes": list(recipes()), "concepts": [*_chapters(), *reader.entries()], "timeline": []}[asked]
    if at is not None and at not in takes:
        near = _nearest(at) if asked == "concepts" else takes
        problems.append(_unknown("at", at, near, "recipe" if asked == "recipes" else "entry"))
        at = None
    problems += [f"{_short(name)}: a map has no such parameter" for name in values if name not in ("map", "at")]
    return Place(map=asked, at=at, problems=tuple(problems))


def _chapters() -> list[str]:
    """Those with a page."""
    return [one.slug for one in reader.chapters() if any(slug in reader.entries() for slug in one.entries)]


def write_map(name: str, at: str | None = None) -> str:
    """The query string of a map, perhaps opened at a chapter, an entry or a recipe."""
    return "?" + urlencode({"map": name, **({"at": at} if at else {})})


def write(entry: str, changed: Mapping[str, str]) -> str:
    """The query string of an entry's state."""
    return "?" + urlencode({"entry": entry, **changed})


def as_text(value: object) -> str:
    """A control's value as the address writes it: ``true``, ``500000``, ``0.05``."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_pair(entry: str, changed: Mapping[str, str], beside: str, own: Mapping[str, str]) -> str:
    """The query string of two sides; ``own`` are the values that only the other side has."""
    return write(entry, {**changed, WITH: beside, **{f"{WITH}.{name}": value for name, value in own.items()}})


def _unknown(field: str, given: str, takes: list[str], kind: str = "") -> str:
    hint = f"; takes one such as {', '.join(takes[:4])}" if takes else "; search for it"
    return f"{field}: there is no {kind or field} “{_short(given)}”{hint}"


def _nearest(slug: str) -> list[str]:
    from glossary.search import nearest

    return nearest(slug[:80])


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
