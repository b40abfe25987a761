"""The first page: what this is, a search, the lessons and the chapters; and the list of one chapter's entries."""

from collections import Counter

from markupsafe import Markup

from app.web.panels.bar import theme_button
from app.web.panels.icons import LEVELS, MARK, level_dots
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import first_sentence, inline
from app.web.panels.rail import plural, published, search_field
from app.web.panels.thumbnails import thumbnail
from app.web.permalink import write_map
from glossary import graph, reader
from glossary.reader import Chapter
from glossary.schema import Head, Lesson

TRIED = ("rope", "make the cache smaller", "who gets which expert")
"""Searches offered under the field."""


def top() -> Markup:
    """Bar and pitch; the page puts the live picture beside them."""
    count = len(reader.heads())
    return html(
        """
        <header class="bar">
          <a class="brand" href="?">{mark}Modelarium</a>
          <div class="acts">
            <a class="btn" href="#lessons">Lessons</a><a class="btn wide" href="#chapters">Chapters</a>
            <a class="btn" href="{map}">Map</a><span class="rule wide"></span>{theme}
          </div>
        </header>
        <div class="pitch">
          <h1 tabindex="-1">{ideas} from neural networks, {every}</h1>
          <p class="sub">
            Pick one. A small PyTorch model runs while you look, what it computes is drawn beside the words, and every
            claim on the page is checked by that run. {here} of {all} entries are here; the others are coming.
          </p>
          <div class="finder">{field}<ul class="hits" aria-live="polite" hidden></ul></div>
          {tried}{join}
        </div>
        """,
        mark=MARK,
        map=write_map("concepts"),
        theme=theme_button(),
        here=count,
        all=sum(len(chapter.entries) for chapter in reader.chapters()),
        ideas=plural(count, "idea"),
        every="every one running" if count > 1 else "and it is running",
        field=search_field("Search by name, alias or question", f"Search {plural(count, 'entry')}"),
        tried=_tried(),
        join=_join() if reader.lessons() else EMPTY,
    )


def _join() -> Markup:
    """Where the code on a teacher's screen is typed."""
    return html(
        """
        <form class="join"><label>Join a class<input name="code" maxlength="24" size="6" autocomplete="off"
          autocapitalize="none" spellcheck="false" placeholder="code" required></label>
          <button class="btn line" type="submit">Join</button><output></output></form>
        """
    )


def _tried() -> Markup:
    chips = join(html('<button class="chip" type="button" data-act="try">{}</button>', words) for words in TRIED)
    return html('<p class="try">Try {}</p>', chips)


PATH = 6
"""Entries of the beginner's path."""


FRONT_DOOR = "transformer"
"""Where the path begins without a lesson: a whole language model, of which the other steps are parts."""

FIRST_LESSON = "from-text-to-the-next-word"
"""The lesson whose entries are the beginner's path."""


def beginners() -> list[Head]:
    """What to read first: the entries of the first lesson; without it the whole, then beginner entries in order."""
    heads = reader.heads()
    if lesson := reader.lessons().get(FIRST_LESSON):
        return [heads[slug] for slug in dict.fromkeys(part.entry for part in lesson.parts)]
    order = [slug for layer in graph.layers(list(heads)) for slug in layer if heads[slug].level == "beginner"]
    first = [FRONT_DOOR] if FRONT_DOOR in heads else []
    return [heads[slug] for slug in (first + [slug for slug in order if slug not in first])[:PATH]]


def _start() -> Markup:
    steps = join(html('<li><a href="?entry={}"><b>{}</b></a></li>', entry.slug, entry.title) for entry in beginners())
    lesson = reader.lessons().get(FIRST_LESSON)
    as_lesson = (
        html(
            '<span>{}, step by step or <a href="?class=1&amp;lesson={}">as a lesson</a></span>',
            lesson.title[0].lower() + lesson.title[1:], lesson.slug,
        )
        if lesson
        else html("<span>a beginner’s path, in this order</span>")
    )  # fmt: skip
    return html(
        """
        <section class="all" id="start">
          <div class="band"><h2>Start here</h2>{as_lesson}</div>
          <ol class="path">{steps}</ol>
        </section>
        """,
        as_lesson=as_lesson,
        steps=steps,
    )


def _lessons() -> Markup:
    """Each can be learned alone, taught (a link that leads to a room of its own) and printed."""
    rows = join(_lesson(number, lesson) for number, lesson in enumerate(reader.lessons().values(), 1))
    if not rows:
        return EMPTY
    return html(
        """
        <section class="all" id="lessons">
          <div class="band"><h2>{count}</h2><span>each asks you to predict before it shows</span></div>
          <nav class="les numbered" aria-label="Lessons">{rows}</nav>
        </section>
        """,
        count=plural(len(reader.lessons()), "lesson"),
        rows=rows,
    )


def _lesson(number: int, lesson: Lesson) -> Markup:
    return html(
        """
        <div><a href="?class=1&amp;lesson={slug}"><i>{number}</i><b>{title}</b><small>{parts} questions</small>
            <p>{asks}</p></a>
          <p class="teach"><a href="?class=1&amp;lesson={slug}" data-lesson>Teach a class</a>
            <a href="modelarium/handout/{slug}" target="_blank">Handout</a>
            <a href="modelarium/notes/{slug}" target="_blank">Teacher’s notes</a></p></div>
        """,
        slug=lesson.slug, number=number, title=lesson.title, parts=len(lesson.parts), asks=inline(lesson.asks),
    )  # fmt: skip


def chapters() -> Markup:
    """A card for each chapter, which leads to its list."""
    here = [chapter for chapter in reader.chapters() if published(chapter)]
    levels = Counter(entry.level for entry in reader.heads().values())
    return html(
        """
        {start}{lessons}
        <section class="all" id="chapters">
          <div class="band"><h2>Chapters</h2><span>{counts}</span></div>
          <nav class="chs" aria-label="Chapters">{cards}</nav>
          {soon}
        </section>
        """,
        start=_start(),
        soon=_soon(),
        lessons=_lessons(),
        counts=" · ".join(f"{levels[level]} {level}" for level in LEVELS if levels[level]),
        cards=join(_card(chapter) for chapter in here),
    )


def _soon() -> Markup:
    """The chapters that have no page yet."""
    titles = [chapter.title for chapter in reader.chapters() if not published(chapter)]
    return html('<p class="soon">Coming: {}.</p>', ", ".join(titles)) if titles else EMPTY


def _card(chapter: Chapter) -> Markup:
    return html(
        '<a href="?chapter={}">{}<div><span>{}</span><span class="n">{}</span></div></a>',
        chapter.slug, thumbnail(chapter.slug), chapter.title, _here(chapter),
    )  # fmt: skip


def _here(chapter: Chapter) -> str:
    """“25”, or “2 of 11” where some are to come."""
    here, every = len(published(chapter)), len(chapter.entries)
    return str(every) if here == every else f"{here} of {every}"


def entries_of(slug: str) -> Markup:
    """What the address ``?chapter=`` opens: the entries of one chapter, each with its first sentence."""
    chapter = next(one for one in reader.chapters() if one.slug == slug)
    entries = published(chapter)
    return html(
        """
        <section class="chapter">
          <div class="band"><h2 tabindex="-1">{title}</h2>
            <span>{count} · <a href="{map}">on the map</a></span></div>
          <nav class="les" aria-label="{title}">{rows}</nav>
        </section>
        """,
        title=chapter.title,
        count=plural(len(entries), "entry"),
        map=write_map("concepts", chapter.slug),
        rows=join(_row(entry) for entry in entries),
    )


def _row(entry: Head) -> Markup:
    lead, _ = first_sentence(reader.entries()[entry.slug].definition)
    return html(
        '<a href="?entry={}"><b>{}</b>{}<p>{}</p></a>',
        entry.slug, entry.title, level_dots(entry.level), inline(lead),
    )  # fmt: skip
