"""Ties words to code: every experiment, preset, metric, link, citation and equation that an entry names must exist."""

from collections.abc import Iterator

from pydantic import ValidationError

from app.experiments import UnknownExperiment, experiment
from app.source import NoSource, source
from glossary import reader
from glossary.schema import Entry


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
    if problems:
        raise BindingError("\n".join(problems))


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
            yield f"citation {citation!r} is not in references.toml"
    for equation in entry.equations:
        try:
            source(equation.code)
        except NoSource as missing:
            yield f"equation {equation.name!r}: {missing}"
    yield from _live_mismatches(entry)


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
        *((f"set of {question.asks!r}", question.set) for question in live.predictions),
        *((f"over of {question.asks!r}", question.over or {}) for question in live.predictions),
    ]
    for what, change in settings:
        try:
            kind(**live.preset | change)
        except ValidationError as wrong:
            yield f"{what}: {wrong.errors()[0]['loc']} {wrong.errors()[0]['msg']}"
    for name in live.controls:
        if name not in kind.model_fields:
            yield f"controls: {name!r} is not a control of {live.experiment}"
