"""Numbers that a figure writes out: thousands stand apart as in all text of the page."""


def written(value: float, as_: str = "{:,.0f}") -> str:
    """``value`` in that format, with no-break spaces for its commas: “69 632”."""
    return as_.format(value).replace(",", "\N{NO-BREAK SPACE}")
