"""The left column: search, level filter, and the chapters, each with its published entries once it is opened."""

import json
from collections import Counter

from markupsafe import Markup

from app.web.panels.icons import ICONS, LEVELS, MARK, level_dots
from app.web.panels.markup import EMPTY, html, join
from glossary import reader
from glossary.reader import Chapter
from glossary.schema import Head


def published(chapter: Chapter) -> list[Head]:
    """The chapter's entries that have a page, in teaching order."""
    heads = reader.heads()
    return [heads[slug] for slug in chapter.entries if slug in heads]


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
    """Every chapter; the browser asks for the list of one when it is opened, and marks the entry that is shown."""
    many = plural(len(reader.heads()), "entry")
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
    here = published(chapter)
    return html(
        """
        <li data-chapter="{slug}" data-levels="{levels}">
          <button type="button" aria-expanded="false" aria-controls="chapter-{slug}" data-act="chapter">
            {icon}<span>{title}</span><span class="n">{count}</span>
          </button>
          <ul id="chapter-{slug}" hidden></ul>
        </li>
        """,
        slug=chapter.slug,
        levels=json.dumps(Counter(entry.level for entry in here)),
        icon=ICONS["right"],
        title=chapter.title,
        count=len(here),
    )


def items(slug: object) -> Markup:
    """The list under a chapter of the rail; empty if there is no such chapter."""
    return join(_item(entry) for chapter in reader.chapters() if chapter.slug == slug for entry in published(chapter))


def _item(entry: Head) -> Markup:
    return html(
        '<li data-level="{}"><a href="?entry={}" data-entry="{}"><span>{}</span>{}</a></li>',
        entry.level, entry.slug, entry.slug, entry.title, level_dots(entry.level),
    )  # fmt: skip
