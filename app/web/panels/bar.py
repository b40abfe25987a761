"""The bar above an entry: where it stands, its neighbours, and what can be done with the page."""

from markupsafe import Markup

from app.web.comparison.suggestions import suggestions
from app.web.panels.icons import ICONS
from app.web.panels.markup import html
from app.web.panels.rail import published
from app.web.panels.words import neighbours
from glossary import reader
from glossary.schema import Entry, Head


def bar(entry: Entry) -> Markup:
    """Breadcrumb and neighbours on the left; on the right what this page can do."""
    return html(
        """
        <div class="bar">
          <div class="crumbs">
            <button class="btn icon narrow" type="button" data-act="drawer" aria-label="Open the catalogue">
              {menu}</button>
            {crumbs}
          </div>
          <div class="acts">
            <button class="btn act" type="button" data-act="predict" aria-pressed="false" title="Predict first">
              {predict}<span class="lbl">Predict first</span></button>
            <button class="btn act" type="button" data-act="compare" data-query="{pair}" title="Compare">
              {compare}<span class="lbl">Compare</span></button>
            <button class="btn act" type="button" data-act="class" title="Class mode">
              {class_mode}<span class="lbl">Class mode</span></button>
            <span class="rule wide"></span>
            <button class="btn icon narrow" type="button" data-act="find" aria-label="Search">{search}</button>
            {share}{theme}
          </div>
        </div>
        """,
        menu=ICONS["menu"],
        crumbs=_crumbs(entry),
        predict=ICONS["predict"],
        pair=next(suggestions(entry)).query,
        compare=ICONS["compare"],
        class_mode=ICONS["class"],
        search=ICONS["search"],
        share=icon_button("copy", "share", "Copy the address of this state"),
        theme=theme_button(),
    )


def theme_button() -> Markup:
    """Light or dark; in somebody else's frame, before it, the way out to a page of its own."""
    return html("{}{}", alone(ICONS["out"], "btn icon"), icon_button("theme", "theme", "Light or dark"))


def alone(content: Markup, classes: str = "") -> Markup:
    """A link that is seen in a frame only; the browser gives it the address of what is shown."""
    return html(
        '<a class="{} alone" data-act="alone" href="?" target="_blank" rel="noopener"'
        ' aria-label="{name}" title="{name}">{}</a>',
        classes, content, name="Open in a page of its own",
    )  # fmt: skip


def icon_button(act: str, icon: str, name: str) -> Markup:
    return html(
        '<button class="btn icon" type="button" data-act="{}" aria-label="{}" title="{}">{}</button>',
        act, name, name, ICONS[icon],
    )  # fmt: skip


def _crumbs(entry: Entry) -> Markup:
    chapter = next(chapter for chapter in reader.chapters() if chapter.slug == entry.chapter)
    there = [one.slug for one in published(chapter)]
    before, after = neighbours(entry)
    return html(
        """
        <a href="?chapter={slug}">{title}</a><span aria-hidden="true">/</span>
        <span class="place">{place} of {count}</span>{previous}{next}
        """,
        slug=chapter.slug,
        title=chapter.title,
        place=there.index(entry.slug) + 1,
        count=len(there),
        previous=_step(before, "Previous", "left"),
        next=_step(after, "Next", "right"),
    )


def _step(entry: Head | None, word: str, icon: str) -> Markup:
    if entry is None:
        return html('<span class="btn icon wide off" aria-hidden="true">{}</span>', ICONS[icon])
    return html(
        '<a class="btn icon wide" href="?entry={}" aria-label="{} entry: {}" title="{}">{}</a>',
        entry.slug, word, entry.title, entry.title, ICONS[icon],
    )  # fmt: skip
