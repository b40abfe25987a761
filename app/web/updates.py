"""What each part of the page shows of an entry, of its controls and of a run. Knows no component, only their names."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from app.claims import check, decided
from app.export.run_json import written
from app.web import permalink
from app.web.figure_view import shown
from app.web.panels import bar, claims, classroom, concept_map, run_table, running, words
from app.web.panels.markup import EMPTY
from glossary import reader
from glossary.schema import Entry

if TYPE_CHECKING:
    from app.controls import Parsed
    from app.moments import Run

FIGURES = ("figure-0", "figure-1", "figure-2")
"""Names of the slots for figures."""

Parts = dict[str, Any]
"""Parts of the page by name, each with its new content; a part that is not there stays as it is."""

NOTHING_NEW: Parts = {}
"""This very dict in place of a message: nothing is said, and whoever passes it on can look whether to go on."""


def words_of(entry: Entry, place: permalink.Place) -> Parts:
    """All that needs no run."""
    sheet = {"classroom": classroom.sheet(place.sitting)} if place.sitting else {}
    return _lasting_words(entry.slug) | sheet


@cache
def _lasting_words(slug: str) -> Parts:
    entry = reader.entries()[slug]
    return {
        "bar": bar.bar(entry),
        "head": words.head(entry),
        "equations": words.equations(entry),
        "fact-check": words.fact_check(entry),
        "links": words.links(entry),
        "code": running.code(entry),
    }


def map_of(place: permalink.Place) -> Parts:
    told = {
        "state": "done",
        "view": "map",
        "title": concept_map.title(place),
        "query": permalink.write_map(place.map or "", place.at),
    }
    return {"told": told, "map": json.dumps(concept_map.page(place), ensure_ascii=False)}


def controls_of(entry: Entry, parsed: "Parsed") -> Parts:
    """What the controls are, and what the entry sets them to."""
    from app.controls import specs

    preset = type(parsed.controls)(**entry.live.preset)
    return {
        "entry": entry.slug,
        "specs": specs(parsed.controls, entry.live.controls),
        "preset": preset.model_dump(),
    }


def told_of(entry: Entry, parsed: "Parsed", run: "Run") -> Parts:
    """The state of the page with that run on it."""
    from app.controls import changed

    return {
        "state": "done" if run.done else "partial",
        "entry": entry.slug,
        "title": entry.title,
        "chapter": entry.chapter,
        "query": permalink.write(entry.slug, changed(parsed.controls, entry.live.preset)),
        "values": parsed.controls.model_dump(),
        "badge": running.badge(run),
        "run": {
            "entry": entry.slug,
            "title": entry.title,
            "experiment": run.experiment,
            "controls": parsed.controls.model_dump(),
            "device": run.device,
            "seconds": run.seconds,
            "metrics": run.metrics,
            "claims": [checked.as_json() for checked in check(entry, run.metrics)],
            "badge": run.badge,
            "parameters": run.parameters,
        },
    }


def nothing_yet(entry: Entry) -> Parts:
    """What stands where the result will be."""
    return {
        "claims": claims.claims(entry, (), {}),
        "finds": EMPTY,
        "predictions": EMPTY,
        "runs": None,
        "told": {"state": "words", "entry": entry.slug, "title": entry.title, "chapter": entry.chapter},
    }


def result_of(serial: int, entry: Entry, run: "Run") -> Parts:
    """Figures, verdicts and numbers of one result."""
    figures: Parts = dict.fromkeys(FIGURES)
    for slot, (key, figure) in enumerate(run.figures.items()):
        traced = run.traced.get(key, ())
        figures[FIGURES[slot]] = shown(serial, slot, f"{entry.slug}|{key}", key, figure, traced=traced)
    return figures | {
        "claims": claims.claims(entry, decided(entry, run.metrics, run.done), run.controls.model_dump(), run.labels),
        "finds": running.finds(entry, run),
        "runs": run_table.row(entry, run),
        "say": running.say(run),
        "numbers": running.numbers(run),
    }


def hero_of(serial: int, entry: Entry, key: str, run: "Run") -> str:
    """The live picture of the first page: one figure of a run."""
    key = key if key in run.figures else next(iter(run.figures))
    sentence = getattr(run.controls, "sentence", "")
    caption = f"A small trained model reads “{sentence}”. Every tile is one attention head: open any."
    return shown(serial, 0, f"{entry.slug}|{key}", key, replace(run.figures[key], caption=caption))


def failure(problem: str) -> Parts:
    return {"notices": running.notices([problem], wrong=True), "told": {"state": "failed"}}


def refusal(problems: Sequence[str]) -> Parts:
    """“base: takes …” stands under base; a rule between fields under the empty name."""
    split = [problem.partition(": ") for problem in problems]
    fields = {name if line and name.isidentifier() else "": line or name for name, _, line in split}
    return {"told": {"state": "refused", "problems": fields}}


def message(serial: int, parts: Parts) -> str:
    """One JSON text: what the page is told, and its changed parts by name. Text that is no markup is JSON already."""
    told = written({"serial": serial, **parts.pop("told")})
    texts = (f"{json.dumps(name)}: {part if type(part) is str else written(part)}" for name, part in parts.items())
    return f'{told[:-1]}, "parts": {{{", ".join(texts)}}}}}'
