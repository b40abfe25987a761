"""Clicks, keys and the way back, on the workbench."""

import pytest

from tests.browser.conftest import Open, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_figure_that_can_be_clicked_says_so_and_fills_the_screen(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    assert page.inner_text("#figure-1 .cue") == "Click to set picked row and size"
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


def test_a_phone_reaches_everything_and_home_says_what_is_to_come(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope", width=390, height=844, has_touch=True, is_mobile=True)
    for act in ("predict", "compare", "class", "find"):
        assert page.locator(f"#bar [data-act={act}]").is_visible(), act
    assert page.locator("[data-act=save][data-kind=png]").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    inside = """() => [...document.querySelectorAll('#page input[type=range]')].filter((one) => one.offsetParent)
        .every((one) => one.getBoundingClientRect().right <= 390 - 12)"""
    assert page.evaluate(inside)
    home = tab(bench, width=390, height=844, drawn=False)
    home.wait_for_selector("#home h1")
    assert home.locator("#home a[href='#lessons']").is_visible()
    assert "3 of 337 entries are here" in home.inner_text("#pitch .sub")
    assert "Coming: " in home.inner_text("#chapters .soon")
    assert home.locator(".path a").count() == 3


def test_no_lines_run_over_the_boxes_of_a_narrow_map(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?map=concepts", width=390, height=844, drawn=False)
    page.wait_for_selector("#map .node")
    assert page.is_hidden("#map .graph svg")


def test_a_sentence_is_made_of_offered_words(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.focus("#control-sentence")
    page.wait_for_selector(".offers .chip")
    assert page.locator(".offers .chip").count() == 4
    page.fill("#control-sentence", "the do")
    page.wait_for_selector(".offers .chip:has-text('dog')")
    page.click(".offers .chip:text-is('dog')")
    page.wait_for_function("location.search.includes('the+dog')")
    assert page.input_value("#control-sentence") == "the dog "


def test_a_picked_row_is_called_by_its_word(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.wait_for_function("document.querySelector('output[for=control-picked]').textContent === 'in (2)'")


def test_an_arrow_follows_the_mouse(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=cosine-similarity")
    assert page.inner_text("#figure-0 .cue").startswith("Click or drag to place the chosen arrow")
    plane = page.locator("#figure-0 .draglayer .nsewdrag").first.bounding_box()
    assert plane is not None
    middle = plane["x"] + plane["width"] / 2, plane["y"] + plane["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(middle[0] + 12 * step, middle[1] - 6 * step)
        page.wait_for_timeout(120)
    page.mouse.up()
    settle(page)
    (placed,) = page.evaluate("new URLSearchParams(location.search).get('arrows')").split(" ")
    x, y = map(float, placed.removeprefix("a").split("_"))
    assert placed.startswith("a")
    assert 0 < y < x
