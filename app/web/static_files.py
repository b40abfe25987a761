"""What the browser fetches besides Gradio's own front-end: plotly.js, our styles and modules, where KaTeX lies.

Gradio compresses static JavaScript at every request (320 ms each time for plotly.js). Here a file is compressed
once, in the background, and served at an address that holds its hash and therefore never changes its content.
"""

import hashlib
import threading
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import brotli
import gradio
from fastapi import FastAPI, Request
from fastapi.responses import Response

ASSETS = Path(__file__).parents[2] / "assets"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PATH = "modelarium"
"""Everything of ours lies under it, apart from Gradio's own addresses."""

FOREVER = "public, max-age=31536000, immutable"


class MissingFrontEnd(RuntimeError):
    """A file of Gradio's or plotly's own package is not where this version keeps it."""


class StaticFile:
    """One file, read and compressed when it is first wanted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    @cached_property
    def plain(self) -> bytes:
        return self._path.read_bytes()

    @property
    def compressed(self) -> bytes:
        with self._lock:
            return self._compressed

    @cached_property
    def _compressed(self) -> bytes:
        compressed: bytes = brotli.compress(self.plain, quality=6)
        return compressed

    def response(self, accepts: str) -> Response:
        headers = {"cache-control": FOREVER, "vary": "accept-encoding"}
        kind = KINDS[self._path.suffix]
        if "br" in accepts:
            return Response(self.compressed, media_type=kind, headers={**headers, "content-encoding": "br"})
        return Response(self.plain, media_type=kind, headers=headers)


def plotly_js() -> Path:
    """plotly's packaged library, found without importing plotly."""
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise MissingFrontEnd("plotly is not installed")
    path = Path(found.origin).parent / "package_data" / "plotly.min.js"
    if not path.is_file():
        raise MissingFrontEnd(f"plotly keeps no {path.name} in package_data")
    return path


def katex() -> tuple[str, str]:
    """Addresses of the KaTeX module and style sheet that Gradio's front-end ships, from the server's root."""
    folder = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    found = [sorted(folder.glob(f"katex-*.{kind}")) for kind in ("js", "css")]
    if not all(found):
        raise MissingFrontEnd("this version of Gradio ships no KaTeX in templates/frontend/assets")
    return f"assets/{found[0][0].name}", f"assets/{found[1][0].name}"


class StaticFiles:
    """Our assets under one hashed folder, so that modules import each other by relative address."""

    def __init__(self) -> None:
        self._files = {
            path.relative_to(ASSETS).as_posix(): StaticFile(path)
            for path in sorted(ASSETS.glob("*/**/*"))
            if path.suffix in KINDS
        }
        self._plotly = StaticFile(plotly_js())
        stamp = hashlib.sha256()
        for name, file in self._files.items():
            stamp.update(name.encode() + file.plain)
        stamp.update(version("plotly").encode())
        self.folder = f"{PATH}/{stamp.hexdigest()[:12]}"

    @property
    def plotly(self) -> str:
        return f"{self.folder}/plotly.js"

    def address(self, name: str) -> str:
        """``css/page.css`` → its address from the server's root."""
        if name not in self._files:
            raise MissingFrontEnd(f"assets/{name} does not exist")
        return f"{self.folder}/{name}"

    def modules(self) -> list[str]:
        """What every page needs; the modules in ``assets/lazy`` are fetched when one of these asks for them."""
        return [self.address(name) for name in self._files if name.startswith("js/")]

    def serve(self, app: FastAPI) -> None:
        """Adds the routes, and compresses plotly.js meanwhile."""
        every: Mapping[str, StaticFile] = {**self._files, "plotly.js": self._plotly}

        @app.get(f"/{self.folder}/{{name:path}}")
        def asset(name: str, request: Request) -> Response:
            if name not in every:
                return Response(status_code=404)
            return every[name].response(request.headers.get("accept-encoding", ""))

        threading.Thread(target=lambda: self._plotly.compressed, daemon=True).start()
