"""What axe-core finds on a page: each serious fault with its rule and the element it is in."""

from importlib.resources import files

from playwright.sync_api import Page

ENGINE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

FAULTS = """async () => {
  const { violations, passes } = await axe.run(document, { resultTypes: ['violations'] });
  if (!passes.length) throw new Error('axe looked at nothing');
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`));
}"""


def serious(page: Page) -> list[str]:
    """Serious and critical faults of what is on the page now."""
    page.evaluate(ENGINE)
    return page.evaluate(FAULTS)  # type: ignore[no-any-return]
