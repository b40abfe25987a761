"""Thirty people of a class at one server: they open an entry at once, then each turns a control of their own.

An answer counts when it holds the result.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from glossary import reader
from tests.load.page_times import free_port

PEOPLE, TURNS, THINK = 30, 5, 1.0
LONGEST = 40.0
TURNED = {"rope": "offset", "attention-mechanism": "query", "router-network": "token"}  # entry: a control of it


class Crowd(NamedTuple):
    opened: list[float]  # seconds until each had the first result
    turned: list[float]  # and until each turn was answered
    errors: list[str]


class Server:
    """The app in a process of its own, asked as the page asks it."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.address, self._process = f"http://127.0.0.1:{port}", process
        self.get("/")

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            body: bytes = answer.read()
            return body

    def ask(self, name: str, sent: Any) -> http.client.HTTPResponse:
        """Asks by one of the page's routes. TimeoutError if nothing at all comes for a long time."""
        asked = urllib.request.Request(
            f"{self.address}/modelarium/{name}", json.dumps(sent).encode(), {"content-type": "application/json"}
        )
        answer: http.client.HTTPResponse = urllib.request.urlopen(asked, timeout=LONGEST)
        return answer

    def told(self, request: dict[str, Any]) -> Generator[dict[str, Any]]:
        """The messages of an answer as they come."""
        with self.ask("ask", request) as answer:
            for line in answer:
                yield json.loads(line)

    def result(self, request: dict[str, Any]) -> float:
        """Seconds until the request is answered with a result; RuntimeError if there is none."""
        started = time.perf_counter()
        for told in self.told(request):
            if told["state"] in ("failed", "refused"):
                raise RuntimeError(f"{request}: {told['parts'].get('notices', told)}")
            if told["state"] in ("done", "partial"):
                return time.perf_counter() - started
        raise RuntimeError(f"{request}: no result")

    def resident(self) -> int:
        """Bytes of memory."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * 4096

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self._process.pid}/task").iterdir()))

    def files(self) -> int:
        """Open files, sockets among them."""
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))


@contextmanager
def serving() -> Iterator[Server]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "app", "--port", str(port), "--device", "cpu"])
    try:
        for _ in range(600):
            time.sleep(0.1)
            try:
                server = Server(port, process)
                break
            except OSError:
                continue
        server.result({"page": "warm", "serial": 1, "query": "?entry=softmax"})
        yield server
    finally:
        process.terminate()
        process.wait()


def crowd(server: Server, entry: str) -> Crowd:
    """All open the entry at once; then each turns a control of it, with a pause to look."""
    found, start = Crowd([], [], []), threading.Barrier(PEOPLE)

    def person(number: int) -> None:
        page = f"person{number}"
        try:
            start.wait()
            server.get("/")
            request = {"page": page, "serial": 1, "query": f"?entry={entry}"}
            found.opened.append(server.result(request))
            for turn in range(TURNS):
                time.sleep(THINK)
                values = {TURNED[entry]: (number + 3 * turn) % 12}
                turned = {"page": page, "serial": 1000 * (turn + 1), "entry": entry, "values": values}
                found.turned.append(server.result(turned))
        except Exception as problem:
            found.errors.append(f"{type(problem).__name__}: {problem}")

    people = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return found


def everything(server: Server) -> int:
    """Bytes resident after every entry has run."""
    for number, slug in enumerate(reader.entries()):
        server.result({"page": "all", "serial": 10_000 * (number + 1), "query": f"?entry={slug}"})
    return server.resident()
