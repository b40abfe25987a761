"""One visit to every published entry: drawn, checked and alive from its address, then dark and as wide as a phone.

With ``--all`` every switch of its claims is thrown as well. The visits are shared among several workers, each of which
has its own browser, server and tab: going on from entry to entry takes a third of the time of loading each.
"""

import pytest
from playwright.sync_api import Page

from glossary import reader
from tests.browser.axe import serious
from tests.browser.conftest import Lasting, settle
from tests.browser.tables import wrong_tables

pytestmark = pytest.mark.browser

WORKERS = 4
VISITS = [
    pytest.param(slug, marks=pytest.mark.xdist_group(f"visits {number % WORKERS}"))
    for number, slug in enumerate(reader.entries())
]
FIRST_OF_CHAPTER = {entry.chapter: slug for slug, entry in reversed([*reader.entries().items()])}.values()
"""With these axe looks at the list of the chapter too, which is the same for all its entries."""

CLAIMS = "#claims .claim"
TWO_SCREENS = 2 * 900
"""Pixels that the words of an entry may take at 1440 × 900 with everything folded: longer ones are cut or folded."""


SHOWN = "['#numbers', '#say', '#figures'].map((part) => document.querySelector(part).innerText).join()"
"""The numbers, the sentences and the words of the figures: some control only turns to another head."""


def turn_one(page: Page) -> None:
    """Moves the first control that can be moved by keys or by choosing another option."""
    for control in page.query_selector_all("#controls .ctl:not(.more)"):
        if control.query_selector(".points"):  # its choices say what the next click adds, and change nothing
            continue
        another_digit = control.query_selector(".drawing [data-do=next]")
        if another_digit:
            another_digit.click()
            return
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


@pytest.mark.parametrize("slug", VISITS)
def test_an_entry_opens_answers_breaks_and_fits_a_phone(
    lasting: Lasting, slug: str, request: pytest.FixtureRequest
) -> None:
    page = lasting.open(f"?entry={slug}", reader.entries()[slug].title)
    alike = () if slug in FIRST_OF_CHAPTER else ("#rail",)
    opened(page, slug, alike)
    if request.config.getoption("all"):
        broken(page)
    before = page.evaluate(SHOWN)
    turn_one(page)
    settle(page)
    page.wait_for_function(f"before => {SHOWN} !== before", arg=before)
    assert f"entry={slug}&" in page.url
    on_a_phone_in_the_dark(page, alike)


def opened(page: Page, slug: str, alike: tuple[str, ...]) -> None:
    entry = reader.entries()[slug]
    assert page.title() == f"{entry.title} · Modelarium"
    assert page.inner_text("#words h1") == entry.title
    assert page.locator(CLAIMS).count() == len(entry.live.claims)
    assert page.locator(f"{CLAIMS}.failed").count() == 0
    assert page.inner_text("#claims .sec span") == f"{len(entry.live.claims)} of {len(entry.live.claims)} held"
    assert page.locator(".eq .katex").count() >= len(entry.equations)
    assert page.locator(".katex-error").count() == 0
    assert page.locator("#notices .notice.wrong").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight") <= TWO_SCREENS
    assert serious(page, alike) == []
    assert wrong_tables(page) == []


THROWN = """([place, thrown, failed]) => {
  const one = document.querySelectorAll('#claims .sw')[place];
  const claim = one.closest('.claim');
  return one.ariaChecked === String(thrown) && claim.classList.contains('failed') === failed
    && Boolean(claim.querySelector('.sym')) === failed;
}"""


def broken(page: Page) -> None:
    """Each break fails its claim and says what to look for; a matched control fails none; thrown back, all hold."""
    for switch in range(page.locator("#claims .sw").count()):
        fails = page.locator("#claims .sw").nth(switch).get_attribute("data-claim") is not None
        for thrown in (True, False):
            page.locator("#claims .sw").nth(switch).click()
            settle(page)
            page.wait_for_function(THROWN, arg=[switch, thrown, thrown and fails])
        assert page.locator(f"{CLAIMS}.failed").count() == 0


def on_a_phone_in_the_dark(page: Page, alike: tuple[str, ...]) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.body.classList.contains('dark')")
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page, alike) == []
    colours = page.evaluate("""() => [...document.querySelectorAll('#figures .plot')].flatMap((plot) =>
        [...plot.querySelectorAll('.xtick text, .ytick text')].map((text) => getComputedStyle(text).fill))""")
    assert "rgb(71, 76, 89)" not in colours  # ink-2 of the light theme
