"""Clicks, keys and the way back, on the workbench."""

import pytest

from tests.browser.conftest import Open, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_figure_that_can_be_clicked_says_so_and_fills_the_screen(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    assert page.inner_text("#figure-1 .cue") == "Click to set Picked row and Size"
    assert page.is_hidden("#figure-0 .cue")
    width = page.evaluate("document.querySelector('#figure-1 .plot').clientWidth")
    page.click("#figure-1 .fills")
    page.wait_for_function("document.querySelector('#figure-1 .plot').clientWidth > 1300")
    settle(page)
    page.keyboard.press("Escape")
    page.wait_for_function("width => document.querySelector('#figure-1 .plot').clientWidth === width", arg=width)


def test_the_controls_are_a_few_keys_away(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('#controls') !== null")


def test_code_can_be_copied_and_scrolls(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.click(".eq .fn")
    page.click(".eq .copy")
    assert "def normal(" in page.evaluate("window.copied")
    assert page.evaluate("getComputedStyle(document.querySelector('.eq .src')).overflowY") == "auto"


def test_going_back_leads_to_where_one_was(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope", height=500)
    page.evaluate("scrollTo(0, 240); document.querySelector('#run').scrollTop = 150")
    page.wait_for_timeout(400)
    page.click("#rail a[data-entry=alibi]")
    page.wait_for_function("document.title.startsWith('Workbench that trains')")
    page.wait_for_function("scrollY === 0")
    page.go_back()
    page.wait_for_function("document.querySelector('#words h1').innerText === 'Workbench'")
    page.wait_for_function("scrollY === 240 && document.querySelector('#run').scrollTop === 150")
