"""The one way in which text becomes HTML: every value put into a template is escaped, unless it is Markup itself."""

import re
from collections.abc import Iterable
from functools import cache

from markupsafe import Markup

EMPTY = Markup("")


def html(template: str, /, *places: object, **values: object) -> Markup:
    """The template with its ``{}`` and ``{names}`` filled, each value escaped for text and quoted attributes.

    A line break in a template is for its writer: it vanishes beside a tag and is a blank elsewhere.
    """
    return _tight(template).format(*places, **values)


@cache
def _tight(template: str) -> Markup:
    beside_tags = re.sub(r"\n\s*(?=<|$)|(?<=>)\n\s*", "", template.strip())
    return Markup(re.sub(r"\n\s*", " ", beside_tags))


def join(parts: Iterable[Markup], between: str = "") -> Markup:
    return Markup(between).join(parts)
