"""Thirty people of a class at one server: they open an entry at once, then each turns a control of their own.

An answer counts when it holds the result. A page asks by one request and follows a stream for what is late; here the
request is asked again until the result is there, which costs the server more.
"""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from glossary import reader
from tests.load.page_times import free_port

PEOPLE, TURNS, THINK = 30, 5, 1.0
LONGEST = 40.0
AGAIN = 0.1  # seconds until what is late is asked for again
TURNED = {"rope": "offset", "attention-mechanism": "query", "router-network": "token"}  # entry: a control of it


class Crowd(NamedTuple):
    opened: list[float]  # seconds until each had the first result
    turned: list[float]  # and until each turn was answered
    errors: list[str]


class Server:
    """The app in a process of its own, asked as the page asks it."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.address, self._process = f"http://127.0.0.1:{port}", process
        config = json.loads(self.get("/config"))
        self._wire = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "wire")

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            body: bytes = answer.read()
            return body

    def first(self, request: dict[str, Any]) -> dict[str, Any]:
        body = {"data": request, "component_id": self._wire, "fn_name": "first", "session_hash": request["page"]}
        sent = urllib.request.Request(
            f"{self.address}/gradio_api/component_server",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(sent, timeout=60) as answer:
            told: dict[str, Any] = json.loads(json.loads(answer.read()))
            return told

    def result(self, request: dict[str, Any]) -> float:
        """Seconds until the request is answered with a result; RuntimeError if that fails or takes too long."""
        started = time.perf_counter()
        while time.perf_counter() - started < LONGEST:
            told = self.first(request)
            if told["state"] in ("failed", "refused"):
                raise RuntimeError(f"{request}: {told['parts'].get('notices', told)}")
            if told["state"] in ("done", "partial"):
                return time.perf_counter() - started
            time.sleep(AGAIN)
            request["serial"] += 1
        raise RuntimeError(f"{request}: no result within {LONGEST:g} s")

    def resident(self) -> int:
        """Bytes of memory."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * 4096


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
