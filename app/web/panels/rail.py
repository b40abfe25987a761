"""The left column: search, level filter, and the published entries by chapter."""

from markupsafe import Markup

from app.web.panels.icons import ICONS, LEVELS, MARK, level_dots
from app.web.panels.markup import EMPTY, html, join
from glossary import reader
from glossary.reader import Chapter
from glossary.schema import Entry


def published(chapter: Chapter) -> list[Entry]:
    """The chapter's entries that have a page, in teaching order."""
    entries = reader.entries()
    return [entries[slug] for slug in chapter.entries if slug in entries]


def plural(count: int, noun: str) -> str:
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else many}"


def search_field(placeholder: str, label: str) -> Markup:
    return html(
        """
        <div class="search" role="search">{icon}
          <input type="search" placeholder="{placeholder}" aria-label="{label}" autocomplete="off" spellcheck="false"
            data-act="search">
          <kbd aria-hidden="true">/</kbd>
        </div>
        """,
        icon=ICONS["search"],
        placeholder=placeholder,
        label=label,
    )


def rail() -> Markup:
    """The whole catalogue; which entry is open is marked in the browser."""
    many = plural(len(reader.entries()), "entry")
    return html(
        """
        <a class="skip" href="#controls">Skip to the controls</a>
        <nav class="rail" aria-label="Catalogue">
          <div class="railhead">
            <a class="brand" href="?">{mark}Modelarium</a>
            <button class="btn icon narrow" type="button" data-act="drawer" aria-label="Close the catalogue">
              {close}</button>
          </div>
          {search}
          <div class="seg" role="radiogroup" aria-label="Level">{levels}</div>
          <ul class="cat">{chapters}</ul>
          <ul class="hits" aria-live="polite" hidden></ul>
        </nav>
        """,
        mark=MARK,
        close=ICONS["close"],
        search=search_field(f"Search {many}", f"Search {many}"),
        levels=join(_level(level) for level in ("", *LEVELS)),
        chapters=join(_chapter(chapter) for chapter in reader.chapters() if published(chapter)),
    )


def _level(level: str) -> Markup:
    return html(
        '<label><input type="radio" name="level" value="{}" {}><span>{}</span></label>',
        level, EMPTY if level else Markup("checked"), level.capitalize() or "All",
    )  # fmt: skip


def _chapter(chapter: Chapter) -> Markup:
    entries = published(chapter)
    return html(
        """
        <li data-chapter="{slug}">
          <button type="button" aria-expanded="false" aria-controls="chapter-{slug}" data-act="chapter">
            {icon}<span>{title}</span><span class="n">{count}</span>
          </button>
          <ul id="chapter-{slug}" hidden>{items}</ul>
        </li>
        """,
        slug=chapter.slug,
        icon=ICONS["right"],
        title=chapter.title,
        count=len(entries),
        items=join(_item(entry) for entry in entries),
    )


def _item(entry: Entry) -> Markup:
    return html(
        '<li data-level="{}"><a href="?entry={}" data-entry="{}"><span>{}</span>{}</a></li>',
        entry.level, entry.slug, entry.slug, entry.title, level_dots(entry.level),
    )  # fmt: skip
