"""Edges drawn on a graph: by a drag, by clicks and taps, by the middle of an edge, and from the keyboard."""

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

TOLD = "(edges) => (new URLSearchParams(location.search).get('edges') ?? '') === edges"

MOVABLE = """() => {   // the edge whose middle is farthest from all nodes, a node to move it to, and what is told then
  const { _fullData: traces } = document.querySelector('#figure-0 .plot');
  const [nodes, middles] = ['nodes', 'edge middles'].map((name) => traces.find((one) => one.name === name));
  const far = (middle, node) => Math.hypot(middles.x[middle] - nodes.x[node], middles.y[middle] - nodes.y[node]);
  const all = Array.from(nodes.x, (_, node) => node);
  const alone = (middle) => Math.min(...all.map((node) => far(middle, node)));
  const middle = Array.from(middles.x, (_, at) => at).reduce((best, at) => (alone(at) > alone(best) ? at : best));
  const pairs = middles.customdata.map((one) => one[0][0]);
  const word = (one, other) => `${Math.min(one, other)}-${Math.max(one, other)}`;
  const words = pairs.map((pair) => word(...pair));
  const [one, other] = pairs[middle];
  const apart = (node, end) => Math.hypot(nodes.x[node] - nodes.x[end], nodes.y[node] - nodes.y[end]);
  for (const to of all) {
    if (to === one || to === other) continue;
    const [kept] = apart(to, one) < apart(to, other) ? [other] : [one];
    const edges = [word(one, other), word(kept, to)].sort().join(' ');
    if (!words.includes(word(kept, to))) return { middle, to, edges };
  }
}"""


def test_an_edge_is_drawn_removed_and_typed(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=graph-neural-network")
    place = lambda trace, at: page.evaluate(PLACE, [trace, at])
    told = lambda edges: page.wait_for_function(TOLD, arg=edges)

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


def test_an_edge_taken_by_its_middle_is_moved_to_another_node(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=graph-neural-network")
    page.locator("#figure-0 .plot").scroll_into_view_if_needed()
    taken = page.evaluate(MOVABLE)
    page.mouse.move(*page.evaluate(PLACE, ["edge middles", taken["middle"]]))
    page.mouse.down()
    page.mouse.move(*page.evaluate(PLACE, ["nodes", taken["to"]]), steps=6)
    page.mouse.up()
    page.wait_for_function(TOLD, arg=taken["edges"])
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.wait_for_function("document.querySelector('#control-edges output').innerText === '2 changed'")
    assert "node=" not in page.url


def test_two_taps_on_a_phone_draw_an_edge(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=graph-neural-network", width=390, height=844, has_touch=True)
    assert "Tap a node to choose it; with “draws an edge” on, tap two nodes" in page.inner_text("#figure-0 .cue")
    page.tap("#control-edges .pen .seg label:last-child")
    page.wait_for_function("document.querySelector('#figure-0 .cue').innerText.startsWith('tap two nodes')")
    page.locator("#figure-0 .plot").scroll_into_view_if_needed()
    page.touchscreen.tap(*page.evaluate(PLACE, ["nodes", 1]))
    page.touchscreen.tap(*page.evaluate(PLACE, ["nodes", 7]))
    page.wait_for_function(TOLD, arg="1-7")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
