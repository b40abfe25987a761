"""A click on a number, and where it came from."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OUTLINES = """(slot) => (document.querySelector(`#figure-${slot} .plot`).layout.shapes ?? [])
  .filter((one) => one.line.dash === 'dot').length"""


def click_cell(page: Page, slot: int, trace: int, row: int, column: int, *, alt: bool = False) -> None:
    """By the mouse, in the middle of a cell of a heatmap."""
    place = page.evaluate(
        """([slot, trace, row, column]) => {
          const plot = document.querySelector(`#figure-${slot} .plot`);
          plot.scrollIntoView({ block: 'center' });
          const { _fullLayout: { xaxis, yaxis } } = plot;
          const { left, top } = plot.getBoundingClientRect();
          return [left + xaxis._offset + xaxis.d2p(column), top + yaxis._offset + yaxis.d2p(row)];
        }""",
        [slot, trace, row, column],
    )
    if alt:
        page.keyboard.down("Alt")
    page.mouse.move(*place)
    page.mouse.click(*place)
    if alt:
        page.keyboard.up("Alt")


def traced(page: Page) -> str:
    page.wait_for_selector(".origin .told .katex")
    return page.inner_text(".origin")


def test_a_click_selects_and_with_alt_it_traces(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=attention-mechanism")
    chosen = page.locator(".ctl output[for=control-query]")
    before = chosen.inner_text()
    click_cell(page, 1, 0, 9, 4, alt=True)
    text = traced(page)
    assert "attention_weights(scores)[0, 3, 9, 4]" in text
    assert "return scores.softmax(dim=-1)" in text
    assert "layer" in page.inner_text(".origin h4")
    assert "row" in page.inner_text(".origin h4")
    page.click(".origin [aria-label=left]")
    page.wait_for_function("document.querySelector('.origin .call').textContent.includes('[0, 3, 9, 3]')")
    assert chosen.inner_text() == before
    page.keyboard.press("Escape")
    page.wait_for_selector(".origin", state="detached")
    settle(page)
    click_cell(page, 1, 0, 9, 4)
    settle(page)
    assert chosen.inner_text().endswith(" (9)")  # the token by its word
    assert page.locator(".origin").count() == 0


def test_sources_are_outlined_in_the_figures_that_show_them(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=query-key-value")
    page.click("#figure-0 .tracer")
    assert "attention_scores(q, k)" in traced(page)
    page.wait_for_function(f"({OUTLINES})(0) === 2")  # the query's row and the key's
    shown = page.evaluate("document.activeElement.textContent")
    assert shown.startswith("Where ")
    page.keyboard.press("Escape")
    assert page.locator(".origin").count() == 0
    assert page.evaluate(f"({OUTLINES})(0)") == 0
    assert page.evaluate("document.activeElement.matches('#figure-0 .tracer')")


def test_a_step_of_a_stepper_is_traced_as_it_stands(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=rope")
    page.click("#figure-1 .tracer")
    before = traced(page)
    assert "rotate(x, angle)" in before
    assert "frequencies(head_width, base)" in before
    page.focus("#figure-1 .step input")
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelector('.origin .call').textContent.includes('[0, ')")
    page.click("#rail a[data-entry=alibi]")
    page.wait_for_selector(".origin", state="detached")


def test_a_pixel_on_its_way_out_of_noise(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=diffusion-model")
    page.click("#figure-1 .tracer")
    traced(page)
    click_cell(page, 1, 0, 20, 3)  # of the row of guesses
    page.wait_for_function("document.querySelector('.origin .call').textContent.startsWith('predicted_x0')")
    asked = page.locator("#control-digit option:checked").inner_text()
    assert asked == "all"  # while numbers are traced, a click asks for no digit
    assert page.evaluate(f"({OUTLINES})(1)") == 1


def test_it_fits_a_phone(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=router-network", width=390, height=844, has_touch=True)
    page.click("#figure-0 .tracer")
    assert "router_logits(x, weight)" in traced(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_class_traces_by_key_and_comes_back(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=rope&class=1", drawn=False)
    page.wait_for_selector("#classroom form")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.keyboard.press("t")
    assert page.locator(".origin").count() == 0  # the result is hidden yet
    page.keyboard.press(" ")
    page.wait_for_selector("body.revealed")
    page.keyboard.press("t")
    assert "rotate(x, angle)" in traced(page)
    page.keyboard.press("Escape")
    page.wait_for_selector(".origin", state="detached")
    assert page.locator("body.class").count() == 1
