"""Times of the page, from process start to first page and from click to figure, beside the least there can be."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from glossary import reader
from tests.browser.chromium import launched

STARTS, PICKS = 5, 5

TOGETHER = 40
"""Entries that are visited in turn until each was warm PICKS times: fewer than the runner keeps results."""

BARE = """
import sys, gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    gr.HTML("<h1>bare</h1>")
page.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
"""

FLOOR = """
import sys, gradio as gr, uvicorn
from fastapi import FastAPI
from app.web.components import FILES, plotly_view
from app.experiments.base import Figure
from app.web.figure_view import shown
from app.web.page import head
from visualizers.curve import curves
import numpy as np

figure = Figure("Constant", "A line.", "A line.", curves(np.arange(50), {"line": np.arange(50.0)}, x_title="x"))
serial = 0
def show():
    global serial
    serial += 1
    return shown(serial, 0, f"constant-{serial}", "constant", figure)

with gr.Blocks(analytics_enabled=False) as page:
    pick = gr.Button("pick", elem_id="pick")
    view = plotly_view(elem_id="figure-0", elem_classes=["figure"])
    pick.click(show, None, view, show_progress="hidden")
app = FastAPI()
FILES.serve(app)
app = gr.mount_gradio_app(app, page, path="", head=head(), ssr_mode=False)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""

CLICK_AND_WAIT = """async ([clicked, figure]) => {
  const plot = document.querySelector(figure + ' .plot');
  const before = plot.dataset.serial ?? '';
  const start = performance.now();
  document.querySelector(clicked).click();
  while ((plot.dataset.serial ?? '') === before || plot.dataset.drawn === '0') {
    await new Promise(requestAnimationFrame);
    if (performance.now() - start > 20000) throw new Error('no figure');
  }
  return performance.now() - start;
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*command: str) -> Iterator[tuple[str, float]]:
    """Runs a server with a port as its last argument; gives its address and the seconds to its first page."""
    port = free_port()
    started = time.perf_counter()
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen([sys.executable, *command, str(port)], env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
                    page.read()
                break
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None or time.perf_counter() - started > 120:
                    raise RuntimeError(f"{command[0]} does not serve") from None
                time.sleep(0.01)
        yield f"http://127.0.0.1:{port}/", time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def start_ups() -> tuple[list[float], list[float]]:
    """Seconds to the first page of ours and of a bare Gradio app, in turn; one of each first to warm the disk."""
    ours, bare = [], []
    for _ in range(STARTS + 1):
        with serving("-m", "app", "serve", "--device", "cpu", "--port") as (_, seconds):
            ours.append(seconds)
        with serving("-c", BARE) as (_, seconds):
            bare.append(seconds)
    return ours[1:], bare[1:]


def picks() -> tuple[list[float], dict[str, list[float]]]:
    """Milliseconds from a click to the drawn figure: the floor, and every entry warm."""
    with (
        sync_playwright() as playwright,
        launched(playwright) as browser,
        serving("-c", FLOOR) as (floor_address, _),
        serving("-m", "app", "serve", "--device", "cpu", "--port") as (address, _),
    ):
        floor_page, page = browser.new_page(), browser.new_page()
        floor_page.goto(floor_address)
        floor_page.wait_for_selector("#pick")
        slugs = list(reader.entries())
        page.goto(f"{address}?entry={slugs[-1]}")
        page.wait_for_selector("#figure-0 .plot[data-drawn]:not([data-drawn='0'])", timeout=60_000)
        closed = page.locator("#rail [data-act=chapter][aria-expanded=false]")
        while closed.count():  # one that was opened no longer counts among them
            closed.first.click()
        for slug in slugs:
            page.wait_for_selector(f'#rail a[href="?entry={slug}"]')
        floor: list[float] = []
        times: dict[str, list[float]] = {slug: [] for slug in slugs}
        for first in range(0, len(slugs), TOGETHER):
            for lap in range(PICKS + 1):
                for slug in slugs[first : first + TOGETHER]:
                    took = _click(page, f'#rail a[href="?entry={slug}"]')
                    if lap:
                        times[slug].append(took)
                floor += [_click(floor_page, "#pick") for _ in range(3)]
        return floor[3:], times


def _click(page: Page, clicked: str) -> float:
    page.bring_to_front()
    page.wait_for_timeout(150)  # the last run's other figures are drawn by then
    return float(page.evaluate(CLICK_AND_WAIT, [clicked, "#figure-0"]))
