"""Reading a page: the run stays in view, formulas explain their letters, the diagram leads on. On the workbench."""

import random

import pytest

from app.number_format import number
from tests.browser.conftest import Open, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_run_stays_in_view_while_the_words_scroll(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope", height=700)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function("scrollY > 100")
    top = page.evaluate("document.querySelector('#figure-0 .plot').getBoundingClientRect().top")
    assert 0 < top < 700
    assert page.evaluate("document.querySelector('#run').getBoundingClientRect().bottom") == pytest.approx(700, abs=1)


def test_a_letter_of_a_formula_lights_its_control_and_its_axis(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.wait_for_selector(".eq .tex [data-letter=k]")
    assert page.inner_text(".eq .name") == "Wave"
    assert page.is_hidden(".eq .symbols dl")
    page.hover(".eq .tex [data-letter=k]")
    page.wait_for_selector("#controls [data-control=size].lit")
    page.hover(".eq .tex [data-letter=x_i]")
    page.wait_for_selector("#figure-0 .g-xtitle text.lit")
    assert page.locator("#controls .lit").count() == 0
    page.click(".eq .symbols summary")
    assert page.inner_text(".eq .symbols dd >> nth=1") == "step"


def test_the_diagram_lights_this_part_and_details_are_folded(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope", width=390, height=844)
    assert page.text_content(".where .lit text") == "positions"
    assert page.is_visible(".where svg")
    assert page.locator("#rest .further:visible").count() == 1
    assert page.inner_text(".defining") == "defines it"


def test_a_broken_answer_leaves_the_last_good_state(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    drawn = page.get_attribute("#figure-0 .plot", "data-drawn")
    page.route("**/modelarium/ask", lambda route: route.fulfill(body='{"serial": NaN}\n'))
    page.click("label:has-text('square')")
    page.wait_for_selector("#notices .notice.wrong")
    assert "could not be read" in page.inner_text("#notices")
    assert page.evaluate("document.body.dataset.phase") in ("failed", "idle")
    assert page.get_attribute("#figure-0 .plot", "data-drawn") == drawn


def test_what_is_no_number_is_a_gap_that_says_so(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&sizeless=true")
    assert "not a number" in page.inner_text("#numbers")
    page.wait_for_selector("#figure-1 .annotation-text")
    assert page.text_content("#figure-1 .annotation-text") == "not a number"
    page.click("#claims .sw[data-claim] >> nth=0")
    settle(page)
    assert page.locator(".claim.failed").count() == 2


def test_python_and_the_page_write_numbers_alike(bench: str, tab: Open) -> None:
    draw = random.Random(7)
    values = [draw.choice([1, -1]) * draw.random() * 10 ** draw.randint(-9, 16) for _ in range(2000)]
    values += [
        0,
        1,
        999.95,
        999.96,
        9999.5,
        9999.96,
        12345.5,
        2.0625,
        1234.5,
        1e-3,
        0.00099999,
        1e15,
        35333,
        1e4,
        -1e-7,
    ]
    page = tab(f"{bench}?entry=rope")
    said = page.evaluate(
        """async (values) => { const { shown } = await import(document.querySelector('link[href$="scale.js"]').href);
        return [...values, NaN, Infinity, -Infinity].map((value) => shown(value)); }""",
        values,
    )
    assert said == [number(value) for value in [*values, float("nan"), float("inf"), float("-inf")]]
