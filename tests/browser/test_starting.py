"""A server that is not there yet: what a proxy shows instead says so, and goes on by itself."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DRAWN, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STARTING = (Path(__file__).parents[2] / "assets" / "starting.html").read_bytes()


@pytest.fixture
def proxy() -> Iterator[tuple[str, threading.Event]]:
    """Answers as docs/nginx.conf does while the server starts, then as the server; the event is its start."""
    there = threading.Event()

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<h1>the page of {self.path}</h1>".encode() if there.is_set() else STARTING
            self.send_response(200 if there.is_set() else 503)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", there
    server.shutdown()


def test_a_page_that_is_opened_too_early_says_so_and_goes_on(
    browser: Browser, proxy: tuple[str, threading.Event]
) -> None:
    address, there = proxy
    page = browser.new_page()
    page.goto(f"{address}/?entry=rope")
    assert page.inner_text("h1") == "Modelarium is starting"
    there.set()
    page.wait_for_selector("h1:text-is('the page of /?entry=rope')", timeout=10_000)
    page.close()


def test_a_page_whose_models_still_load_says_so_and_goes_on(browser: Browser) -> None:
    with served("tests.browser.slow_start") as address:
        page = browser.new_page()
        page.goto(f"{address}?entry=softmax")
        page.wait_for_function(
            """() => document.querySelector('.offline')?.textContent?.startsWith('The server is starting.')
            && document.querySelector('#runbar .line')?.textContent?.startsWith('the server is starting')
            && document.querySelector('#head h1')?.textContent === 'Softmax'"""
        )
        page.wait_for_function(DRAWN, timeout=60_000)
        assert page.locator(".offline").is_hidden()
        page.close()
