"""The Chromium that tests and benchmarks drive: the machine's own where there is one, else Playwright's."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """A headless browser that talks to nobody on its own account; closed at the end."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()
