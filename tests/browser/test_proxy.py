"""The page under a path of a proxy that strips it, and refuses nothing there."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Open, served, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("faults")]

PATH = "/models"


@contextmanager
def stripping(address: str) -> Iterator[str]:
    """A proxy that shows a server under PATH, passing answers on piece by piece."""
    inner = urlsplit(address)

    class Proxy(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            if not self.path.startswith(PATH + "/"):
                self.send_response(204 if self.path == "/favicon.ico" else 404)  # a browser asks for it at the root
                self.end_headers()
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            passed = http.client.HTTPConnection(str(inner.hostname), inner.port, timeout=60)
            passed.request(self.command, self.path[len(PATH) :], body, dict(self.headers))
            answer = passed.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection", "date"):
                    self.send_header(name, value)
            self.end_headers()
            while piece := answer.read1(65536):
                self.wfile.write(piece)
                self.wfile.flush()

        def do_GET(self) -> None:
            self.pass_on()

        def do_POST(self) -> None:
            self.pass_on()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}{PATH}/"
    server.shutdown()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served("app", "serve", "--device", "cpu", "--root-path", PATH, "--port") as inner, stripping(inner) as outer:
        yield outer


def test_an_entry_a_turn_and_a_link_work_under_the_path(address: str, tab: Open) -> None:
    page = tab(f"{address}?entry=softmax")
    page.evaluate(
        """async () => {
          const { turn } = await import(document.querySelector('link[href$="hub.js"]').href);
          turn({ seed: 5 });
        }"""
    )
    page.wait_for_function("location.search.includes('seed=5')")
    settle(page)
    assert urlsplit(page.url).path == f"{PATH}/"
    page.click("#rail [data-chapter=position] > button")
    page.click("#rail a[href='?entry=rope']")
    page.wait_for_function("document.querySelector('#head h1').innerText.includes('RoPE')")
    settle(page)
    assert urlsplit(page.url).path == f"{PATH}/"
