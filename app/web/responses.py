"""From a request of the browser to messages: words at once, results as they come, nothing for a page that moved on."""

import json
import logging
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.engine import Engine, Turns
from app.teaching.predictions import Answer, answer, settings_of_maps
from app.teaching.questions import Question
from app.web import permalink
from app.web.comparison.responses import compare, frame
from app.web.panels import home, prediction, running
from app.web.panels.markup import EMPTY
from app.web.request import Asked
from app.web.updates import (
    NOTHING_NEW,
    Parts,
    controls_of,
    failure,
    hero_of,
    map_of,
    message,
    nothing_yet,
    refusal,
    result_of,
    told_of,
    words_of,
)
from glossary import reader
from glossary.schema import Entry

if TYPE_CHECKING:
    from app.controls import Parsed
    from app.flight import Waiting
    from app.moments import Run

_LOG = logging.getLogger(__name__)

HERO = ("multi-head-attention", "heads")
"""Entry and figure key of the live picture on the first page, where they exist."""


ENDED: Any = object()
"""What stands behind the last message."""


class AnswerStream:
    """The messages to one request as JSON text, each fetched by some thread, one at a time.

    ``ready`` says whether the models are loaded, without which there is no result.
    """

    def __init__(self, asked: Asked, messages: Generator[Parts], ready: bool) -> None:
        self._asked = asked
        self._messages = messages
        self._ready = ready
        self._sent: Parts = {}

    def ahead(self) -> str:
        """What is known while the first result is on its way; of this, nothing is sent again."""
        parts = _before(self._asked)
        self._sent = dict(parts)
        if not self._ready:
            parts = parts | {"told": parts["told"] | {"starting": True}}
        return message(self._asked.serial, parts)

    def next(self) -> str | None:
        """The next message, None while there is nothing new, ENDED behind the last."""
        parts: Parts = next(self._messages, ENDED)
        if parts is ENDED:
            return ENDED  # type: ignore[return-value]
        if parts is NOTHING_NEW:
            return None
        fresh = {name: part for name, part in parts.items() if name == "told" or self._sent.get(name, self) is not part}
        return message(self._asked.serial, fresh)

    def close(self) -> None:
        self._messages.close()


class Answers:
    """Answers every request of every page by a stream of parts, which ends early when the page has asked again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turns = Turns()

    def stop(self, page: str) -> None:
        self._turns.stop(page)

    def taken(self, data: Any) -> str:
        """What is taken away of a page: the script that prints its numbers, its cards, or the page itself without
        plotly.js. Empty if that cannot be."""
        from app.export.flashcards import deck
        from app.export.script import script

        asked = Asked.read(data)
        if asked.entry is None:
            return ""
        if data.get("kind") == "html":
            from app.export.html_report import page

            return page(asked.entry, self._engine.run(asked.entry, asked.values), str(data.get("address", ""))[:8000])
        if data.get("kind") == "cards":
            return deck([asked.entry], lambda entry, change: self._engine.run(entry, change).metrics)
        parsed = self._engine.parse(asked.entry, asked.values)
        return "" if parsed.problems else script(asked.entry, parsed.controls)

    def stream(self, data: Any) -> "AnswerStream":
        """The messages to a request as they come."""
        asked = Asked.read(data)
        return AnswerStream(asked, self._messages(asked), self._engine.ready)

    def _messages(self, asked: Asked) -> Generator[Parts]:
        """What the page is told, as long as it has not asked again; NOTHING_NEW a few times a second meanwhile."""
        self._turns.begin(asked.page, asked.serial)
        try:
            for parts in self._answer(asked):
                if not self._turns.current(asked.page, asked.serial):
                    return
                yield parts
        except Exception as problem:  # RunFailed has words for the reader; anything else goes to the log as well
            if type(problem).__name__ != "RunFailed":
                _LOG.exception("request %r", asked)
            yield failure(str(problem))
        finally:
            self._turns.end(asked.page, asked.serial)

    def _answer(self, asked: Asked) -> Iterator[Parts]:
        if asked.query is None:
            if asked.entry is not None:
                yield from self._turn(asked, asked.entry)
            return
        place = permalink.read(asked.query)
        if place.map is not None:
            yield map_of(place)
        elif place.entry is None:
            yield from self._home(asked, place)
        elif place.beside is not None:
            yield from compare(self._engine, asked.serial, place)
        else:
            yield from self._open(asked, reader.entries()[place.entry], place)

    def _open(self, asked: Asked, entry: Entry, place: permalink.Place) -> Iterator[Parts]:
        """A whole entry, its words with its first result."""
        parts = words_of(entry, place)
        try:
            parsed = self._engine.parse(entry, place.values)
            runs = self._engine.stream(entry, parsed)
            run = yield from _next(runs)
        except Exception:
            yield parts | nothing_yet(entry)
            raise
        problems = place.problems + parsed.problems + parsed.notes
        parts |= {
            "controls": controls_of(entry, parsed),
            "predictions": prediction.questions(entry),
            "notices": running.notices(problems),
        }
        yield from self._results(asked, entry, parsed, run, runs, parts)

    def _turn(self, asked: Asked, entry: Entry) -> Iterator[Parts]:
        """A control was turned: runs, unless a value is refused."""
        from app.controls import depend_on_each_other

        parsed = self._engine.parse(entry, asked.values)
        if parsed.problems:
            yield refusal(parsed.problems)
            return
        runs = self._engine.stream(entry, parsed)
        run = yield from _next(runs)
        parts: Parts = {"notices": running.notices(parsed.notes)}
        if depend_on_each_other(parsed.controls):  # they may have other bounds now
            parts["controls"] = controls_of(entry, parsed) | {"gently": True}
        yield from self._results(asked, entry, parsed, run, runs, parts)

    def _results(
        self,
        asked: Asked,
        entry: Entry,
        parsed: "Parsed",
        run: "Run | None",
        runs: "Iterator[Run | Waiting]",
        more: Parts,
    ) -> Iterator[Parts]:
        try:
            while run is not None:
                parts = more | result_of(asked.serial, entry, run)
                if run.notices:
                    parts["notices"] = more.get("notices", EMPTY) + running.notices(run.notices)
                yield parts | {"told": told_of(entry, parsed, run)}
                more = {"notices": more["notices"]} if "notices" in more else {}
                run = yield from _next(runs)
        finally:
            runs.close()  # type: ignore[attr-defined]

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
        listed = home.entries_of(place.chapter) if place.chapter else EMPTY
        entry = reader.entries().get(HERO[0])
        if place.chapter is not None or entry is None:
            yield {"told": told, "entries-of-chapter": listed, "hero": None}
            return
        if not self._engine.ready:
            yield {"told": told | {"waits": True}, "entries-of-chapter": listed}
        runs = self._engine.stream(entry, self._engine.parse(entry, {}))
        run = yield from _next(runs)
        if run is not None:
            hero = hero_of(asked.serial, entry, HERO[1], run)
            yield {"told": told, "entries-of-chapter": listed, "hero": hero}


def _next(runs: "Iterator[Run | Waiting]") -> "Generator[Parts, None, Run | None]":
    """The next result, None at the end; until it is there, the reader's place in the queue whenever that changes."""
    from app.moments import Run

    told = 0
    for run in runs:
        if isinstance(run, Run):
            return run
        yield NOTHING_NEW if run.ahead == told else {"told": {"state": "queued", "ahead": run.ahead}}
        told = run.ahead
    return None


def _before(asked: Asked) -> Parts:
    """What is known while the first result is on its way."""
    place = permalink.read(asked.query or "")
    if place.entry is None:
        return {"told": {"state": "waiting"}}
    if place.beside is not None:
        return frame(place)
    entry = reader.entries()[place.entry]
    return words_of(entry, place) | nothing_yet(entry)
