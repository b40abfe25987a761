"""The one way into the server: which addresses there are, what a request may hold, what a browser may do with a page.

Gradio opens some fifty routes; the page needs six. Uploads, recordings, calls by name: all closed. What the page asks
is asked by routes of our own (``app.web.routes``).
"""

import json
import math
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import brotli
from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READ = re.compile(
    r"/|/theme\.css|/favicon\.ico|/robots\.txt|/gradio_api/startup-events|/(assets|static|modelarium)/[\w.@/-]+",
    re.ASCII,
)
"""Addresses that are read; everything else of Gradio's is not there. Its own launch asks for ``startup-events``."""

ASK = re.compile(r"/modelarium/[a-z]+", re.ASCII)
"""Addresses to which a question is posted."""

LONGEST_BODY = 64 * 1024
DEEPEST, MOST_VALUES = 8, 4000
"""Of a body's JSON: lists within lists, and values in all."""

LARGEST = 2**53
"""No whole number in a browser is larger."""

LONGEST_QUERY = 8 * 1024


SHUT_OFF = b"""<script>
if (window.origin === 'null') addEventListener('DOMContentLoaded', () => {
  const way = Object.assign(document.createElement('a'), { href: location.href, target: '_blank', rel: 'noopener' });
  way.textContent = 'Open it in a page of its own';
  const note = document.createElement('p');
  note.append('This frame is shut off from its own server: its sandbox attribute lacks allow-same-origin. ', way, '.');
  note.style.cssText = 'font: 16px/1.5 system-ui, sans-serif; padding: 24px; margin: 0';
  document.body.prepend(note);
});
</script>"""
"""In a sandboxed frame without an origin no module and no question is let through; the page says why it is empty."""


class Doors:
    """Wraps the whole application.

    ``scripts`` are inline scripts that Gradio adds to the page in the browser; ``frames`` allows pages of other sites
    to show this one in a frame.
    """

    def __init__(self, app: ASGIApp, *, scripts: Sequence[str] = (), frames: bool = False) -> None:
        self._app = app
        self._scripts = tuple(script.encode() for script in scripts)
        self._frames = frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query = scope["query_string"]
        embedded = b"embed" in query and "embed" in parse_qs(query.decode("latin-1"), keep_blank_values=True)
        accepts = Headers(scope=scope).get("accept-encoding", "")
        closing = _Closing(send, accepts, self._scripts, framed=self._frames or embedded)
        refused = _refused(scope)
        if refused is None:
            await self._app(scope, receive, closing.send)
        else:
            await refused(scope, receive, closing.send)


def _refused(scope: Scope) -> PlainTextResponse | None:
    """The answer to a request that goes no further."""
    headers, path = Headers(scope=scope), _path(scope)
    if scope["method"] in ("GET", "HEAD"):
        if not READ.fullmatch(path) or ".." in path:
            return PlainTextResponse("There is nothing here.\n", 404)
        if len(scope["query_string"]) > LONGEST_QUERY:
            return PlainTextResponse("The address is too long.\n", 414)
        return None
    if scope["method"] != "POST":
        return PlainTextResponse("Only reading and asking is possible.\n", 405)
    if not ASK.fullmatch(path):
        return PlainTextResponse("There is nothing here.\n", 404)
    if not _same_site(headers):
        return PlainTextResponse("A page of another site cannot ask here.\n", 403)
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return PlainTextResponse("A question is application/json.\n", 415)
    if int(headers.get("content-length", "0")) > LONGEST_BODY:
        return PlainTextResponse(f"A question is at most {LONGEST_BODY} bytes long.\n", 413)
    return None


def _path(scope: Scope) -> str:
    """From the server's root, without the path under which a proxy shows it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path


def _same_site(headers: Headers) -> bool:
    """No browser lets a page choose these; other programs send none of them."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    host: str = urlsplit(origin).netloc if origin is not None else ""
    return origin is None or host in (headers.get("host"), headers.get("x-forwarded-host"))


async def read_json(request: Request) -> Any:
    """The body of a question. HTTPException 413 or 400 with a word if it is too long, no JSON, or beyond all sense."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            raise HTTPException(413, f"A question is at most {LONGEST_BODY} bytes long.")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "The question is not readable as JSON.") from None
    for count, (value, depth) in enumerate(_values(sent)):
        if count >= MOST_VALUES:
            raise HTTPException(400, f"A question has at most {MOST_VALUES} values.")
        if depth > DEEPEST:
            raise HTTPException(400, f"A question is at most {DEEPEST} levels deep.")
        if isinstance(value, float) and not math.isfinite(value):
            raise HTTPException(400, "A number is not finite.")
        if isinstance(value, int) and abs(value) > LARGEST:
            raise HTTPException(400, "A number is too large.")
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise HTTPException(400, "A text holds half a letter.")
    return sent


def _values(root: Any) -> Iterator[tuple[Any, int]]:
    """Every value and every key, with its depth; without recursion."""
    left = [(root, 0)]
    while left:
        value, depth = left.pop()
        yield value, depth
        if isinstance(value, dict):
            left.extend((one, depth + 1) for pair in value.items() for one in pair)
        elif isinstance(value, list):
            left.extend((one, depth + 1) for one in value)


class _Closing:
    """Sends an answer on with the headers that every answer has; HTML compressed, once for all who get the same."""

    def __init__(self, send: Send, accepts: str, scripts: tuple[bytes, ...], *, framed: bool) -> None:
        self._send = send
        self._accepts = accepts
        self._scripts = scripts
        self._framed = framed
        self._start: Message | None = None
        self._html = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers["x-content-type-options"] = "nosniff"
            headers["referrer-policy"] = "same-origin"
            headers.setdefault("cache-control", "no-cache")
            if headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._html += message.get("body", b"")
            if not message.get("more_body", False):
                await self._page(self._start, bytes(self._html))
            return
        await self._send(message)

    async def _page(self, start: Message, html: bytes) -> None:
        headers = MutableHeaders(raw=start["headers"])
        html = html.replace(b"<head>", b"<head>" + SHUT_OFF, 1)  # before the policy, which lists what stands in it
        headers["content-security-policy"] = policy(html, self._scripts, framed=self._framed)
        headers["vary"] = "accept-encoding"
        if html and "content-encoding" not in headers and re.search(r"\bbr\b", self._accepts):
            html = _compressed(html)
            headers["content-encoding"] = "br"
        if html:
            headers["content-length"] = str(len(html))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": html})


@lru_cache(maxsize=8)
def _compressed(html: bytes) -> bytes:
    compressed: bytes = brotli.compress(html, quality=5)
    return compressed


@lru_cache(maxsize=16)
def policy(html: bytes, more: tuple[bytes, ...] = (), *, framed: bool) -> str:
    """What a browser may load and run for this page: from this server only, and of inline scripts those in it or more.

    Gradio forces two exceptions: ``unsafe-eval``, since its HTML component builds a function from the text of
    ``js_on_load``, and ``unsafe-inline`` for styles, since its markup and plotly's carry style attributes.
    """
    scripts = re.findall(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in dict.fromkeys([*scripts, *more])
    )
    rules: Mapping[str, str] = {
        "default-src": "'self'",
        "script-src": f"'self' 'unsafe-eval' {hashes}".strip(),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'none'",
        **({} if framed else {"frame-ancestors": "'self'"}),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
