"""The one way in which text becomes HTML: every value put into a template is escaped, unless it is Markup itself."""

from collections.abc import Iterable

from markupsafe import Markup

EMPTY = Markup("")


def html(template: str, /, *places: object, **values: object) -> Markup:
    """The template with its ``{}`` and ``{names}`` filled, each value escaped for text and quoted attributes."""
    return Markup(template).format(*places, **values)


def join(parts: Iterable[Markup], between: str = "") -> Markup:
    return Markup(between).join(parts)
