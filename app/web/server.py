"""The application: the page behind its doors, its files, its routes; and how it is served."""

import socket
import sys
from collections.abc import Callable

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from app.engine import Engine
from app.teaching import class_routes
from app.teaching.invitation import for_others, is_own_machine
from app.web import routes
from app.web.components import FILES
from app.web.doors import Doors
from app.web.page import TITLE, build, head, inline_script

SECONDS_TO_LEAVE = 2
"""What answers under way are given when the server is told to stop."""


def own_routes(engine: Engine, leaving: Callable[[], bool] = lambda: False, host: str = "127.0.0.1") -> FastAPI:
    """Our files, what the page asks, and the rooms of classes: all that is not Gradio's.

    Answers under way end as soon as ``leaving`` says that the server is about to stop; ``host`` is where it listens.
    """
    own = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    FILES.serve(own)
    class_routes.serve(own, host)
    routes.serve(own, engine, leaving)
    return own


def application(
    engine: Engine,
    *,
    root_path: str = "",
    frames: bool = False,
    leaving: Callable[[], bool] = lambda: False,
    host: str = "127.0.0.1",
) -> ASGIApp:
    """The page, its files and its routes, ready for a server.

    ``root_path`` is the path under which a proxy shows the page and that it strips, like ``/models``; ``frames`` lets
    pages of other sites show all of it in a frame, not only single figures (``embed``).
    """
    app = own_routes(engine, leaving, host)
    gr.mount_gradio_app(
        app,
        build(),
        path="",
        root_path=root_path or None,
        theme=gr.themes.Base(),
        head=head(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        show_error=False,
    )
    return Doors(app, scripts=[inline_script()], frames=frames)


def serve(
    host: str = "127.0.0.1", port: int = 7860, device: str = "auto", *, root_path: str = "", frames: bool = False
) -> None:
    """Serves until interrupted.

    Exits with status 1 if the device is not there, 2 if the port is taken or the device is not there.
    """
    if device not in ("auto", "cpu"):  # to look for the others takes torch, which a first page does not wait for
        from app.device import resolve

        try:
            resolve(device)
        except ValueError as problem:
            _refuse(f"--{problem}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            _refuse(f"--port: {host}:{port} cannot be used ({problem.strerror})")
    engine = Engine(device, broken=lambda: setattr(server, "should_exit", True))
    server = uvicorn.Server(
        uvicorn.Config(
            application(engine, root_path=root_path, frames=frames, leaving=lambda: server.should_exit, host=host),
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=SECONDS_TO_LEAVE,
        )
    )
    engine.start()
    print(f"{TITLE} is at http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}{root_path}", flush=True)
    print(_others(host, port, root_path), flush=True)
    server.run()
    if engine.problem:
        sys.exit(1)


def _others(host: str, port: int, root_path: str) -> str:
    """The line that says how others on the network come to the page."""
    name = for_others(host)
    if name:
        return f"Others on the network open http://{name}:{port}{root_path}"
    if is_own_machine(host):
        return "Only this machine can open it; with --host 0.0.0.0 others on the network can, for a class."
    return "This machine is in no network; others cannot open it."


def _refuse(reason: str) -> None:
    print(reason, file=sys.stderr)
    sys.exit(2)
