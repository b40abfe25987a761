"""The page inside somebody else's page: in a frame of fixed height, in one that a resizer fits, storing nothing."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from tests.browser.conftest import DRAWN, served
from tests.browser.frames import Hosts, hosts, storing_nothing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("frames")]

REFUSED = "The Clipboard API has been blocked because of a permissions policy"
"""What Chromium writes down when a frame of another site asks for the clipboard."""

EMBEDDED = "() => document.querySelector('a.full-page') && document.querySelector('#figure-0 .plot')?.dataset.drawn > 0"

HEAD = 80
"""Pixels of the host's own page above the frame."""


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    with served("app", "serve", "--device", "cpu", "--frames", "--port") as address:
        yield address


@pytest.fixture(scope="module")
def window(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with storing_nothing(browser.browser_type, tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def host() -> Iterator[Hosts]:
    with hosts() as found:
        yield found


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    wrong: list[str] = []
    page = window.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    page.close()
    assert not [one for one in wrong if REFUSED not in one]


def shown(page: Page, address: str, drawn: str = DRAWN) -> Frame:
    """The frame of the host page at that address, when its figures are drawn."""
    page.goto(address)
    frame = page.frames[1]
    frame.wait_for_function(drawn, timeout=60_000)
    return frame


def wheel(page: Page, frame: Frame, by: int) -> None:
    page.mouse.move(480, 400)
    page.mouse.wheel(0, by)
    frame.wait_for_function("by => document.body.scrollTop >= by", arg=by)


def top(frame: Frame, selector: str) -> float:
    return float(frame.locator(selector).evaluate("one => one.getBoundingClientRect().top"))


@pytest.mark.parametrize("kind", ["fixed", "fixed and not scrolling", "resizing"])
def test_everything_is_reachable_in_a_frame_that_may_store_nothing(
    kind: str, app: str, host: Hosts, page: Page
) -> None:
    src = f"{app}?entry=rope"
    more = 'scrolling="no"' if "not" in kind else ""
    frame = shown(page, host.resizing(src) if kind == "resizing" else host.fixed(src, more=more))
    blocked = "() => { try { localStorage.length; return false; } catch { return true; } }"
    assert frame.evaluate(blocked)
    wheel(page, frame, 700)
    assert (top(frame, "#bar"), top(frame, "#rail")) == (0, 0)
    frame.click("#rail a[href='?entry=alibi']")
    frame.wait_for_function("() => document.querySelector('#head h1')?.textContent.startsWith('ALiBi')")
    frame.wait_for_function(DRAWN)
    frame.wait_for_function("() => document.body.scrollTop === 0")
    frame.click("#bar [data-act=theme]")
    assert frame.evaluate("document.body.classList.contains('dark')")
    frame.fill("#rail input[type=search]", "softmax")
    frame.wait_for_selector("#rail .hits a")
    frame.evaluate("history.back()")
    frame.wait_for_function("() => document.querySelector('#head h1')?.textContent.startsWith('Rotary')")


def test_a_resized_frame_takes_the_visible_height_and_stays_there(app: str, host: Hosts, page: Page) -> None:
    visible = page.viewport_size["height"] - HEAD
    frame = shown(page, host.resizing(f"{app}?entry=rope"))
    page.wait_for_function("visible => heights.at(-1) === visible", arg=visible)
    changes = page.evaluate("heights.length")
    frame.click("#bar [data-act=class]")
    frame.wait_for_selector("body[data-classroom] .strip")
    assert frame.evaluate("document.querySelector('#page').getBoundingClientRect().height") == visible
    assert frame.evaluate("document.body.scrollHeight") == visible
    page.wait_for_timeout(1000)
    assert page.evaluate("heights.length") == changes
    page.set_viewport_size({"width": 1280, "height": 620})
    page.wait_for_function("visible => heights.at(-1) === visible", arg=620 - HEAD)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_class_mode_fills_a_small_frame_and_leads_out_of_it(app: str, host: Hosts, page: Page) -> None:
    page.goto(host.fixed(f"{app}?entry=rope&class=1&room=abcde", height=450))
    frame = page.frames[1]
    frame.wait_for_selector("#classroom [data-class=reveal]")
    assert frame.evaluate("document.body.scrollHeight") == 450
    button = frame.locator(".veil [data-class=reveal]")
    assert button.evaluate("one => one.getBoundingClientRect().bottom") <= 450
    with page.context.expect_page() as opened:
        frame.click(".foot .alone")
    alone = opened.value
    assert alone.url.startswith(app)
    assert {"class": ["1"], "room": ["abcde"]}.items() <= parse_qs(urlsplit(alone.url).query).items()
    alone.wait_for_selector("#classroom [data-class=reveal]")
    assert alone.locator(".foot .alone").is_hidden()
    alone.close()


def test_the_link_button_copies_the_address_of_the_application(app: str, host: Hosts, page: Page) -> None:
    frame = shown(page, host.fixed(f"{app}?entry=softmax&shift=5&__theme=dark&__sign=secret"))
    frame.click("#bar [data-act=copy]")
    frame.wait_for_selector("#bar .flash:text-is('Copied')")
    page.focus("#paste")
    page.keyboard.press("Control+V")
    assert page.input_value("#paste") == f"{app}?entry=softmax&shift=5"


def test_where_copying_is_refused_the_address_can_be_copied_by_hand(app: str, host: Hosts, page: Page) -> None:
    frame = shown(page, host.fixed(f"{app}?entry=softmax"))
    frame.evaluate("document.execCommand = () => false")
    frame.click("#bar [data-act=copy]")
    field = frame.locator(".by-hand input")
    assert field.input_value() == f"{app}?entry=softmax"
    assert field.evaluate("one => one === document.activeElement && one.selectionEnd === one.value.length")
    assert frame.locator(".flash:text-is('Copied')").count() == 0
    frame.locator("#head h1").click()
    assert frame.locator(".by-hand").count() == 0


@pytest.mark.parametrize(("theme", "dark"), [("dark", True), ("light", False)])
def test_the_theme_in_the_address_is_followed_until_the_reader_chooses(
    theme: str, dark: bool, app: str, host: Hosts, page: Page
) -> None:
    page.emulate_media(color_scheme="light" if dark else "dark")
    frame = shown(page, host.fixed(f"{app}?entry=softmax&__theme={theme}"))
    assert frame.evaluate("document.body.classList.contains('dark')") is dark
    frame.click("#bar [data-act=theme]")
    assert frame.evaluate("document.body.classList.contains('dark')") is not dark
    page.emulate_media(color_scheme="no-preference")


@pytest.mark.parametrize("width", [320, 560, 800])
def test_an_embedded_figure_fits_its_frame_and_leads_to_the_whole(
    width: int, app: str, host: Hosts, page: Page
) -> None:
    frame = shown(page, host.fixed(f"{app}?entry=rope&embed=1", width=width, height=1200), EMBEDDED)
    assert frame.evaluate("document.documentElement.scrollWidth") == width
    assert frame.evaluate("getComputedStyle(document.querySelector('#page')).backgroundImage") == "none"
    assert frame.locator("#figure-0").is_visible()
    assert frame.locator("#figure-1").is_hidden()
    whole = frame.locator("a.full-page")
    assert whole.evaluate("link => link.getBoundingClientRect().right") <= width
    with page.context.expect_page() as opened:
        whole.click()
    assert opened.value.url == f"{app}?entry=rope"
    opened.value.close()


def test_an_embedded_figure_in_a_resized_frame_takes_its_own_height(app: str, host: Hosts, page: Page) -> None:
    frame = shown(page, host.resizing(f"{app}?entry=rope&embed=1"), EMBEDDED)
    page.wait_for_timeout(1500)
    heights = page.evaluate("heights")
    bottom = frame.locator("a.full-page").evaluate("link => link.getBoundingClientRect().bottom")
    assert bottom <= heights[-1] < bottom + 60
    page.wait_for_timeout(1000)
    assert page.evaluate("heights") == heights


def test_a_sandbox_that_shuts_the_page_off_from_its_server_is_told_why(
    app: str, host: Hosts, window: BrowserContext
) -> None:
    page = window.new_page()
    page.goto(host.fixed(f"{app}?entry=rope&embed=1", more='sandbox="allow-scripts allow-popups"'))
    frame = page.frames[1]
    frame.wait_for_selector("text=allow-same-origin")
    with window.expect_page() as opened:
        frame.click("a:text-is('Open it in a page of its own')")
    assert opened.value.url == f"{app}?entry=rope&embed=1"
    opened.value.close()
    page.close()


def test_a_sandbox_with_an_origin_shows_the_figure(app: str, host: Hosts, page: Page) -> None:
    src = f"{app}?entry=rope&embed=1"
    frame = shown(page, host.fixed(src, more='sandbox="allow-scripts allow-same-origin"'), EMBEDDED)
    assert frame.locator("text=allow-same-origin").count() == 0


def test_a_connection_lost_in_a_frame_is_said_and_comes_back_without_a_reload(
    app: str, host: Hosts, window: BrowserContext
) -> None:
    page = window.new_page()
    frame = shown(page, host.fixed(f"{app}?entry=softmax"))
    frame.evaluate("window.kept = true")
    page.route("**/modelarium/ask", lambda route: route.abort())
    frame.evaluate(
        """() => { const slider = document.querySelector('#control-shift');
        slider.value = Number(slider.value) + 1; slider.dispatchEvent(new Event('input', {bubbles: true})); }"""
    )
    frame.wait_for_selector(".offline:not([hidden])")
    assert frame.inner_text(".offline").startswith("No connection")
    page.unroute("**/modelarium/ask")
    frame.wait_for_selector(".offline", state="hidden")
    frame.wait_for_function(DRAWN)
    frame.wait_for_function("() => location.search.includes('shift=')")
    assert frame.evaluate("window.kept")
    page.close()
