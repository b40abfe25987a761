"""The catalogue filled to the size that it will have: copies of entries in a temporary tree of this repository."""

import gzip
import json
import os
import re
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ENTRIES = 337

INDEX_AND_QUERIES = """
import json, time
from glossary import reader
from tests.glossary.queries import QUERIES
from glossary.search import search
reader.entries()
times = []
for text in ["softmax", *QUERIES]:
    started = time.perf_counter()
    search(text)
    times.append(time.perf_counter() - started)
print(json.dumps([times[0], max(times[1:])]))
"""

FIRST_FIGURE = """
import sys, time
started = time.perf_counter()
from app.engine import Engine
from glossary import reader
engine = Engine("cpu")
engine.start()
entry = reader.entries()["softmax"]
run = engine.run(entry, {})
print(time.perf_counter() - started)
"""


class Sizes(NamedTuple):
    """What the number of entries may cost."""

    entries: int
    start_seconds: float  # process start to the first page
    page_bytes: int  # of its HTML, compressed
    figure_seconds: float  # cold start to a result
    index_seconds: float
    query_seconds: float  # the slowest


@contextmanager
def filled(count: int = ENTRIES) -> Iterator[Path]:
    """A tree that is this one but for a glossary of ``count`` entries, the further ones under names of their own."""
    with TemporaryDirectory() as folder:
        tree = Path(folder)
        for path in ROOT.iterdir():
            if path.name not in ("glossary", ".git"):
                (tree / path.name).symlink_to(path)
        subprocess.run(["cp", "-r", str(ROOT / "glossary"), str(tree / "glossary")], check=True)
        fill(tree / "glossary", count)
        yield tree


def fill(glossary: Path, count: int) -> None:
    """Adds copies of entries, in turn, until there are ``count``; each is listed in its chapter."""
    sources = sorted((glossary / "entries").glob("*/*.md"))
    listed: dict[str, list[str]] = {}
    for number in range(count - len(sources)):
        source, copy = sources[number % len(sources)], number // len(sources) + 1
        slug = f"{source.stem}-{copy}"
        text = re.sub(
            r'^title = "(.*)"$', rf'title = "\1 {copy}"', source.read_text(encoding="utf-8"), count=1, flags=re.M
        )
        (source.parent / f"{slug}.md").write_text(text, encoding="utf-8")
        listed.setdefault(source.parent.name, []).append(slug)
    chapters = tomllib.loads((glossary / "chapters.toml").read_text(encoding="utf-8"))["chapters"]
    lines = []
    for chapter in chapters:
        slugs = [*chapter["entries"], *listed.get(chapter["slug"], [])]
        told = {**chapter, "entries": slugs}
        lines += [
            "[[chapters]]",
            *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in told.items()),
        ]
    (glossary / "chapters.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(tree: Path) -> Sizes:
    """Of a tree: everything in processes of their own."""
    from tests.load.page_times import free_port

    entries = len(list((tree / "glossary" / "entries").glob("*/*.md")))
    index, query = json.loads(_said(tree, INDEX_AND_QUERIES))
    figure = float(_said(tree, FIRST_FIGURE))
    port, started = free_port(), time.perf_counter()
    command = [sys.executable, "-m", "app", "serve", "--device", "cpu", "--port", str(port)]
    server = subprocess.Popen(command, cwd=tree, env=_environment(tree), stdout=subprocess.DEVNULL)
    try:
        page = _first_page(f"http://127.0.0.1:{port}/", server)
        seconds = time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()
    return Sizes(entries, seconds, len(gzip.compress(page)), figure, index, query)


def _first_page(address: str, server: "subprocess.Popen[bytes]") -> bytes:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=30) as page:
                return bytes(page.read())
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"the server ended with {server.returncode}")


def _environment(tree: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(tree), "GRADIO_ANALYTICS_ENABLED": "False"}


def _said(tree: Path, script: str) -> str:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=tree, env=_environment(tree), check=True, capture_output=True, text=True).stdout
