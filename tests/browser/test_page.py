"""How the page behaves, tried on a workbench of made-up entries."""

import json
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def value(page: Page, label: str) -> str:
    """A number of the run, by its label."""
    return page.inner_text(f"#numbers .nums > div:has(dt:text-is('{label}')) dd")


def slide(page: Page, name: str, place: int) -> None:
    page.evaluate(
        """([name, place]) => { const slider = document.querySelector(`#control-${name}`);
        slider.value = place; slider.dispatchEvent(new Event('input', {bubbles: true})); }""",
        [name, place],
    )


def steps(page: Page) -> int:
    return int(page.evaluate("Number(document.querySelector('.step input').value)"))


def test_the_address_holds_the_state_and_gives_it_back(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    slide(page, "size", 3)
    page.click("label:has-text('square')")
    settle(page)
    assert urllib.parse.parse_qs(page.url.split("?")[1]) == {"entry": ["rope"], "size": ["5"], "shape": ["square"]}
    again = tab(page.url)
    assert value(again, "Size, tokens") == "5"
    assert again.locator("input[name=shape]:checked + span").inner_text() == "square"


def test_bad_values_in_the_address_are_named_and_replaced(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&size=99&seed=1000000000000&shape=<b>&what=1&base=nan")
    notices = page.inner_text("#notices")
    assert "size: takes a whole number from 2 to 24; you gave '99'" in notices
    assert "seed: takes a whole number from 0 to" in notices
    assert "shape: takes one of sine, square; you gave '<b>'" in notices
    assert "what: no such control" in notices
    assert "base: takes a whole number" in notices
    assert page.url.endswith("?entry=rope")
    slide(page, "size", 0)
    settle(page)
    assert page.inner_text("#notices") == ""


@pytest.mark.parametrize("query", ["?entry=ropee", "?entry=%3Cscript%3E", "?chapter=nowhere", "?size=4"])
def test_an_address_that_leads_nowhere_says_so_and_shows_home(bench: str, tab: Open, query: str) -> None:
    page = tab(bench + query, drawn=False)
    page.wait_for_selector("#home .notice")
    assert page.is_visible("#home h1")
    assert page.is_visible("#home input[type=search]")


def test_a_refused_value_stands_under_its_control_and_the_figures_stay(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click("[data-act=more]")
    drawn = page.get_attribute("#figure-0 .plot", "data-drawn")
    for typed in ("1000000000000", "NaN", "", "abc", "-1"):
        page.fill("#control-seed", typed)
        page.keyboard.press("Enter")
        page.wait_for_selector("#control-seed-error:visible")
        assert page.inner_text("#control-seed-error").startswith("Seed takes a whole number from 0 to 2147483647")
        assert page.get_attribute("#figure-0 .plot", "data-drawn") == drawn
    page.fill("#control-seed", "7")
    page.keyboard.press("Enter")
    settle(page)
    assert page.is_hidden("#control-seed-error")
    assert "seed 7" in page.inner_text(".live")


@pytest.mark.parametrize(
    "text",
    ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "emoji 🦜 text", "שלום עולם", "a&amp;b", "'\"`${1}`"],
)
def test_what_is_typed_stays_text(bench: str, tab: Open, text: str) -> None:
    page = tab(f"{bench}?entry=rope")
    page.fill("#control-sentence", text)
    page.wait_for_function("location.search.includes('sentence=')")
    settle(page)
    assert value(page, "Letters") == str(len(text))
    ticks = page.evaluate("[...document.querySelectorAll('#figure-1 .ytick text')].map((t) => t.textContent)")
    assert text.split()[0] in ticks
    assert page.locator("#figures img, #page script").count() == 0
    page.click("#figure-1 .twin")
    assert text.split()[0] in page.inner_text("#figure-1 .twin-table")


def test_empty_and_over_long_text_are_refused_in_words(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    for text in ("", "x" * 2001):
        page.fill("#control-sentence", text)
        page.wait_for_selector("#control-sentence-error:visible")
        assert "takes text of 1 to 2000 characters" in page.inner_text("#control-sentence-error")
        page.fill("#control-sentence", "fine")
        page.wait_for_selector("#control-sentence-error", state="hidden")


def test_breaking_a_claim_shows_the_symptom_and_mending_restores_the_value(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&base=50000")
    switch = page.locator("#claims .sw").first
    switch.click()
    page.wait_for_selector(".claim.failed .sym")
    assert page.inner_text("#claims .sec span") == "1 of 2 held"
    assert "base=100" in page.url
    assert switch.get_attribute("aria-checked") == "true"
    assert page.evaluate("document.activeElement.matches('.claim.failed .sw')")
    switch.click()
    page.wait_for_selector(".claim.failed", state="detached")
    assert "base=50000" in page.url


def test_words_of_an_entry_are_text(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    assert "<img src=x onerror=alert(1)> stays text & nothing else." in page.inner_text("#claims")
    assert "<u>no HTML</u>" in page.inner_text("#words")
    assert page.locator("#words :is(img, u, script)").count() == 0


def test_back_and_forward_go_through_entries_with_their_state(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&size=9")
    page.click("#rail a[data-entry=alibi]")
    page.wait_for_function("document.title.startsWith('Workbench that trains')")
    settle(page)
    page.click("#rail .brand")
    page.wait_for_selector("#home h1")
    page.go_back()
    page.wait_for_function("document.querySelector('#words h1').innerText === 'Workbench that trains'")
    page.go_back()
    page.wait_for_function("document.querySelector('#words h1').innerText === 'Workbench'")
    settle(page)
    assert value(page, "Size, tokens") == "9"
    page.go_forward()
    page.wait_for_function("document.querySelector('#words h1').innerText === 'Workbench that trains'")
    page.wait_for_selector("#rail a[data-entry=alibi][aria-current=page]")


def test_training_streams_and_stop_ends_it(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&rounds=400&pause=0.1", drawn=False)
    page.wait_for_selector("[data-act=stop]:visible")
    page.wait_for_function("document.querySelector('#numbers').innerText.match(/Rounds done, steps\\s+[2-9]/)")
    assert page.inner_text("#claims .sec span") == "checking again"
    page.click("[data-act=stop]")
    page.wait_for_selector("[data-act=reset]:visible")
    assert "stopped" in page.inner_text(".live")
    stood = value(page, "Rounds done, steps")
    page.wait_for_timeout(700)
    assert value(page, "Rounds done, steps") == stood
    slide(page, "size", 1)
    page.wait_for_function("document.querySelector('#numbers').innerText.match(/Size, tokens\\s+3/)")


def test_a_newer_request_wins_over_a_slow_older_one(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.evaluate(
        """async () => {
          const { turn } = await import(document.querySelector('link[href$="hub.js"]').href);
          turn({ pause: 1.5, size: 20 });
          await new Promise((done) => setTimeout(done, 700));
          turn({ pause: 0, size: 4 });
        }"""
    )
    page.wait_for_function("document.querySelector('#numbers').innerText.match(/Size, tokens\\s+4/)")
    page.wait_for_timeout(1500)
    assert value(page, "Size, tokens") == "4"
    assert "size=4" in page.url


def test_a_run_that_takes_a_moment_says_so_and_keeps_the_old_picture(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=yarn")
    slide(page, "size", 9)
    page.wait_for_function("document.body.dataset.phase === 'running'")
    assert "figures show the previous run" in page.inner_text(".live")
    assert float(page.evaluate("getComputedStyle(document.querySelector('#figure-0 .plot')).opacity")) < 1
    settle(page)
    assert value(page, "Size, tokens") == "11"


def test_steps_move_together_by_slider_keys_and_play(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    assert page.locator(".step").count() == 1
    assert page.inner_text(".step output") == "step 3"
    first = page.evaluate("document.querySelector('#figure-0 .lines path').getAttribute('d')")
    page.keyboard.press("ArrowRight")
    assert steps(page) == 4
    page.wait_for_function("d => document.querySelector('#figure-0 .lines path').getAttribute('d') !== d", arg=first)
    page.focus(".step input")
    page.keyboard.press("End")
    assert page.inner_text(".step output") == "step 11"
    page.wait_for_function("document.querySelector('#figure-2 .plot').data[0].z[0][0] > 0.9")
    page.click(".step .play")
    page.wait_for_function("Number(document.querySelector('.step input').value) === 2")
    page.click(".step .play")
    stood = steps(page)
    page.wait_for_timeout(500)
    assert steps(page) == stood
    slide(page, "base", 10)
    settle(page)
    assert steps(page) == stood


def test_space_plays_and_the_code_of_a_step_is_marked(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click(".eq .fn")
    page.focus(".step input")
    page.keyboard.press("Home")
    line = "Number(document.querySelector('.eq .src').style.getPropertyValue('--line'))"
    source = page.evaluate("document.querySelector('.eq .src').textContent.split('\\n')")
    assert source[page.evaluate(line)].startswith("def normal(")
    page.keyboard.press("ArrowRight")
    assert page.locator(".eq .src[data-line]").count() == 0
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    page.wait_for_function("Number(document.querySelector('.step input').value) === 3")
    page.keyboard.press(" ")
    stood = steps(page)
    page.wait_for_timeout(600)
    assert steps(page) == stood


def test_a_switch_is_thrown_unseen_and_found(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.evaluate("Math.random = () => 0.4")  # the second of two switches and nothing
    page.click("[data-act=diagnose]")
    settle(page)
    assert page.evaluate("getComputedStyle(document.querySelector('#controls')).visibility") == "hidden"
    assert page.is_hidden(".claim .sym")
    assert page.url.endswith("?entry=rope")
    assert page.locator("#diagnosis .choice").count() == 3
    page.click("#diagnosis .choice >> nth=0")
    page.click("#diagnosis [type=submit]")
    assert "It was “<b>24</b>”" in page.inner_text("#diagnosis .verdict")
    page.wait_for_selector(".claim.failed .sw[aria-checked=true]")
    assert page.url.endswith("?entry=rope")
    page.click("#diagnosis button:has-text('Put it back')")
    page.wait_for_selector(".claim.failed", state="detached")
    assert page.url.endswith("?entry=rope")
    assert page.locator("#diagnosis").count() == 0


def test_who_leaves_a_hidden_fault_takes_no_secret_along(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&size=9")
    page.evaluate("Math.random = () => 0.4")
    page.evaluate("scrollTo(0, 400)")
    page.click("[data-act=diagnose]")
    settle(page)
    top = page.evaluate("document.querySelector('#diagnosis legend').getBoundingClientRect().top")
    assert top >= page.evaluate("document.querySelector('#bar').getBoundingClientRect().bottom")
    page.keyboard.press("Escape")
    page.wait_for_selector("#diagnosis", state="detached")
    settle(page)
    assert page.url.endswith("?entry=rope&size=9")
    assert page.locator(".claim.failed").count() == 0


def test_play_takes_one_step_where_motion_is_unwelcome(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope", reduced_motion="reduce")
    page.click(".step .play")
    page.wait_for_timeout(800)
    assert steps(page) == 4


def test_a_click_on_a_cell_sets_its_controls(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    box = page.locator("#figure-1 .nsewdrag").bounding_box()
    assert box
    at = (box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.6)  # row 3, column 5
    page.mouse.move(*at)
    page.wait_for_selector("#figure-1 .plot.pointing")
    page.mouse.click(*at)
    settle(page)
    assert "picked=3" in page.url
    assert "size=5" in page.url


def test_a_figure_is_also_a_table_and_can_be_saved(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click("#figure-0 .twin")
    rows = page.locator("#figure-0 .twin-table tbody tr")
    assert rows.count() == 60
    assert page.inner_text("#figure-0 .twin-table thead").split() == ["angle", "value"]
    for kind, sign in (("csv", b"figure,trace,x,y,z,text"), ("json", b"{"), ("html", b"<!doctype html>")):
        with page.expect_download() as saved:
            page.click(f"[data-act=save][data-kind={kind}]")
        content = saved.value.path().read_bytes()
        assert content.startswith(sign)
        assert saved.value.suggested_filename == f"rope.{kind}"


def test_a_picture_is_one_file_with_its_words_its_key_its_address_and_its_type(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&seed=3")
    saved: list[Any] = []
    page.on("download", lambda one: saved.append(one))
    page.click("[data-act=save][data-kind=svg]")
    page.click("[data-act=save][data-kind=png]")
    for _ in range(100):
        page.wait_for_timeout(100)
        if len(saved) > 1:
            break
    page.wait_for_timeout(300)
    svg, png = (Path(one.path()).read_bytes() for one in sorted(saved, key=lambda one: one.suggested_filename[::-1]))
    assert [one.suggested_filename for one in saved] == ["rope.svg", "rope.png"]
    drawn = svg.decode() if svg.startswith(b"<svg") else png.decode()
    for words in ("A wave that moves", "A grid to click", "goes ", "seed=3", "@font-face", "font/woff2", 'rx="1.5"'):
        assert words in drawn
    assert b"\x89PNG" in (svg[:4], png[:4])


def test_a_saved_page_steps_and_holds_rendered_words(bench: str, tab: Open, tmp_path: Path) -> None:
    page = tab(f"{bench}?entry=rope")
    with page.expect_download() as saved:
        page.click("[data-act=save][data-kind=html]")
    place = tmp_path / "rope.html"
    saved.value.save_as(place)
    text = place.read_text(encoding="utf-8")
    words = text[text.index("<h1>") :]
    assert "The workbench <b>tries</b>" in words
    assert "**" not in words.split("<script>")[0]
    assert "$" not in words.split("<script>")[0]
    assert "<td>Base over size, times</td><td>1 667</td>" in words
    report = page.context.new_page()
    report.set_content(text)
    report.wait_for_selector(".step output:has-text('step 3')")
    report.locator(".step input").first.press("End")
    report.wait_for_selector(".step output:has-text('step 11')")
    report.close()


def test_saved_json_holds_the_run(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&seed=3")
    with page.expect_download() as saved:
        page.click("[data-act=save][data-kind=json]")
    run = json.loads(saved.value.path().read_text())
    assert run["controls"]["seed"] == 3
    assert len(run["figures"]) == 3
    assert len(run["figures"][0]["plotly"]["data"][0]["x"]) == 60
    assert {claim["holds"] for claim in run["claims"]} == {True}


def test_the_source_of_an_equation_opens_beside_it(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click(".eq .fn")
    assert "def normal(" in page.inner_text(".eq .src")
    page.click(".eq .fn")
    assert page.is_hidden(".eq .src")
    page.click("#tab-code")
    assert "def normal(" in page.inner_text("#code")
    assert page.is_hidden("#numbers")


def test_search_finds_while_typing_and_forgives(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.keyboard.press("/")
    page.keyboard.type("workbnch trains")
    page.wait_for_selector("#rail .hits a")
    assert page.locator("#rail .hits a span").first.inner_text() == "Workbench that trains"
    page.keyboard.press("Enter")
    page.wait_for_function("document.title.startsWith('Workbench that trains')")
    assert page.is_hidden("#rail .hits")
    page.fill("#rail input[type=search]", "<hr>zzqq")
    page.wait_for_selector("#rail .hits .none")
    assert "“<hr>zzqq”" in page.inner_text("#rail .hits")


def test_the_level_filter_counts_what_is_left(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click("#rail .seg label:has-text('Advanced')")
    assert page.locator("#rail .cat > li:visible").count() == 0
    page.click("#rail .seg label:has-text('Beginner')")
    assert page.inner_text("#rail .cat .n") == "3"


def test_a_chapter_of_the_catalogue_gets_its_list_when_it_is_opened(bench: str, tab: Open) -> None:
    page = tab(bench, drawn=False)
    page.wait_for_selector("#home h1")
    assert page.locator("#rail [data-entry], section.chapter").count() == 0
    page.goto(f"{bench}?chapter=position")
    page.wait_for_selector("section.chapter h2:visible")
    assert page.title() == "Position · Modelarium"
    page.click("section.chapter a[href='?entry=alibi']")
    page.wait_for_selector("#rail a[data-entry=alibi][aria-current=page]")
    assert page.get_attribute("#rail [data-chapter=position] > button", "aria-expanded") == "true"
    page.focus("#rail [data-chapter=position] > button")
    page.keyboard.press("Enter")
    assert page.is_hidden("#rail a[data-entry=alibi]")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.entry") == "rope"
    page.click("#rail .brand")
    page.wait_for_selector("#home h1:visible")
    assert page.locator("section.chapter").count() == 0


def test_a_prediction_hides_the_result_and_reveals_what_was_measured(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click("[data-act=predict]")
    assert page.evaluate("getComputedStyle(document.querySelector('#figure-0 .plot svg')).visibility") == "hidden"
    assert page.evaluate("getComputedStyle(document.querySelector('#numbers')).visibility") == "hidden"
    assert page.inner_text("form.predict output").strip() == "–"
    assert page.locator("form.predict [type=submit]:enabled").count() == 0
    assert page.locator("form.predict:visible").count() == 1
    page.focus("form.predict [type=range]")
    page.keyboard.press("ArrowRight")
    page.locator("form.predict [type=submit]").first.click()
    page.wait_for_selector("form.answered")
    assert "17 letters measured. You said 1 letters: off by 16 letters." in page.inner_text(".verdict >> nth=0")
    page.wait_for_function("!document.body.classList.contains('predicting')")
    page.click("[data-next]")
    assert page.evaluate("getComputedStyle(document.querySelector('#figure-0 .plot svg')).visibility") == "hidden"
    page.click(".choice >> nth=1")
    page.locator("form.predict [type=submit]").last.click()
    page.wait_for_function("!document.body.classList.contains('predicting')")
    assert "The run says: small." in page.inner_text(".verdict >> nth=1")
    assert "size=4" in page.url
    assert page.inner_text(".choice.right") == "small\nmeasured"
    assert page.evaluate("getComputedStyle(document.querySelector('#figure-0 .plot svg')).visibility") == "visible"


def test_the_theme_follows_the_system_until_it_is_chosen(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope", color_scheme="dark")
    line = "document.querySelector('#figure-0 .lines path').style.stroke"
    assert page.evaluate("document.body.classList.contains('dark')")
    assert page.evaluate(line) == "rgb(163, 179, 255)"
    page.click("#bar [data-act=theme]")
    page.wait_for_function(f"{line} === 'rgb(51, 70, 207)'")
    page.reload()
    settle(page)
    assert not page.evaluate("document.body.classList.contains('dark')")
    assert page.evaluate(line) == "rgb(51, 70, 207)"
    cells = page.evaluate("document.querySelector('#figure-1 .plot').data[0].colorscale[0][1]")
    assert cells == "#f6fbfd"


def test_drawing_again_and_again_leaks_no_nodes(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    counts = []
    for place in (3, 4, 3, 4, 3, 4, 3, 4):
        slide(page, "size", place)
        settle(page)
        if place == 3:
            counts.append(page.evaluate("document.querySelectorAll('*').length"))
    assert max(counts) - min(counts) < 20


def test_the_catalogue_is_a_drawer_on_a_narrow_page(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope", width=1000)
    assert not page.is_visible("#rail .brand")
    page.click("#bar [data-act=drawer]")
    page.wait_for_selector("#rail .brand", state="visible")
    page.click("#rail a[data-entry=alibi]")
    page.wait_for_function("document.title.startsWith('Workbench that trains')")
    page.wait_for_selector("#rail .brand", state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1000


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_home_shows_what_there_is(bench: str, tab: Open, width: int) -> None:
    page = tab(bench, width=width, drawn=False)
    page.wait_for_selector("#home h1")
    assert page.inner_text("#home h1").startswith("3 ideas from neural networks")
    assert page.locator(".chs a").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click(".chs a")
    page.wait_for_selector("section.chapter:visible")
    assert page.url.endswith("?chapter=position")
    page.click("section.chapter:visible .les a >> nth=0")
    page.wait_for_function("document.title.startsWith('Workbench')")


def test_everything_that_can_be_pressed_has_a_name(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope")
    page.click("[data-act=more]")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('#page :is(button, a, input, select)')]
          .filter((one) => one.type !== 'radio' && !one.getAttribute('aria-label') && !one.textContent.trim()
            && !one.labels?.length && !one.getAttribute('aria-labelledby'))
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []


def test_one_figure_stands_alone_in_a_frame(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&embed=1", width=720, height=480, drawn=False)
    page.wait_for_selector("#figures .full-page")
    page.wait_for_selector("#figure-0 .plot .main-svg")
    for part in ("#words", "#controls", "#rail"):
        assert page.is_hidden(part)
    assert page.url.endswith("&embed=1")
    assert page.get_attribute(".full-page", "href") == "?entry=rope"


def test_every_figure_has_its_frame_to_put_elsewhere(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&size=5")
    with page.expect_download() as download:
        page.click("[data-kind=embed]")
    frames = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    titles = page.locator("#figures .block:not([data-empty]) h3").all_inner_texts()
    assert len(frames) == len(titles) > 1
    for number, (title, frame) in enumerate(zip(titles, frames, strict=True), start=1):
        assert f'?entry=rope&amp;size=5&amp;embed={number}"' in frame
        assert title in frame


def test_the_script_is_saved_with_the_controls_as_they_stand(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&size=5")
    with page.expect_download() as download:
        page.click("[data-kind=py]")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename == "rope.py"
    assert "    size=5,\n" in text
    compile(text, "rope.py", "exec")
