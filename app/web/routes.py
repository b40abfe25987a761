"""What the page asks of the server: one answer that comes in parts, and short questions beside it. Plain routes.

See docs/decisions/0009-a-stream-of-our-own.md.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from app.engine import Engine
from app.export.run_json import finite
from app.teaching import papers
from app.teaching.predictions import guessed
from app.teaching.questions import find as find_question
from app.web.components import FILES
from app.web.doors import read_json
from app.web.panels import prediction, rail
from app.web.panels.markup import html
from app.web.responses import ENDED, Answers, AnswerStream
from app.web.static_files import PATH
from app.web.trace_answer import traced
from glossary import reader
from glossary.coming import coming
from glossary.search import search as find

PATIENCE_SECONDS = 0.15
"""What a reader waits for a first result before the words of an entry go ahead of it."""

READERS, ASKERS = 128, 16
"""Answers that are followed at the same time; short questions that are worked on at the same time."""


def serve(app: FastAPI, engine: Engine, leaving: Callable[[], bool]) -> None:
    """Adds the routes. Answers end early when ``leaving`` says that the server is about to stop."""
    answers = Answers(engine)
    readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
    askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="asker")

    @app.post(f"/{PATH}/ask")
    async def ask(request: Request) -> Response:
        stream = answers.stream(await read_json(request))
        packs = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"x-modelarium": FILES.folder, **({"content-encoding": "gzip"} if packs else {})}
        lines = _lines(request, stream, readers, leaving)
        return StreamingResponse(_packed(lines) if packs else lines, media_type="application/x-ndjson", headers=headers)

    def question(name: str, answer: Callable[[Any], Any]) -> None:
        async def asked(request: Request) -> Response:
            sent = await read_json(request)
            told = await asyncio.get_running_loop().run_in_executor(askers, answer, sent)
            return JSONResponse(finite(told))

        app.post(f"/{PATH}/{name}")(asked)

    @app.get(f"/{PATH}/handout/{{slug}}")
    def handout(slug: str) -> Response:
        lesson = reader.lessons().get(slug)
        return HTMLResponse(papers.handout(lesson)) if lesson else Response(status_code=404)

    @app.get(f"/{PATH}/notes/{{slug}}")
    def notes(slug: str) -> Response:
        lesson = reader.lessons().get(slug)
        return HTMLResponse(papers.notes(lesson, answers.predict)) if lesson else Response(status_code=404)

    question("stop", lambda sent: answers.stop(str(sent)[:40]))
    question("search", lambda sent: [_hit(hit.slug) for hit in find(str(sent)[:200], 12)])
    question("predict", lambda sent: _predicted(answers, sent))
    question("chapter", lambda sent: {"html": rail.items(sent)})
    question("maps", lambda sent: _maps(answers, sent))
    question("taken", answers.taken)
    question("words", lambda sent: _words())
    question("trace", lambda sent: traced(engine, sent))


async def _lines(
    request: Request, stream: AnswerStream, readers: ThreadPoolExecutor, leaving: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Every message as a line, until the answer ends, the reader has gone or the server goes."""
    loop = asyncio.get_running_loop()
    coming = loop.run_in_executor(readers, stream.next)
    told = False
    try:
        while not leaving() and not await request.is_disconnected():
            done, _ = await asyncio.wait({coming}, timeout=PATIENCE_SECONDS)
            if done:
                line = coming.result()
                if line is ENDED:
                    return
                if line is not None:
                    yield f"{line}\n".encode()
                    told = True
                coming = loop.run_in_executor(readers, stream.next)
            elif not told:
                yield f"{stream.ahead()}\n".encode()
                told = True
    finally:
        coming.add_done_callback(lambda _: stream.close())


async def _packed(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Gzip that holds no line back."""
    packer = zlib.compressobj(4, wbits=31)
    async for line in lines:
        yield packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _words() -> dict[str, Sequence[str]]:
    """What a sentence can be made of without a word falling to pieces, and four to begin with."""
    from app.experiments.text import EXAMPLES
    from models.tokenization.vocabulary import known_words

    return {"words": known_words(), "examples": EXAMPLES}


def _hit(slug: str) -> dict[str, str]:
    """One entry that a search found; without a level it is still to come."""
    chapter = next(chapter.title for chapter in reader.chapters() if slug in chapter.entries)
    entry = reader.heads().get(slug)
    if entry is None:
        return {"slug": slug, "title": coming()[slug], "chapter": chapter, "level": ""}
    return {"slug": slug, "title": entry.title, "chapter": chapter, "level": entry.level}


def _maps(answers: Answers, sent: Any) -> list[dict[str, Any]]:
    question = find_question(sent)
    return answers.maps(question) if question and question.prediction.kind == "map" else []


def _predicted(answers: Answers, sent: Any) -> dict[str, Any]:
    """The measured answer and, as HTML, the verdict on a guess; an empty one if the request makes no sense."""
    question = find_question(sent)
    if question is None:
        return {"html": ""}
    guess = guessed(question.prediction, sent.get("guess"))
    try:
        answer = answers.predict(question)
        return {"html": prediction.verdict(question, answer, guess), **asdict(answer)}
    except Exception as problem:
        return {"html": html('<p class="notice wrong">{}</p>', problem)}
