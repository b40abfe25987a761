"""Whether each figure on the page, its table and its CSV say the same. Runs in the browser, on what is drawn."""

from pathlib import Path

from playwright.sync_api import Page

WRONG = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def wrong_tables(page: Page) -> list[str]:
    """What is wrong with the tables of the figures that stand on the page."""
    found: list[str] = page.evaluate(WRONG)
    return found
