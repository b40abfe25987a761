"""The page: one gr.Blocks. What stands where is here; what it says is in panels/, how it behaves in assets/js."""

import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI

from app.engine import Engine
from app.export.run_json import finite
from app.teaching import rooms as classroom
from app.teaching.predictions import guessed
from app.teaching.questions import find as find_question
from app.web.components import FILES, controls_view, lazy_view, panel, plotly_view, wire
from app.web.panels import home, prediction, rail, running
from app.web.panels.markup import html
from app.web.responses import Answers
from app.web.static_files import katex
from app.web.trace_answer import traced
from app.web.updates import FIGURES
from glossary import reader
from glossary.coming import coming
from glossary.search import search as find

TITLE = "Modelarium"


def build(engine: Engine | None = None) -> gr.Blocks:
    """The whole page. Its words stand at once; the engine's first result follows when torch is there."""
    engine = engine or _started()
    answers = Answers(engine)

    def ask(event: gr.EventData) -> Iterator[Any]:
        yield from answers.stream(event._data)
        yield gr.skip()  # Gradio sends the last word of a stream twice: let it be a short one

    def first(sent: Any) -> str:
        return answers.first(sent)

    def stop(sent: Any) -> None:
        answers.stop(str(sent)[:40])

    def search(sent: Any) -> list[dict[str, str]]:
        hits = find(str(sent)[:200], 12)
        return [_hit(hit.slug) for hit in hits]

    def predict(sent: Any) -> dict[str, Any]:
        return _predicted(answers, sent)

    def maps(sent: Any) -> list[dict[str, Any]]:
        question = find_question(sent)
        return answers.maps(question) if question and question.prediction.kind == "map" else []

    def taken(sent: Any) -> str:
        return answers.taken(sent)

    def trace(sent: Any) -> dict[str, Any]:
        return traced(engine, sent)

    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        with gr.Column(elem_id="page"):
            panel(rail.rail(), elem_id="rail")
            lazy_view(elem_id="classroom")
            panel(elem_id="bar")
            with gr.Column(elem_id="words"):
                panel(elem_id="head")
                with gr.Column(elem_id="rest"):
                    for name in ("equations", "claims", "fact-check", "links"):
                        panel(elem_id=name)
            with gr.Column(elem_id="run"):
                panel(running.bar(), elem_id="runbar")
                panel(elem_id="finds")
                controls_view(elem_id="controls")
                panel(elem_id="notices")
                panel(elem_id="predictions")
                with gr.Column(elem_id="figures"):
                    for name in FIGURES:
                        plotly_view(elem_id=name)
                panel(elem_id="say")
                panel(running.tabs(), elem_id="tabs")
                panel(elem_id="numbers")
                panel(elem_id="code")
        with gr.Column(elem_id="home"):
            with gr.Column(elem_id="opening"):
                panel(home.top(), elem_id="pitch")
                plotly_view(elem_id="hero")
            panel(home.chapters(), elem_id="chapters-panel")
        for name in ("compare", "map"):
            lazy_view(elem_id=name)
        line = wire([first, stop, search, predict, maps, taken, trace], elem_id="wire")
        line.ask(
            ask,
            outputs=line,
            show_progress="hidden",
            trigger_mode="multiple",
            concurrency_limit=None,
            api_visibility="private",
        )
    return page


def _hit(slug: str) -> dict[str, str]:
    """One entry that a search found; without a level it is still to come."""
    chapter = next(chapter.title for chapter in reader.chapters() if slug in chapter.entries)
    entry = reader.entries().get(slug)
    if entry is None:
        return {"slug": slug, "title": coming()[slug], "chapter": chapter, "level": ""}
    return {"slug": slug, "title": entry.title, "chapter": chapter, "level": entry.level}


def _predicted(answers: Answers, sent: Any) -> dict[str, Any]:
    """The measured answer and, as HTML, the verdict on a guess; an empty one if the request makes no sense."""
    question = find_question(sent)
    if question is None:
        return {"html": ""}
    guess = guessed(question.prediction, sent.get("guess"))
    try:
        answer = answers.predict(question)
        return {"html": prediction.verdict(question.prediction, answer, guess), **finite(asdict(answer))}
    except Exception as problem:
        return {"html": html('<p class="notice wrong">{}</p>', problem)}


def _started() -> Engine:
    engine = Engine()
    engine.start()
    return engine


def head() -> str:
    """Style sheets, and everything that the first figure will need, asked for early."""
    module, styles = katex()
    sheets = [FILES.address(f"css/{name}.css") for name in ("tokens", "gradio", "page", "figures", "home")]
    links = [f'<link rel="stylesheet" href="{sheet}">' for sheet in (styles, *sheets)]
    links += [f'<link rel="modulepreload" href="{address}">' for address in FILES.modules()]
    where = json.dumps({"plotly": FILES.plotly, "katex": module})
    return f"<script>window.modelarium={where}</script>" + "".join(links)


def application(engine: Engine) -> FastAPI:
    """The page and its files, ready for a server."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    FILES.serve(app)
    classroom.serve(app)
    gr.mount_gradio_app(
        app,
        build(engine),
        path="",
        theme=gr.themes.Base(),
        head=head(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        show_error=False,
    )
    return app


def serve(host: str = "127.0.0.1", port: int = 7860, device: str = "auto") -> None:
    """Serves until interrupted. Exits with status 1 if an entry does not fit the code, 2 if the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            print(f"--port: {host}:{port} cannot be used ({problem.strerror})", file=sys.stderr)
            sys.exit(2)
    engine = Engine(device, broken=lambda: setattr(server, "should_exit", True))
    server = uvicorn.Server(uvicorn.Config(application(engine), host=host, port=port, log_level="warning"))
    engine.start()
    print(f"{TITLE} is at http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}", flush=True)
    server.run()
    if engine.problem:
        sys.exit(1)
