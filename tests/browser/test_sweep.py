"""Every extreme of every control, one after the other: the page always comes to rest.

Of every entry with ``--all``, else of the one whose forms overflow.
"""

from typing import Any

import pytest
from playwright.sync_api import Page

from glossary import reader
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ALWAYS = ["softmax"]

REST = "document.body.dataset.phase === 'idle' || document.body.dataset.phase === 'failed'"
TURN = """async (changes) => {
  const { state, turn } = await import(document.querySelector('link[href$="js/hub.js"]').href);
  turn(changes);
  for (let waited = 0; state.due && waited < 100; waited += 1) await new Promise((done) => setTimeout(done, 20));
}"""
STATE = """async () => {
  const { state } = await import(document.querySelector('link[href$="js/hub.js"]').href);
  return { specs: state.specs, preset: state.preset };
}"""


def extremes(spec: dict[str, Any]) -> list[Any]:
    """The ends of a range, every choice, both ways of a switch, the shortest and a long text."""
    kinds = {"choice": spec["choices"], "switch": [True, False], "text": ["a", "dog " * 60]}
    if spec["kind"] in kinds:
        return list(kinds[spec["kind"]])
    whole = int if spec["kind"] == "integer" else float
    return [whole(bound) for bound in (spec["low"], spec["high"]) if bound is not None]


def at_rest(page: Page) -> None:
    page.wait_for_function(REST, timeout=60_000)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("slug", reader.entries() if metafunc.config.getoption("all") else ALWAYS)


def test_the_page_comes_to_rest_at_every_extreme(site: str, tab: Open, slug: str) -> None:
    page = tab(f"{site}?entry={slug}")
    state = page.evaluate(STATE)
    for spec in state["specs"]:
        for value in extremes(spec):
            page.evaluate(TURN, {spec["name"]: value})
            at_rest(page)
            wrong = page.locator("#notices .notice.wrong")
            assert wrong.count() == 0, f"{spec['name']}={value!r}: {wrong.first.inner_text()}"
        page.evaluate(TURN, {spec["name"]: state["preset"][spec["name"]]})
        at_rest(page)
