"""The map: walking between entries, years and recipes."""

import pytest

from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_map_is_walked_by_mouse_and_by_keys(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click("#links a:has-text('on the map')")
    page.wait_for_selector("#map .graph path.needs", state="attached")  # a level line has no height to be seen by
    assert page.url.endswith("?map=concepts&at=rope")
    assert page.inner_text("#map h1") == "Workbench"
    page.focus(".graph a[data-node=alibi]")
    page.wait_for_selector(".graph path.lit", state="attached")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.node") != "alibi"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.node") == "alibi"
    page.keyboard.press("Enter")
    page.wait_for_function("document.title === 'Workbench that trains · Map · Modelarium'")
    page.click("#map .btn.solid")
    page.wait_for_function("document.querySelector('#words h1')?.innerText === 'Workbench that trains'")
    page.go_back()
    page.wait_for_selector("#map h1")


def test_the_map_begins_with_chapters_and_leads_into_one_by_keys(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?map=concepts", drawn=False)
    page.wait_for_selector("#map .graph a[data-node=position]")
    page.focus(".graph a[data-node=position]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.title === 'Position · Map · Modelarium'")
    assert page.locator("#map .graph a").count() == 3
    page.click("#map .twin summary")
    assert page.locator("#map .twin tbody tr:visible").count() == 3
    page.click("#map .go a:has-text('As a list')")
    page.wait_for_selector("section.chapter:visible")
    page.click("section.chapter a:has-text('on the map')")
    page.wait_for_selector("#map h1")
    assert page.url.endswith("?map=concepts&at=position")


def test_a_recipe_opens_its_parts_and_an_entry_knows_its_recipes(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click("#links a:has-text('Llama 3')")
    page.wait_for_selector("#map .parts")
    assert page.url.endswith("?map=recipes&at=llama-3")
    assert page.locator(".parts .coming").count() > 5
    page.click(".parts a[href='?entry=rope']")
    page.wait_for_selector("#words h1")


@pytest.mark.parametrize("width", [390, 1440])
def test_every_map_fits(bench: str, tab: Open, width: int) -> None:
    page = tab(f"{bench}?map=concepts", width=width, drawn=False)
    for query in ("concepts", "concepts&at=position", "concepts&at=rope", "timeline", "recipes", "recipes&at=gpt-2"):
        page.goto(f"{bench}?map={query}")
        page.wait_for_selector("#map h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_bad_maps_are_named_and_search_is_there(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?map=treasure&at=nowhere", drawn=False)
    page.wait_for_selector("#map .notice")
    assert "map: there is no map “treasure”" in page.inner_text("#map")
    page.keyboard.press("/")
    page.keyboard.type("trains")
    page.wait_for_selector("#map .hits a")
    page.keyboard.press("Enter")
    page.wait_for_function("document.title.startsWith('Workbench that trains')")
