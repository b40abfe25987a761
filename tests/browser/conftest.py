"""One browser and one server of each kind for the whole group; every tab is watched for errors and foreign requests."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import launched
from tests.load.page_times import free_port

ROOT = Path(__file__).parents[2]
Open = Callable[..., Page]

DRAWN = """() => {
  const plots = [...document.querySelectorAll('#figures .block:not([data-empty]) .plot')];
  return document.body.dataset.phase === 'idle' && plots.length && plots.every((plot) => plot.dataset.drawn !== '0');
}"""


@contextmanager
def served(*command: str) -> Iterator[str]:
    port = free_port()
    log = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", *command, str(port)], cwd=ROOT, stdout=log)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address, timeout=30).close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, f"{command} ended with {process.returncode}"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served("app", "serve", "--device", "cpu", "--port") as address:
        yield address


@pytest.fixture(scope="session")
def bench() -> Iterator[str]:
    with served("tests.browser.workbench") as address:
        yield address


@pytest.fixture(scope="session")
def windows(browser: Browser) -> dict[str, BrowserContext]:
    """One window a size and device, kept so that its cache is warm."""
    return {}


@pytest.fixture
def tab(browser: Browser, windows: dict[str, BrowserContext]) -> Iterator[Open]:
    """Opens an address in a tab; at the end nothing may have gone wrong in it."""
    pages, wrong = [], []

    def opened(address: str, *, width: int = 1440, height: int = 900, drawn: bool = True, **options: Any) -> Page:
        kind = f"{width} {height} {options}"
        if kind not in windows:
            windows[kind] = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = windows[kind].new_page()
        pages.append(page)
        page.set_default_timeout(20_000)
        host = "/".join(address.split("/")[:3])
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((host, "data:", "blob:")) else wrong.append(f"asked {request.url}")
            ),
        )
        page.goto(address)
        if drawn:
            page.wait_for_function(DRAWN, timeout=60_000)
        return page

    yield opened
    for page in pages:
        page.evaluate("localStorage.clear()")
        page.close()
    assert not wrong


def settle(page: Page) -> None:
    """Waits until what was just done has run and is drawn."""
    page.wait_for_timeout(180)
    page.wait_for_function(DRAWN)
