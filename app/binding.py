"""Ties words to code: every experiment, preset, metric, link, citation and equation that an entry names must exist.

The page holds an entry against the code when it is opened; ``python -m app.binding`` holds all (``make check``).
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from app.experiments import UnknownExperiment, experiment
from app.source import NoSource, source
from app.teaching.class_session import NAMES as CLASS_NAMES
from app.teaching.questions import prediction_of
from glossary import reader
from glossary.diagrams import diagrams, place
from glossary.recipes import RecipeError, recipes
from glossary.schema import Entry, Lesson, Live, OfPublished, Part, Prediction


class BindingError(Exception):
    """Lists everything that does not fit, one line each."""


def check() -> None:
    """Raises BindingError unless all published entries fit the code. Runs no experiment."""
    problems = [f"{entry.slug}: {problem}" for entry in reader.entries().values() for problem in mismatches(entry)]
    runs: dict[str, str] = {}
    for slug, entry in reader.entries().items():
        key = f"{entry.live.experiment} {sorted(entry.live.preset.items())}"
        if key in runs:
            problems.append(f"{slug}: shows the same run as {runs[key]}")
        runs[key] = slug
    problems += [f"lesson {one.slug}: {problem}" for one in reader.lessons().values() for problem in misled(one)]
    catalogue = {slug for chapter in reader.chapters() for slug in chapter.entries}
    problems += [
        f"diagram {one.slug}: {box.entry!r} is not in chapters.toml"
        for one in diagrams().values()
        for box in one.boxes
        if box.entry and box.entry not in catalogue
    ]
    try:
        recipes()
    except RecipeError as wrong:
        problems.append(str(wrong))
    if problems:
        raise BindingError("\n".join(problems))


@cache
def bound(slug: str) -> None:
    """Raises BindingError unless this one entry fits the code; a few milliseconds, once."""
    problems = list(mismatches(reader.entries()[slug]))
    if problems:
        raise BindingError(f"{slug} does not fit the code. {'; '.join(problems)}")


def misled(lesson: Lesson) -> Iterator[str]:
    """What in this lesson has no counterpart."""
    for number, part in enumerate(lesson.parts, 1):
        if part.entry not in reader.entries():
            yield f"part {number}: there is no entry {part.entry!r}"
            continue
        yield from (f"part {number}: {problem}" for problem in _part_mismatches(part))


def _part_mismatches(part: Part) -> Iterator[str]:
    live = reader.entries()[part.entry].live
    try:
        question = prediction_of(part)
    except IndexError as missing:
        yield str(missing)
        return
    if part.breaks > len(live.claims):
        yield f"breaks {part.breaks}: {part.entry} has {len(live.claims)} claims"
    settings = [("set", {}), *_settings(question)]
    yield from _refused(live, ((what, {**part.set, **change}) for what, change in settings))


def _settings(question: Prediction) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every change of the preset that a prediction asks for."""
    changes = {"set": [question.set], "over": [question.over or {}], "others": question.others}
    changes["at"] = [question.set | {question.along: place} for place in question.at]
    yield from ((f"{name} of {question.asks!r}", change) for name, every in changes.items() for change in every)


def mismatches(entry: Entry) -> Iterator[str]:
    """What in this entry has no counterpart."""
    catalogue = {slug for chapter in reader.chapters() for slug in chapter.entries}
    home = next((chapter for chapter in reader.chapters() if entry.slug in chapter.entries), None)
    if home is None or home.slug != entry.chapter:
        yield f"chapter {entry.chapter!r} does not list it"
    for slug in (*entry.needs, *entry.variants):
        if slug not in catalogue:
            yield f"link {slug!r} is not in chapters.toml"
    for citation in entry.cite:
        if citation.partition("#")[0] not in reader.references():
            yield f"citation {citation!r} is not in glossary/references"
    if entry.where and place(entry.where) is None:
        yield f"where {entry.where!r} is no part of a diagram"
    if entry.defined_by and entry.defined_by not in {cite.partition("#")[0] for cite in entry.cite}:
        yield f"defined_by {entry.defined_by!r} is none of its citations"
    for equation in entry.equations:
        try:
            source(equation.code)
        except NoSource as missing:
            yield f"equation {equation.name!r}: {missing}"
    yield from _live_mismatches(entry)


def _of_published(live: Live) -> list[OfPublished]:
    return [claim.published for claim in live.claims if claim.published]


def _live_mismatches(entry: Entry) -> Iterator[str]:
    live = entry.live
    try:
        kind = experiment(live.experiment).controls
    except UnknownExperiment as unknown:
        yield str(unknown.args[0])
        return
    settings = [
        ("preset", {}),
        *((f"fails_for of {claim.says!r}", claim.fails_for) for claim in live.claims),
        *((f"control of {claim.says!r}", claim.control) for claim in live.claims),
        *((f"fails_for of {one.says!r}", one.fails_for or {}) for one in _of_published(live)),
        *(setting for question in live.predictions for setting in _settings(question)),
    ]
    yield from _refused(live, settings)
    for symbol in (symbol for equation in entry.equations for symbol in equation.symbols):
        if symbol.control and symbol.control not in kind.model_fields:
            yield f"symbol {symbol.tex!r}: {symbol.control!r} is not a control of {live.experiment}"
    for name in live.controls:
        if name not in kind.model_fields:
            yield f"controls: {name!r} is not a control of {live.experiment}"
    for name in CLASS_NAMES:
        if name in kind.model_fields:
            yield f"controls: {name!r} means something else in an address"


def _refused(live: Live, settings: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Settings, each with what it is for, that the controls do not take over the preset."""
    kind = experiment(live.experiment).controls
    for what, change in settings:
        try:
            kind(**{**live.preset, **change})
        except ValidationError as wrong:
            yield f"{what}: {wrong.errors()[0]['loc']} {wrong.errors()[0]['msg']}"


if __name__ == "__main__":
    try:
        check()
    except BindingError as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(1)
