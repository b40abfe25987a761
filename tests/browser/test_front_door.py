"""The whole path of a text: every box of the picture opens its tensor, and an answer's token is appended by a press."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PLACE = """([slot, x, y]) => {
  const plot = document.querySelector(`#figure-${slot} .plot`);
  plot.scrollIntoView({ block: 'center' });
  const { _fullLayout: { xaxis, yaxis } } = plot;
  const { left, top } = plot.getBoundingClientRect();
  return [left + xaxis._offset + xaxis.d2p(x), top + yaxis._offset + yaxis.d2p(y)];
}"""
POINT = """([slot, name, at]) => {
  const { x, y } = document.querySelector(`#figure-${slot} .plot`).data.find((trace) => trace.name === name);
  return [slot, x[at], y[at]];
}"""


def press(page: Page, *point: float) -> None:
    """A click, or a tap where there is a finger, at a point of a figure's axes."""
    page.wait_for_timeout(400)  # figures that changed their height have come to rest
    place = page.evaluate(PLACE, list(point))
    if page.evaluate("navigator.maxTouchPoints > 0"):
        page.touchscreen.tap(*place)
    else:
        page.mouse.move(*place)
        page.mouse.click(*place)
    settle(page)


@pytest.mark.parametrize("window", [{"width": 1440}, {"width": 390, "has_touch": True, "is_mobile": True}])
def test_boxes_open_and_an_answer_is_appended(site: str, tab: Open, window: dict[str, object]) -> None:
    page = tab(f"{site}?entry=transformer", **window)
    opened = lambda words: page.wait_for_function(
        "words => document.querySelector('#figure-2 h3').textContent.includes(words)", arg=words
    )
    opened("attention of block 2")
    print("A", flush=True)
    press(page, *page.evaluate(POINT, [0, "tokens", 4]))
    opened("the tokens")
    assert page.inner_text("#figure-2 .cap a") == "token ids"
    press(page, *page.evaluate(POINT, [0, "between blocks", 3]))
    opened("the stream behind block 0")
    press(page, 0, 4, 2)  # the row of the first block's MLP
    opened("the MLP of block 0")
    press(page, *page.evaluate(POINT, [0, "prediction", 0]))
    opened("the logits")
    press(page, 1, 0.5, 0)  # the bar of the likeliest token
    page.wait_for_function("document.querySelector('#control-sentence').value.endsWith('lives in Lund')")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
