"""The page through Gradio's own launch: what a Space and a container start, and what ZeroGPU hooks into."""

import os
import socket
import sys
import tempfile
from functools import partial
from importlib.util import find_spec
from threading import Thread


class CannotStart(Exception):
    """One clear line for the person at the keyboard; exit status 2."""


def address() -> tuple[str, int]:
    """Host and port from the variables that Gradio reads, a Space sets and a container names. Raises CannotStart."""
    port = os.environ.get("GRADIO_SERVER_PORT", "7860")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise CannotStart(f"GRADIO_SERVER_PORT: takes a port from 1 to 65535; you gave {port!r}")
    return os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), int(port)


NEEDED = ("gradio", "torch", "plotly", "numpy", "pydantic", "safetensors", "tokenizers", "sklearn", "brotli", "segno")
"""Packages by the name they are imported by."""


def missing_packages() -> list[str]:
    return [name for name in NEEDED if find_spec(name) is None]


def check(host: str, port: int) -> None:
    """Raises CannotStart if a package is missing, the address is taken or no folder takes temporary files."""
    if missing := missing_packages():
        raise CannotStart(f"{', '.join(missing)}: not installed; `pip install -r requirements.txt` brings it")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CannotStart(f"GRADIO_SERVER_PORT: {host}:{port} cannot be used ({problem.strerror})") from problem
    try:
        tempfile.gettempdir()
    except OSError as problem:
        raise CannotStart("TMPDIR: names no folder that can be written; Gradio keeps its files there") from problem


def gpu_on_offer() -> bool:
    """Whether this is a ZeroGPU Space: the Hub says so, and its package, which lends the GPU, is there."""
    said = os.environ.get("SPACES_ZERO_GPU", "").lower()
    return said in ("1", "t", "true") and find_spec("spaces") is not None


def _fetch_published() -> None:
    """The models that the host lists, behind the first page; the pages offer them once they are there."""
    from app.real.hub import fetch_allowed

    fetch_allowed(partial(print, flush=True))


def launch(host: str, port: int) -> str | None:
    """Serves until interrupted, our own files and the rooms of classes beside Gradio's routes.

    On ZeroGPU the models stay on the CPU, except for those that ``zero_gpu`` borrows a GPU for.

    Returns what is wrong if the models do not fit the entries, which ends the server.
    """
    if lent := gpu_on_offer():
        from app.web.zero_gpu import borrowing  # first: it makes torch believe in a GPU, and hooks into the launch
    import gradio as gr  # reads the port when it is imported, and ends with a traceback on a wrong one
    from starlette.middleware import Middleware

    from app.engine import Engine
    from app.web.doors import Doors
    from app.web.page import build, head, inline_script
    from app.web.server import own_routes

    engine = Engine("cpu" if lent else "auto", lambda: page.close(verbose=False), borrowing if lent else None)
    page = build()
    doors = Middleware(Doors, scripts=[inline_script()], frames="SPACE_ID" in os.environ)
    engine.start()
    if os.environ.get("MODELARIUM_HUB_MODELS"):
        Thread(target=_fetch_published, name="published models", daemon=True).start()
    page.launch(
        server_name=host,
        server_port=port,
        app_kwargs={"routes": own_routes(engine, host=host).routes, "middleware": [doors], "openapi_url": None},
        theme=gr.themes.Base(),
        head=head(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        share=False,
        inline=False,
        show_error=False,
    )
    return engine.problem


def main() -> int:
    """Exit status: 2 if it cannot start here, with one line that says what to do; 1 if an entry fits no model."""
    try:
        host, port = address()
        check(host, port)
    except CannotStart as problem:
        print(f"space.py: {problem}", file=sys.stderr)
        return 2
    return 1 if launch(host, port) else 0
