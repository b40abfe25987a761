"""The catalogue filled to the size that it will have: copies of entries in a temporary tree of this repository."""

import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ENTRIES = 337

ROUNDS = 5
"""Cold starts of every tree, in turn: on a machine that others use too, only medians of one run can be compared."""

INDEX_AND_QUERIES = """
import json, time
from glossary import reader
from tests.glossary.queries import QUERIES
from glossary.search import search
dict(reader.entries())
def seconds(text):
    started = time.thread_time()
    search(text)
    return time.thread_time() - started
print(json.dumps([seconds("softmax"), max(min(seconds(text) for _ in range(3)) for text in QUERIES)]))
"""


LISTS = """
import json
from app.web.panels import home, rail
from glossary import reader
published = dict.fromkeys(head.chapter for head in reader.heads().values())
print(json.dumps([f(chapter) for chapter in published for f in (rail.items, home.entries_of)]))
"""


class Start(NamedTuple):
    """One cold start of the server, in seconds since its process began."""

    page: float  # the first page is there
    result: float  # and the first result of an entry, asked for with that page
    computed: float  # seconds of processor time that the server took until then
    page_bytes: int  # of its HTML, compressed


class Sizes(NamedTuple):
    """What the number of entries may cost: medians over the starts."""

    entries: int
    start: Start
    index_seconds: float
    query_seconds: float  # the slowest, the fastest of three times
    list_bytes: int  # the largest list of a chapter, compressed


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


def measure(trees: Sequence[Path], rounds: int = ROUNDS) -> list[Sizes]:
    """Of every tree: everything in processes of their own."""
    starts: list[list[Start]] = [[] for _ in trees]
    for lap in range(rounds + 1):
        for tree, found in zip(trees, starts, strict=True):
            one = start(tree)
            if lap:  # the first of each warms the disk
                found.append(one)
    return [_sizes(tree, found) for tree, found in zip(trees, starts, strict=True)]


def _sizes(tree: Path, starts: list[Start]) -> Sizes:
    index, query = json.loads(_said(tree, INDEX_AND_QUERIES))
    lists = json.loads(_said(tree, LISTS))
    return Sizes(
        len(list((tree / "glossary" / "entries").glob("*/*.md"))),
        Start(*(statistics.median(values) for values in zip(*starts, strict=True))),
        index,
        query,
        max(len(gzip.compress(one.encode())) for one in lists),
    )


def start(tree: Path) -> Start:
    """Start the server of a tree, fetch its first page, ask for an entry."""
    from tests.load.page_times import free_port

    port, began = free_port(), time.perf_counter()
    command = [sys.executable, "-m", "app", "serve", "--device", "cpu", "--port", str(port)]
    server = subprocess.Popen(command, cwd=tree, env=_environment(tree), stdout=subprocess.DEVNULL)
    try:
        page = _first_page(f"http://127.0.0.1:{port}/", server)
        shown = time.perf_counter() - began
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/modelarium/ask",
            json.dumps({"page": "cold", "serial": 1, "query": "?entry=softmax"}).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            while json.loads(answer.readline())["state"] not in ("done", "partial"):
                pass
        return Start(shown, time.perf_counter() - began, _processor_seconds(server.pid), len(gzip.compress(page)))
    finally:
        server.terminate()
        server.wait()


def _processor_seconds(process: int) -> float:
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


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
