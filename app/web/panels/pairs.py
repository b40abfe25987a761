"""Chips that open an entry beside another."""

from markupsafe import Markup

from app.web.comparison.suggestions import suggestions
from app.web.panels.markup import html, join
from glossary.schema import Entry


def pairs(entry: Entry, but: str = "") -> Markup:
    """A chip for every suggested pair, except the one at the address ``but``."""
    return join(
        html('<a class="chip" href="{}">{}</a>', one.query, one.beside)
        for one in suggestions(entry)
        if one.query != but
    )
