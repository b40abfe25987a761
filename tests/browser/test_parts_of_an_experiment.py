"""A digit that is drawn, points that are added, a sound that is played, the table of runs: tried on the workbench."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import serious
from tests.browser.conftest import Open, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

INK = """[...document.querySelectorAll('#numbers dt')]
  .find((term) => term.innerText === 'Ink of the digit').nextSibling.innerText"""


def ink(page: Page) -> float:
    settle(page)
    return float(page.evaluate(INK))


def drawn(page: Page) -> str:
    page.wait_for_function("/drawing=[0-9a-f]{64}/.test(location.search)")
    settle(page)
    return str(page.evaluate("new URLSearchParams(location.search).get('drawing')"))


@pytest.mark.parametrize("window", [{"width": 1440}, {"width": 390, "color_scheme": "dark", "has_touch": True}])
def test_a_digit_is_drawn_with_the_pen_and_by_keys(bench: str, tab: Open, window: dict[str, object]) -> None:
    page = tab(f"{bench}?entry=rope", **window)
    page.click("[data-act=more]")
    canvas = page.locator(".drawing .sheet canvas")
    canvas.scroll_into_view_if_needed()
    assert ink(page) > 0
    page.click(".drawing [data-do=clear]")
    assert drawn(page) == "0" * 64
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] * 0.75, steps=6)
    page.mouse.up()
    page.wait_for_function(
        "!location.search.includes('drawing=0000000000000000000000000000000000000000000000000000000')"
    )
    line = drawn(page)
    rows = [line[start : start + 8] for start in range(0, 64, 8)]
    assert rows[0] == rows[7] == "0" * 8
    assert all(row[1] >= "9" and row[2] >= "9" and row[5:] == "000" for row in rows[2:6])
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.inner_text(".drawing .sr") == "row 1, column 2: ink"
    page.wait_for_function("location.search.includes('drawing=0f')")
    settle(page)
    assert page.evaluate("document.querySelector('#figure-0 .plot').dataset.drawn > 0")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def test_an_example_is_chosen_and_a_drawn_digit_comes_back_with_its_address(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&drawing={'0f' * 32}")
    page.click("[data-act=more]")
    assert page.inner_text(".drawing output") == "own drawing"
    assert ink(page) == 32
    page.locator(".thumbs button").nth(7).press("Enter")
    settle(page)
    assert "a 7" in page.inner_text(".drawing output")
    assert page.locator(".thumbs [aria-pressed=true]").count() == 1
    page.click(".drawing [data-do=next]")
    page.wait_for_function("location.search.includes('drawing=example')")
    page.click("[data-act=reset]")
    page.wait_for_function("document.querySelector('.drawing output').innerText.startsWith('example 0')")
    assert page.url.endswith("?entry=rope")


def test_drawings_stand_on_both_sides_of_a_comparison(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&with=rope&with.drawing={'0' * 64}", drawn=False)
    page.wait_for_selector(".cp .row:first-child .cell.right .plot .main-svg")
    page.locator(".side.right .drawing .thumbs button").nth(3).click()
    page.wait_for_function("/with.drawing=example/.test(location.search)")
    assert page.locator(".side.left .drawing output").inner_text().startswith("example 0")


def test_a_click_adds_a_point_and_takes_it_away(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&shape=square")
    page.click("[data-act=more]")
    assert "Click to add a point" in page.inner_text("#figure-2 .cue")
    place = page.locator("#figure-2 .points path.point").first
    place.scroll_into_view_if_needed()
    place.click(force=True)
    page.wait_for_function("location.search.includes('added=a0.5_1')")
    settle(page)
    assert page.inner_text("#control-added output") == "1 added"
    page.locator("#figure-2 .points path.point").first.click(force=True)
    page.wait_for_function("!location.search.includes('added')")
    page.locator("#control-added .seg .b").click()
    page.fill("#control-added [name=x]", "9")
    page.press("#control-added [name=x]", "Enter")
    page.wait_for_function("location.search.includes('added=b3_0')")
    page.click("#control-added [data-do=clear]")
    page.wait_for_function("!location.search.includes('added')")


def test_a_sound_plays_when_it_is_asked_for(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&audible=true")
    button = page.locator("#figure-0 .player .play")
    button.wait_for()
    assert page.locator(".player").count() == 1
    assert button.get_attribute("aria-label") == "Play the sound of A wave that moves"
    assert page.locator(".player .volume").input_value() == "50"
    page.wait_for_timeout(300)
    assert page.inner_text(".player output") == "0.0 / 0.5 s"
    button.click()
    page.wait_for_function("document.querySelector('.player output').innerText !== '0.0 / 0.5 s'")
    page.wait_for_function("document.querySelector('.player .play').ariaLabel.startsWith('Play')")
    page.focus(".player .where")
    page.keyboard.press("Home")
    assert page.inner_text(".player output") == "0.0 / 0.5 s"
    assert serious(page) == []
    page.click("[data-act=reset]")
    page.wait_for_selector(".player", state="detached")


def test_the_runs_of_a_visit_stand_in_a_table_and_two_are_compared(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=alibi")
    assert page.locator("#runs table").count() == 0
    page.click("[data-act=more]")
    page.fill("#control-seed", "7")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#runs tbody tr').length === 2")
    page.locator("#claims .sw[data-claim]").nth(1).click()
    page.wait_for_function("document.querySelectorAll('#runs tbody tr').length === 3")
    rows = page.locator("#runs tbody tr")
    assert [row.split("\t")[2] for row in rows.all_inner_texts()] == ["seed 7, size 24", "seed 7", "as the page opens"]
    assert rows.nth(0).locator("td.failed").count() == 1
    assert page.locator("#runs thead th").all_inner_texts()[3:] == ["Base over size, times", "Size, tokens"]
    rows.nth(0).locator("input").check()
    rows.nth(2).locator("input").check()
    assert serious(page) == []
    page.click("#runs .low a")
    page.wait_for_selector(".cp .row:first-child .cell.right .plot .main-svg")
    assert page.url.endswith("?entry=alibi&with=alibi&with.seed=7&with.size=24")
    page.go_back()
    page.wait_for_selector("#runs tbody tr")
    page.click("#rail a[data-entry=rope]")
    page.wait_for_selector("#runs tbody tr", state="hidden")


def test_keys_on_the_canvas_draw_in_class_mode_too(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?class=1&entry=rope", drawn=False)
    page.wait_for_selector("#classroom form")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.keyboard.press(" ")
    page.wait_for_selector("body.revealed")
    page.evaluate("document.body.classList.add('more-controls')")
    page.locator(".drawing [data-do=clear]").click()
    page.focus(".drawing .sheet canvas")
    page.keyboard.press("Space")
    page.wait_for_function(f"new URLSearchParams(location.search).get('drawing') === 'f{'0' * 63}'")
    assert "class=1" in page.url
