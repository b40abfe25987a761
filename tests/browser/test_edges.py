"""Edges drawn on a graph: by a drag, by a click on an edge, by two clicks on nodes, and from the keyboard."""

import pytest

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

PLACE = """async ([trace, at]) => {
  const where = () => document.querySelector('#figure-0 .plot').getBoundingClientRect().top;
  for (let last = NaN; last !== where();) {   // the page may still scroll, or a line above the figure wrap
    last = where();
    await new Promise((done) => setTimeout(done, 120));
  }
  const plot = document.querySelector('#figure-0 .plot');
  const { xaxis, yaxis } = plot._fullLayout;
  const points = plot._fullData.find((one) => one.name === trace);
  const box = plot.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p(points.x[at]), box.top + yaxis._offset + yaxis.d2p(points.y[at])];
}"""


def test_an_edge_is_drawn_moved_removed_and_typed(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=graph-neural-network")
    place = lambda trace, at: page.evaluate(PLACE, [trace, at])
    stands = "(edges) => (new URLSearchParams(location.search).get('edges') ?? '') === edges"
    told = lambda edges: page.wait_for_function(stands, arg=edges)

    def drag(start: list[float], end: list[float]) -> None:
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=6)
        page.mouse.up()

    page.locator("#figure-0 .plot").scroll_into_view_if_needed()
    assert "drag from node to node" in page.inner_text("#figure-0 .cue")
    drag(place("nodes", 1), place("nodes", 7))
    told("1-7")
    page.wait_for_function("document.querySelector('#control-edges output').innerText === '1 changed'")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.click("#control-edges .chip")
    told("")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.fill("#control-edges [name=from]", "2")
    page.fill("#control-edges [name=to]", "9")
    page.press("#control-edges [name=to]", "Enter")
    told("2-9")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.click("#control-edges [data-do=clear]")
    told("")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.click("#control-edges .pen .seg label:last-child")
    page.mouse.click(*place("nodes", 4))
    page.mouse.click(*place("nodes", 2))
    told("2-4")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.mouse.click(*place("edge middles", 0))
    told("0-1 2-4")
