"""What a reader turned is not lost: no network for a while, a server that ends or is killed in the middle of a run."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DRAWN
from tests.load.page_times import free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("faults")]

ROOT = Path(__file__).parents[2]
TRAINING = "?entry=alibi&rounds=280&pause=0.1"


class Host:
    """A workbench server on one port that can be ended and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.browser.workbench", str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(600):
            try:
                urllib.request.urlopen(self.address, timeout=30).close()
                return
            except (urllib.error.URLError, ConnectionError):
                assert self._process.poll() is None
                time.sleep(0.1)

    def end(self, how: signal.Signals) -> str:
        """Ends it within five seconds; what it wrote to its log."""
        self._process.send_signal(how)
        _, said = self._process.communicate(timeout=5)
        return said.decode()


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.end(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own window: what goes wrong on the network stands in its console, as it should."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def started(page: Page, address: str) -> None:
    """Opens an address and waits for the first result; a reload would be seen."""
    page.goto(address)
    page.wait_for_selector("#figure-0 .plot[data-drawn]:not([data-drawn='0'])")
    page.evaluate("window.same = true")


def turned(page: Page, **values: object) -> None:
    page.evaluate(
        """async (values) => {
          const { turn } = await import(document.querySelector('link[href$="hub.js"]').href);
          turn(values);
        }""",
        values,
    )


def badge(page: Page) -> str:
    return page.inner_text("#run .live .line")


def goes_on(page: Page, size: int) -> None:
    """The page itself is still there, and shows the changed value and its result."""
    page.wait_for_selector(".offline", state="hidden")
    page.wait_for_function(DRAWN)
    page.wait_for_function(
        f"document.querySelector('#say').innerText.length && location.search.includes('size={size}')"
    )
    assert page.evaluate("window.same") is True


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_is_started_again_goes_on_at_what_the_page_shows(
    host: Host, page: Page, how: signal.Signals
) -> None:
    started(page, host.address + TRAINING)
    assert badge(page).startswith("running")
    said = host.end(how)
    assert "Traceback" not in said
    page.wait_for_selector(".offline:not([hidden])")
    assert badge(page).startswith("no connection")
    turned(page, size=9, rounds=2)
    page.wait_for_timeout(1500)
    assert "size=9" in page.url
    host.start()
    goes_on(page, 9)


def test_a_change_without_a_network_is_sent_when_it_is_back(host: Host, page: Page) -> None:
    started(page, host.address + TRAINING)
    page.context.set_offline(True)
    turned(page, size=9, rounds=2)
    page.wait_for_selector(".offline:not([hidden])")
    assert badge(page).startswith("no connection")
    page.context.set_offline(False)
    goes_on(page, 9)


def test_a_search_without_a_network_is_answered_when_it_is_back(host: Host, page: Page) -> None:
    started(page, f"{host.address}?entry=rope")
    page.context.set_offline(True)
    page.fill("#rail input[type=search]", "rope")
    page.wait_for_selector(".offline:not([hidden])")
    page.context.set_offline(False)
    page.wait_for_selector("#rail .hits li a")
    page.wait_for_selector(".offline", state="hidden")
    assert page.evaluate("window.same") is True


def test_a_newer_server_is_met_with_a_fresh_page_and_the_same_state(host: Host, page: Page) -> None:
    started(page, f"{host.address}?entry=rope")
    page.evaluate("window.modelarium.folder = 'modelarium/older'")
    turned(page, size=11)
    page.wait_for_function("window.same !== true && document.querySelector('#say p')")
    page.wait_for_function(DRAWN)
    assert "size=11" in page.url
