"""The address holds the whole state: ``?entry=rope&base=500000&seed=3``, only what differs from the preset."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app import sitting as class_mode
from app.sitting import Sitting
from glossary import reader

LONGEST = 8000
"""Characters of a query string that are read; a sentence of 2000 letters fits, four times escaped."""

IGNORED = ("__theme", "__sign", "view", "logs", "fbclid", "utm_source")
"""Parameters that hosts and browsers add."""


@dataclass(frozen=True)
class Place:
    """Where an address leads: an entry with raw control values, or a chapter, or home; and what was wrong with it."""

    entry: str | None = None
    chapter: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    sitting: Sitting | None = None
    """Class mode: the question that is before the class."""

    problems: tuple[str, ...] = ()


def read(query: str) -> Place:
    """The place of a query string, with or without its question mark. Never raises."""
    pairs = parse_qsl(query[:LONGEST].removeprefix("?"), keep_blank_values=True, errors="replace")
    values = {name: value for name, value in pairs if name not in IGNORED}
    if values.get("class") == "1":
        return _seated(values)
    entry, chapter = values.pop("entry", None), values.pop("chapter", None)
    if entry is not None and entry in reader.entries():
        return Place(entry=entry, values=values)
    problems = []
    if entry is not None:
        problems.append(_unknown("entry", entry, _nearest(entry)))
    known = [one.slug for one in reader.chapters() if any(slug in reader.entries() for slug in one.entries)]
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


def write(entry: str, changed: Mapping[str, str]) -> str:
    """The query string of an entry's state."""
    return "?" + urlencode({"entry": entry, **changed})


def _unknown(field: str, given: str, takes: list[str]) -> str:
    hint = f"; takes one such as {', '.join(takes[:4])}" if takes else "; search for it"
    return f"{field}: there is no {field} “{_short(given)}”{hint}"


def _nearest(slug: str) -> list[str]:
    from glossary.search import nearest

    return nearest(slug[:80])


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
