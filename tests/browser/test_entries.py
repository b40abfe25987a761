"""Every published entry, from its address: drawn, alive, checked, and no wider than a phone."""

import pytest
from playwright.sync_api import Page

from glossary import reader
from tests.browser.axe import serious
from tests.browser.conftest import Open, settle
from tests.browser.tables import wrong_tables

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CLAIMS = "#claims .claim"


def numbers(page: Page) -> str:
    return page.inner_text("#numbers")


def turn_one(page: Page) -> None:
    """Moves the first control that can be moved by keys or by choosing another option."""
    for control in page.query_selector_all("#controls .ctl:not(.more)"):
        slider = control.query_selector("input[type=range]")
        if slider:
            at, last = slider.evaluate("s => [Number(s.value), Number(s.max)]")
            slider.focus()
            page.keyboard.press("End" if at < last else "Home")
            return
        other = control.query_selector("input[type=radio]:not(:checked)")
        if other:
            other.evaluate("input => input.click()")
            return
        choice = control.query_selector("select")
        if choice:
            choice.select_option(index=(choice.evaluate("s => (s.selectedIndex + 1) % s.length")))
            return
    raise AssertionError("no control in sight")


@pytest.mark.parametrize("slug", reader.entries())
def test_an_entry_opens_from_its_address_and_answers_to_a_control(site: str, tab: Open, slug: str) -> None:
    page = tab(f"{site}?entry={slug}")
    entry = reader.entries()[slug]
    assert page.title() == f"{entry.title} · Modelarium"
    assert page.inner_text("#words h1") == entry.title
    assert page.locator(CLAIMS).count() == len(entry.live.claims)
    assert page.locator(f"{CLAIMS}.failed").count() == 0
    assert page.inner_text("#claims .sec span") == f"{len(entry.live.claims)} of {len(entry.live.claims)} held"
    assert page.locator(".eq .katex").count() >= len(entry.equations)
    assert page.locator(".katex-error").count() == 0
    assert page.locator("#notices .notice.wrong").count() == 0
    assert serious(page) == []
    assert wrong_tables(page) == []
    before = numbers(page)
    turn_one(page)
    settle(page)
    page.wait_for_function("before => document.querySelector('#numbers').innerText !== before", arg=before)
    assert f"entry={slug}&" in page.url


@pytest.mark.parametrize("slug", reader.entries())
def test_an_entry_fits_a_phone_in_the_dark(site: str, tab: Open, slug: str) -> None:
    page = tab(f"{site}?entry={slug}", width=390, height=844, has_touch=True, is_mobile=True, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.body.classList.contains('dark')")
    assert serious(page) == []
    colours = page.evaluate("""() => [...document.querySelectorAll('#figures .plot')].flatMap((plot) =>
        [...plot.querySelectorAll('.xtick text, .ytick text')].map((text) => getComputedStyle(text).fill))""")
    assert "rgb(71, 76, 89)" not in colours  # ink-2 of the light theme
