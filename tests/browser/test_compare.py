"""Two sides beside each other, tried on the workbench."""

import pytest
from playwright.sync_api import Page

from app.number_format import number
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def compared(tab: Open, address: str, **window: int) -> Page:
    page = tab(address, drawn=False, **window)
    page.wait_for_selector(".cp .row:first-child .cell.right .plot .main-svg")
    return page


def settle(page: Page) -> None:
    page.wait_for_timeout(250)
    page.wait_for_function("document.body.dataset.phase === 'idle'")


def test_one_entry_at_two_settings_and_its_address(bench: str, tab: Open) -> None:
    page = compared(tab, f"{bench}?entry=rope&with=rope&with.base=100")
    assert page.title() == "Workbench at two settings · Modelarium"
    assert page.locator(".side h2").all_inner_texts() == ["Base 10 000", "Base 100"]
    assert "fails on the right" in page.inner_text(".said")
    assert page.locator("#left-base, #right-base").count() == 2
    row = page.locator(".diff tr", has_text="Base over size")
    assert row.locator("td").all_inner_texts() == [number(10_000 / 6), "16.67", "÷ 100"]
    page.select_option(".side.right select", "alibi")
    page.wait_for_function("document.title.startsWith('Workbench beside')")
    assert page.url.endswith("?entry=rope&with=alibi")
    page.go_back()
    page.wait_for_function("document.title.startsWith('Workbench at two')")


def test_an_input_turns_both_sides_until_it_is_set_apart(bench: str, tab: Open) -> None:
    page = compared(tab, f"{bench}?entry=rope&with=rope")
    assert "at the same setting" in page.inner_text(".said")
    page.click("[data-act=inputs]")
    page.fill("#both-sentence", "one two")
    page.wait_for_function("location.search === '?entry=rope&sentence=one+two&with=rope'")
    page.click("[data-act=apart][data-name=size]")
    page.wait_for_selector("#right-size")
    page.focus("#right-size")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.endsWith('with.size=7')")
    settle(page)
    assert page.locator(".diff tr", has_text="Size, tokens").locator("td").all_inner_texts() == ["6", "7", "+ 1"]
    assert page.evaluate("document.activeElement.id") == "right-size"
    page.click("[data-act=join][data-name=size]")
    page.wait_for_selector("#right-size", state="detached")


def test_sides_share_scales_and_steps(bench: str, tab: Open) -> None:
    page = compared(tab, f"{bench}?entry=rope&with=rope&with.size=12")
    ranges = page.evaluate(
        """() => [...document.querySelectorAll('.cp .row:first-child .plot')].map((plot) => plot.layout.yaxis.range)"""
    )
    assert ranges[0] == ranges[1]
    assert page.locator(".cp .step").count() == 1
    page.locator(".cp .step input").focus()
    page.keyboard.press("End")
    drawn = page.evaluate(
        "[...document.querySelectorAll('.cp .row:first-child .plot')].map((plot) => plot.data[0].y[0])"
    )
    assert drawn[0] == drawn[1] != 0


def test_sides_swap_and_the_entry_page_leads_here(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&base=100")
    page.click("[data-act=compare]")
    page.wait_for_selector(".cp .row:first-child .cell.right .plot .main-svg")
    assert page.url.endswith("?entry=rope&with=rope&with.base=100")
    page.click("[data-act=swap]")
    page.wait_for_function("location.search.startsWith('?entry=rope&base=100&with=rope&with.base=10000')")
    settle(page)
    assert page.locator(".side h2").all_inner_texts() == ["Base 100", "Base 10 000"]
    page.click(".cp .crumbs a[href='?entry=rope']")
    page.wait_for_selector("#words h1")
    assert page.is_hidden("#compare")


@pytest.mark.parametrize("width", [390, 820])
def test_sides_stand_below_each_other_where_it_is_narrow(bench: str, tab: Open, width: int) -> None:
    page = compared(tab, f"{bench}?entry=rope&with=alibi", width=width)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    left, right = (page.locator(f".side.{name}").bounding_box() for name in ("left", "right"))
    assert left
    assert right
    assert (left["y"] < right["y"]) == (width == 390)


def test_the_search_key_leads_to_the_search_of_the_first_page(bench: str, tab: Open) -> None:
    page = compared(tab, f"{bench}?entry=rope&with=alibi")
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('#home [data-act=search]')")


def test_bad_values_and_unknown_sides_are_named(bench: str, tab: Open) -> None:
    page = compared(tab, f"{bench}?entry=rope&size=99&with=rope&with.base=x&with.what=1")
    assert "size: takes a whole number" in page.inner_text(".side.left .told")
    assert "base: takes a whole number" in page.inner_text(".side.right .told")
    assert "what: no such control" in page.inner_text(".side.right .told")
    page = tab(f"{bench}?entry=rope&with=nowhere")
    assert "with: there is no entry “nowhere”" in page.inner_text("#notices")
