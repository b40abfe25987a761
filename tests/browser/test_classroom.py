"""Class mode: guesses first, the result when it is revealed, everything by keyboard."""

import re

import pytest
from playwright.sync_api import Page

from app.teaching.papers import handout
from glossary import reader
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def seated(tab: Open, address: str, **options: int) -> Page:
    page = tab(address, drawn=False, **options)
    page.wait_for_selector("#classroom form", timeout=60_000)
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    return page


def reveal(page: Page) -> None:
    page.keyboard.press(" ")
    page.wait_for_selector("body.revealed")


def test_the_guesses_of_a_room_are_collected_and_others_see_only_its_link(bench: str, tab: Open) -> None:
    one = seated(tab, f"{bench}?class=1&lesson=bench&part=2&room=k3f9")
    two = seated(tab, f"{bench}?class=1&lesson=bench&part=2&room=k3f9")
    elsewhere = seated(tab, f"{bench}?class=1&lesson=bench&part=2&room=other")
    one.keyboard.press("1")
    two.keyboard.press("2")
    one.wait_for_function("document.querySelector('.room .count').textContent === '2 of 2 are in'")
    one.wait_for_function("document.querySelector('.histogram')?.getAttribute('aria-label') === '1: 1; 2: 1'")
    assert elsewhere.inner_text(".room .count") == "0 of 1 are in"
    assert elsewhere.locator(".histogram .column").count() == 0
    two.keyboard.press("1")
    one.wait_for_function("document.querySelector('.histogram').getAttribute('aria-label') === '1: 2'")


def test_the_result_is_hidden_until_it_is_revealed_and_shows_the_run_that_was_asked_for(bench: str, tab: Open) -> None:
    page = seated(tab, f"{bench}?class=1&lesson=bench&part=3&room=a")
    assert page.is_visible("#figure-0 .plot")  # the run from before
    for hidden in ("#figure-1", "#numbers", "#claims", "#rail", "#bar", "#controls"):
        assert page.is_hidden(hidden)
    assert "size=18" not in page.url
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    reveal(page)
    page.wait_for_function("document.querySelector('#figure-0 .plot').dataset.drawn !== '0'")
    assert "18 measured. You said 10: off by 8." in page.inner_text("#classroom .verdict")
    assert "size=18" in page.url
    assert "part=3" in page.url
    page.click(".when label:has-text('before')")
    page.wait_for_function("!location.search.includes('size=18')")


def test_a_lesson_goes_on_breaks_and_is_left_by_keys(bench: str, tab: Open) -> None:
    page = seated(tab, f"{bench}?class=1&lesson=bench&room=a")
    assert page.inner_text(".strip .now") == "Letters"
    page.keyboard.press("n")
    page.wait_for_selector(".strip .now:has-text('Small')")
    page.wait_for_function("location.search === '?class=1&lesson=bench&part=2&room=a&base=500'")
    page.keyboard.press("2")
    reveal(page)
    assert "The run says: small." in page.inner_text("#classroom .verdict")
    start = page.evaluate("document.querySelector('.step input').value")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("start => document.querySelector('.step input').value !== start", arg=start)
    page.keyboard.press("b")
    page.wait_for_selector("#claims .claim.failed:visible")
    page.keyboard.press("Escape")
    page.wait_for_selector("#rail .brand:visible")
    assert "class=1" not in page.url
    assert page.locator("body.class").count() == 0


def test_the_host_leads_and_the_others_follow_or_go_at_their_own_pace(bench: str, tab: Open) -> None:
    teacher = tab(bench, drawn=False)
    teacher.click("#lessons [data-lesson]")
    teacher.wait_for_selector(".invite .letters:visible")
    code = teacher.inner_text(".invite .letters").lower()
    assert len(code) == 4
    teacher.wait_for_function("document.querySelector('.invite .address').textContent.includes('--host')")
    student = tab(bench, drawn=False)
    student.fill(".join input", "zzzz")
    student.keyboard.press("Enter")
    student.wait_for_selector(".join output:has-text('No class has the code zzzz now.')")
    student.fill(".join input", code.upper())
    student.keyboard.press("Enter")
    student.wait_for_selector("body.following")
    student.wait_for_function("document.body.dataset.phase === 'idle'")
    student.keyboard.press(" ")  # reveals nothing
    student.keyboard.press("n")
    student.focus("form.predict [type=range]")
    student.keyboard.press("ArrowRight")
    teacher.wait_for_function("document.querySelector('.room .count').textContent === '1 of 1 are in'")
    assert student.locator("body.revealed").count() == 0
    assert "part=1" in student.url
    assert teacher.locator("#classroom fieldset:disabled").count() == 1
    reveal(teacher)
    student.wait_for_selector("body.revealed")
    with teacher.expect_download() as saved:
        teacher.click("[data-class=save]")
    assert saved.value.path().read_text().splitlines()[1] == "bench/1,How many letters are there?,2,1,letters"
    teacher.keyboard.press("n")
    student.wait_for_selector(".strip .now:has-text('Small')")
    student.wait_for_selector("body.following")
    student.check("[name=pace]")
    student.keyboard.press("n")
    student.wait_for_selector(".strip .now:has-text('Its own')")
    student.wait_for_selector("body.led:not(.following)")
    assert student.is_hidden(".veil .btn")  # its host has not revealed it
    student.uncheck("[name=pace]")
    student.wait_for_selector(".strip .now:has-text('Small')")
    teacher.wait_for_function("document.body.dataset.phase === 'idle'")
    reveal(teacher)
    student.wait_for_selector("body.revealed")
    teacher.keyboard.press("b")
    teacher.wait_for_selector("#claims .claim.failed:visible")
    student.wait_for_selector("#claims .claim.failed:visible")


def test_who_leaves_the_class_takes_no_hidden_fault_along(bench: str, tab: Open) -> None:
    page = seated(tab, f"{bench}?class=1&lesson=bench&part=3&room=a")
    page.evaluate("Math.random = () => 0.4")
    reveal(page)
    page.keyboard.press("b")  # what it breaks is mended before a fault is hidden
    page.wait_for_selector("#claims .claim.failed:visible")
    page.wait_for_function("location.search.includes('base=100')")
    page.keyboard.press("d")
    page.wait_for_selector("#diagnosis")
    assert page.is_hidden("#claims")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    page.keyboard.press("Escape")
    page.wait_for_selector("#rail .brand:visible")
    assert page.url.endswith("?entry=rope&size=18")


@pytest.mark.parametrize("paper", ["handout", "notes"])
def test_the_papers_of_a_lesson_open(bench: str, tab: Open, paper: str) -> None:
    page = tab(f"{bench}modelarium/{paper}/bench", drawn=False)
    page.wait_for_selector("section >> nth=4")
    assert page.inner_text("h1") == "At the bench"
    page.wait_for_function("window.modelarium?.katex")


def test_a_handout_is_one_page(bench: str, tab: Open) -> None:
    page = tab(f"{bench}robots.txt", drawn=False)
    for lesson in reader.lessons().values():
        page.goto(f"{bench}robots.txt")  # its script runs once a page
        page.set_content(handout(lesson))
        page.wait_for_function("document.querySelectorAll('.tex:not(.set)').length === 0")
        pages = re.findall(rb"/Count (\d+)", page.pdf(prefer_css_page_size=True))
        assert pages == [b"1"], lesson.slug


def test_the_button_opens_a_room_of_its_own(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&size=9")
    page.click("#bar [data-act=class]")
    page.wait_for_selector("#classroom form")
    assert page.evaluate("new URLSearchParams(location.search).get('room')").isalnum()
    assert "size=9" in page.url
    page.go_back()
    page.wait_for_selector("#rail .brand:visible")


def test_a_lesson_is_opened_from_the_first_page_and_fits_a_phone(bench: str, tab: Open) -> None:
    page = tab(bench, drawn=False, width=390)
    page.click("#lessons a >> nth=0")
    page.wait_for_selector("#classroom form")
    page.wait_for_function("document.body.dataset.phase === 'idle'")
    assert page.evaluate("new URLSearchParams(location.search).get('room')") is None
    assert page.locator(".room, .strip .room-code, .invite").count() == 0
    page.click("#classroom .veil [data-class=reveal]")
    page.wait_for_selector("body.revealed")
    assert page.is_visible("#claims")
    assert page.is_visible("#controls")
    assert "letters measured." in page.inner_text("#classroom .verdict")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_one_of_several_maps_is_guessed(bench: str, tab: Open) -> None:
    page = seated(tab, f"{bench}?class=1&lesson=bench&part=4&room=maps")
    page.wait_for_function("document.querySelectorAll('.map .heatmaplayer image').length === 3")
    assert page.locator(".map .xtick").count() == 0
    page.keyboard.press("2")
    page.wait_for_function("document.querySelector('.histogram')?.getAttribute('aria-label') === '2: 1'")
    reveal(page)
    assert page.inner_text("#classroom .verdict").startswith(("You had it.", "It is map"))
    assert page.locator(".histogram .right").count() == 1


def test_a_curve_is_drawn_by_pointer_and_by_keys(bench: str, tab: Open) -> None:
    page = seated(tab, f"{bench}?class=1&lesson=bench&part=5&room=curve")
    page.wait_for_selector(".sketch svg")
    box = page.locator(".sketch svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] * 0.8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 20, steps=9)
    page.mouse.up()
    drawn = page.evaluate("JSON.parse(document.querySelector('[name=curve]').value)")
    assert len(drawn) == 4
    assert drawn == sorted(drawn)
    page.focus(".sketch svg")
    page.keyboard.press("ArrowUp")
    changed = page.evaluate("JSON.parse(document.querySelector('[name=curve]').value)")
    assert sum(one != other for one, other in zip(drawn, changed)) <= 1
    other = seated(tab, f"{bench}?class=1&lesson=bench&part=5&room=curve")
    other.wait_for_selector(".sketch svg")
    other.focus(".sketch svg")
    for _ in range(3):
        other.keyboard.press("ArrowRight")
    other.wait_for_selector(".sketch .other >> nth=1", state="attached")
    page.click(".veil [data-class=reveal]")
    page.wait_for_selector(".sketch path.measured")
    assert "Measured along size: 4 at 4, 8 at 8, 12 at 12, 20 at 20." in page.inner_text("#classroom .verdict")
