"""What axe-core finds on a page: each serious fault with its rule and the element it is in."""

from importlib.resources import files

from playwright.sync_api import Page

ENGINE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

FAULTS = """async (leftOut) => {
  const { violations, passes } = await axe.run({ exclude: leftOut }, { resultTypes: ['violations'] });
  if (!passes.length) throw new Error('axe looked at nothing');
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`));
}"""


def serious(page: Page, left_out: tuple[str, ...] = ()) -> list[str]:
    """Serious and critical faults of what is on the page now, but for what the selectors leave out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(ENGINE)
    return page.evaluate(FAULTS, list(left_out))  # type: ignore[no-any-return]
