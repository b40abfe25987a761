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


GO = """query => {
  history.pushState(null, '', query);
  dispatchEvent(new PopStateEvent('popstate', { state: null }));
}"""
DESKTOP = {"width": 1440, "height": 900}


@contextmanager
def answering(
    command: list[str], port: int, folder: Path = ROOT, environment: dict[str, str] | None = None
) -> Iterator[str]:
    """A server that was started by this command, from its first answer on; its address."""
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(900):
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


@contextmanager
def served(*command: str) -> Iterator[str]:
    port = free_port()
    with answering([sys.executable, "-m", *command, str(port)], port) as address:
        yield address


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


def watched(page: Page, address: str, wrong: list[str]) -> Page:
    """The page, whose errors, dialogs and requests to others are noted in ``wrong``."""
    host = "/".join(address.split("/")[:3])
    page.set_default_timeout(20_000)
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((host, "data:", "blob:")) else wrong.append(f"asked {request.url}")
        ),
    )
    return page


@pytest.fixture
def tab(browser: Browser, windows: dict[str, BrowserContext]) -> Iterator[Open]:
    """Opens an address in a tab; at the end nothing may have gone wrong in it.

    A test that ends its server closes the tab first: a page whose server is gone rightly complains.
    """
    pages, wrong = [], []

    def opened(address: str, *, width: int = 1440, height: int = 900, drawn: bool = True, **options: Any) -> Page:
        kind = f"{width} {height} {options}"
        if kind not in windows:
            windows[kind] = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = watched(windows[kind].new_page(), address, wrong)
        pages.append(page)
        page.goto(address)
        if drawn:
            page.wait_for_function(DRAWN, timeout=60_000)
        return page

    yield opened
    for page in pages:
        if not page.is_closed():
            page.evaluate("localStorage.clear()")
            page.close()
    assert not wrong


class Lasting:
    """A tab that stays open from one address to the next, as a reader's does; nothing may go wrong in it."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser, self._site = browser, site
        self.page: Page | None = None
        self.wrong: list[str] = []

    def open(self, query: str, title: str) -> Page:
        """In light and at 1440 × 900: the first address is loaded, the next are gone to as with the back button."""
        if self.page is None:
            page = self._browser.new_context(viewport=DESKTOP, color_scheme="light").new_page()
            self.page = watched(page, self._site, self.wrong)
            self.page.goto(self._site + query)
        else:
            self.page.emulate_media(color_scheme="light")
            self.page.set_viewport_size(DESKTOP)
            self.page.evaluate(GO, query)
        self.page.wait_for_function("title => document.title === title", arg=f"{title} · Modelarium", timeout=60_000)
        self.page.wait_for_function(f"() => !document.body.classList.contains('dark') && ({DRAWN})()", timeout=60_000)
        return self.page

    def close(self) -> None:
        if self.page is not None:
            self.page.context.close()
        self.page = None
        self.wrong.clear()


@pytest.fixture(scope="session")
def _lasting(browser: Browser, site: str) -> Iterator[Lasting]:
    kept = Lasting(browser, site)
    yield kept
    kept.close()


@pytest.fixture
def lasting(_lasting: Lasting, request: pytest.FixtureRequest) -> Iterator[Lasting]:
    """The tab that all visits of a worker share; the visit after one that failed gets a new one."""
    before = request.session.testsfailed
    yield _lasting
    wrong = list(_lasting.wrong)
    if wrong or request.session.testsfailed > before:
        _lasting.close()
    else:
        _lasting.page.evaluate("localStorage.clear()")
    assert not wrong


def settle(page: Page) -> None:
    """Waits until what was just done has run and is drawn."""
    page.wait_for_timeout(180)
    page.wait_for_function(DRAWN)
