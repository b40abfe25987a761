"""The bar above an entry: where it stands, its neighbours, and what can be done with the page."""

from markupsafe import Markup

from app.panels.icons import ICONS
from app.panels.markup import EMPTY, html
from app.panels.rail import published
from app.panels.words import neighbours
from glossary import reader
from glossary.schema import Entry


def bar(entry: Entry | None) -> Markup:
    """Without an entry, only the buttons that every page has."""
    return html(
        '<div class="bar"><div class="crumbs"><button class="btn icon narrow" type="button" data-act="drawer" '
        'aria-label="Open the catalogue">{menu}</button>{crumbs}</div><div class="acts">{predict}'
        '<button class="btn icon narrow" type="button" data-act="find" aria-label="Search">{search}</button>'
        '<button class="btn icon" type="button" data-act="copy" aria-label="Copy the address of this state" title="Copy the address of this state">'
        "{share}</button>{theme}</div></div>",
        menu=ICONS["menu"], crumbs=_crumbs(entry) if entry else EMPTY, search=ICONS["search"], share=ICONS["share"],
        theme=theme_button(),
        predict=html(
            '<button class="btn wide" type="button" data-act="predict" aria-pressed="false">{}Predict first</button><span class="rule wide"></span>',
            ICONS["predict"],
        ) if entry else EMPTY,
    )  # fmt: skip


def theme_button() -> Markup:
    return html(
        '<button class="btn icon" type="button" data-act="theme" aria-label="Light or dark" title="Light or dark">{}</button>',
        ICONS["theme"],
    )


def _crumbs(entry: Entry) -> Markup:
    chapter = next(chapter for chapter in reader.chapters() if chapter.slug == entry.chapter)
    there = published(chapter)
    before, after = neighbours(entry)
    return html(
        '<a href="?chapter={}">{}</a><span aria-hidden="true">/</span><span class="place">{} of {}</span>{}{}',
        chapter.slug, chapter.title, there.index(entry) + 1, len(there),
        _step(before, "Previous", "left"), _step(after, "Next", "right"),
    )  # fmt: skip


def _step(entry: Entry | None, word: str, icon: str) -> Markup:
    if entry is None:
        return html('<span class="btn icon wide off" aria-hidden="true">{}</span>', ICONS[icon])
    return html(
        '<a class="btn icon wide" href="?entry={}" aria-label="{} entry: {}" title="{}">{}</a>',
        entry.slug, word, entry.title, entry.title, ICONS[icon],
    )  # fmt: skip
