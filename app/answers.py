"""From a request of the browser to what each part of the page shows. Knows no component, only their names."""

import json
import logging
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from app import permalink
from app.claims import check
from app.comparison.answer import compare, frame
from app.engine import Engine, Turns
from app.figure_view import shown
from app.panels import bar, claims, classroom, concept_map, prediction, running, words
from app.panels.markup import EMPTY
from app.predictions import Answer, answer, settings_of_maps
from app.questions import Question
from glossary import reader
from glossary.schema import Entry

if TYPE_CHECKING:
    from app.controls import Parsed
    from app.runner import Run

_LOG = logging.getLogger(__name__)

FIGURES = ("figure-0", "figure-1", "figure-2")
"""Names of the slots for figures."""

PATIENCE = 0.15
"""Seconds that a plain request waits for its first message; an entry's words go ahead of what takes longer."""

HERO = ("multi-head-attention", "heads")
"""Entry and figure key of the live picture on the first page, where they exist."""

Parts = dict[str, Any]
"""Parts of the page by name, each with its new content; a part that is not there stays as it is."""


@dataclass(frozen=True)
class Asked:
    """A request as the browser sends it, with everything of the wrong type left out."""

    page: str
    serial: int
    query: str | None
    entry: Entry | None
    values: Mapping[str, Any]
    follows: bool
    """The words of the entry stand already."""

    @classmethod
    def read(cls, data: Any) -> "Asked":
        sent = data if isinstance(data, dict) else {}
        serial, query, values = sent.get("serial"), sent.get("query"), sent.get("values")
        return cls(
            page=str(sent.get("page", ""))[:40],
            serial=serial if isinstance(serial, int) else 0,
            query=query if isinstance(query, str) else None,
            entry=reader.entries().get(str(sent.get("entry"))),
            values=dict(list(values.items())[:64]) if isinstance(values, dict) else {},
            follows=sent.get("follows") is True,
        )


class Answers:
    """Answers every request of every page with parts: at once where it can, else by a stream.

    A stream ends early when the page has asked again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turns = Turns()
        self._starting = ThreadPoolExecutor(64, thread_name_prefix="first-message")

    def stop(self, page: str) -> None:
        self._turns.stop(page)

    def first(self, data: Any) -> str:
        """The first message if it is quick, else what can be said before it; ``more`` if the stream has to follow.

        A plain request costs the browser half as long as a stream's two (docs/decisions/0005-one-message.md).
        """
        asked = Asked.read(data)
        messages = self._messages(asked)
        coming = self._starting.submit(next, messages, None)
        coming.add_done_callback(lambda _: messages.close())
        try:
            parts = coming.result(PATIENCE) or {"told": {"state": "late"}}
        except NotYet:
            parts = _before(asked)
        told = parts["told"]
        told["more"] = told["state"] in ("waiting", "words", "partial") or told.get("waits", False)
        return message(asked.serial, parts)

    def taken(self, data: Any) -> str:
        """What is taken away of a page: the script that prints its numbers, or its cards. Empty if that cannot be."""
        from app.deck import deck
        from app.script import script

        asked = Asked.read(data)
        if asked.entry is None:
            return ""
        if data.get("kind") == "cards":
            return deck([asked.entry], lambda entry, change: self._engine.run(entry, change).metrics)
        parsed = self._engine.parse(asked.entry, asked.values)
        return "" if parsed.problems else script(asked.entry, parsed.controls)

    def stream(self, data: Any) -> Iterator[str]:
        """Messages for the wire, as JSON text."""
        asked = Asked.read(data)
        for parts in self._messages(asked):
            yield message(asked.serial, parts)

    def _messages(self, asked: Asked) -> Generator[Parts]:
        self._turns.begin(asked.page, asked.serial)
        try:
            for parts in self._answer(asked):
                if not self._turns.current(asked.page, asked.serial):
                    return
                yield parts
        except Exception as problem:  # RunFailed has words for the reader; anything else goes to the log as well
            if type(problem).__name__ != "RunFailed":
                _LOG.exception("request %r", asked)
            yield _failed(str(problem))
        finally:
            self._turns.end(asked.page, asked.serial)

    def _answer(self, asked: Asked) -> Iterator[Parts]:
        if asked.query is None:
            if asked.entry is not None:
                yield from self._turn(asked, asked.entry)
            return
        place = permalink.read(asked.query)
        if place.map is not None:
            yield _map(place)
        elif place.entry is None:
            yield from self._home(asked, place)
        elif place.beside is not None:
            yield from compare(self._engine, asked.serial, place)
        else:
            yield from self._open(asked, reader.entries()[place.entry], place)

    def _open(self, asked: Asked, entry: Entry, place: permalink.Place) -> Iterator[Parts]:
        """A whole entry, its words with its first result."""
        parts = {} if asked.follows else _words(entry, place)
        try:
            parsed = self._engine.parse(entry, place.values)
            runs = self._engine.stream(entry, parsed)
            run = next(runs)
        except Exception:
            yield parts | _nothing_yet(entry)
            raise
        problems = place.problems + parsed.problems
        parts |= {"controls": self._controls(entry, parsed), "notices": running.notices(problems)}
        yield from self._results(asked, entry, parsed, run, runs, parts)

    def _turn(self, asked: Asked, entry: Entry) -> Iterator[Parts]:
        """A control was turned: runs, unless a value is refused."""
        parsed = self._engine.parse(entry, asked.values)
        if parsed.problems:
            yield {"told": {"state": "refused", "problems": _by_field(parsed.problems)}}
            return
        runs = self._engine.stream(entry, parsed)
        yield from self._results(asked, entry, parsed, next(runs), runs, {"notices": EMPTY})

    def _results(
        self, asked: Asked, entry: Entry, parsed: "Parsed", run: "Run", runs: "Iterator[Run]", more: Parts
    ) -> Iterator[Parts]:
        try:
            while True:
                parts = more | _result(asked.serial, entry, run)
                if run.notices:
                    parts["notices"] = more.get("notices", EMPTY) + running.notices(run.notices)
                yield parts | {"told": self._told(entry, parsed, run)}
                more = {"notices": more["notices"]} if "notices" in more else {}
                following = next(runs, None)
                if following is None:
                    return
                run = following
        finally:
            runs.close()  # type: ignore[attr-defined]

    def _controls(self, entry: Entry, parsed: "Parsed") -> Parts:
        from app.controls import specs

        preset = type(parsed.controls)(**entry.live.preset)
        return {
            "entry": entry.slug,
            "specs": specs(parsed.controls, entry.live.controls),
            "preset": preset.model_dump(),
        }

    def _told(self, entry: Entry, parsed: "Parsed", run: "Run") -> Parts:
        from app.controls import changed

        return {
            "state": "done" if run.done else "partial",
            "entry": entry.slug,
            "title": entry.title,
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

    def predict(self, question: Question) -> Answer:
        """What the runs that a question asks about measure."""
        return answer(question.prediction, lambda change: self._run(question, change).metrics)

    def maps(self, question: Question) -> list[dict[str, Any]]:
        """Plotly's JSON of the drawings that a question wants told apart."""
        runs = (self._run(question, change) for change in settings_of_maps(question.prediction))
        figures = (run.figures[question.prediction.figure] for run in runs)
        return [{"plot": json.loads(figure.plot.to_json()), "height": figure.height} for figure in figures]

    def _run(self, question: Question, change: Mapping[str, Any]) -> "Run":
        return self._engine.run(question.entry, {**question.setting, **change})

    def _home(self, asked: Asked, place: permalink.Place) -> Iterator[Parts]:
        """The first page, or a chapter's list; with the live picture once its model can run."""
        told = {"state": "home", "chapter": place.chapter, "problems": list(place.problems)}
        entry = reader.entries().get(HERO[0])
        if place.chapter is not None or entry is None:
            yield {"told": told, "hero": None}
            return
        if not self._engine.ready:
            yield {"told": told | {"waits": True}}
        runs = self._engine.stream(entry, self._engine.parse(entry, {}))
        *_, run = runs
        key = HERO[1] if HERO[1] in run.figures else next(iter(run.figures))
        picture = replace(run.figures[key], caption=_hero_caption(run))
        hero = shown(asked.serial, 0, f"{entry.slug}|{key}", key, picture)
        yield {"told": told, "hero": hero}


def _words(entry: Entry, place: permalink.Place) -> Parts:
    """All that needs no run."""
    sheet = {"classroom": classroom.sheet(place.sitting)} if place.sitting else {}
    return _words_of(entry.slug) | sheet


def _hero_caption(run: "Run") -> str:
    text = getattr(run.controls, "sentence", "")
    return f"A small trained model reads “{text}”. Every tile is one attention head: open any."


@cache
def _words_of(slug: str) -> Parts:
    entry = reader.entries()[slug]
    return {
        "bar": bar.bar(entry),
        "head": words.head(entry),
        "equations": words.equations(entry),
        "record": words.record(entry),
        "links": words.links(entry),
        "predictions": prediction.questions(entry),
        "code": running.code(entry),
    }


def _map(place: permalink.Place) -> Parts:
    told = {
        "state": "done",
        "view": "map",
        "title": concept_map.title(place),
        "query": permalink.write_map(place.map or "", place.at),
    }
    return {"told": told, "map": json.dumps(concept_map.page(place), ensure_ascii=False)}


def _before(asked: Asked) -> Parts:
    """What is known while the first result is on its way."""
    place = permalink.read(asked.query or "")
    if place.entry is None:
        return {"told": {"state": "waiting"}}
    if place.beside is not None:
        return frame(place)
    entry = reader.entries()[place.entry]
    return _words(entry, place) | _nothing_yet(entry)


def _nothing_yet(entry: Entry) -> Parts:
    """What stands where the result will be."""
    return {
        "claims": claims.claims(entry, (), {}),
        "told": {"state": "words", "entry": entry.slug, "title": entry.title},
    }


def _result(serial: int, entry: Entry, run: "Run") -> Parts:
    """Figures, verdicts and numbers of one result."""
    figures: Parts = dict.fromkeys(FIGURES)
    for slot, (key, figure) in enumerate(run.figures.items()):
        figures[FIGURES[slot]] = shown(serial, slot, f"{entry.slug}|{key}", key, figure)
    return figures | {
        "claims": claims.claims(entry, check(entry, run.metrics), run.controls.model_dump()),
        "say": running.say(run),
        "numbers": running.numbers(run),
    }


def _failed(problem: str) -> Parts:
    return {"notices": running.notices([problem], wrong=True), "told": {"state": "failed"}}


def _by_field(problems: tuple[str, ...]) -> dict[str, str]:
    """“base: takes …” → base: takes …; a rule between fields stands under the empty name."""
    split = [problem.partition(": ") for problem in problems]
    return {name if line and name.isidentifier() else "": line or name for name, _, line in split}


def message(serial: int, parts: Parts) -> str:
    """One JSON text: what the page is told, and its changed parts by name. Text that is no markup is JSON already."""
    told = {"serial": serial, **parts.pop("told")}
    written = (
        f"{json.dumps(name)}: {part if type(part) is str else json.dumps(part, ensure_ascii=False)}"
        for name, part in parts.items()
    )
    return f'{json.dumps(told, ensure_ascii=False)[:-1]}, "parts": {{{", ".join(written)}}}}}'
