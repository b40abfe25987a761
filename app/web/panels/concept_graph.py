"""The map of concepts: all chapters, the entries of one, or the neighbours of an entry, with the lines between them."""

import json
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from app.web.panels.icons import level_dots
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import first_sentence, inline
from app.web.panels.rail import plural, published
from app.web.permalink import write_map
from glossary import graph, reader
from glossary.coming import title as coming_title
from glossary.reader import Chapter
from glossary.recipes import Recipe, with_part
from glossary.schema import Entry, Head

MOST_IN_A_LIST = 12
"""Entries of a list beside the entry that is walked from."""


def concepts(at: str | None) -> Markup:
    if at is None:
        return _chapters()
    chapter = next((one for one in reader.chapters() if one.slug == at), None)
    return _chapter(chapter) if chapter else _walk(reader.entries()[at])


def _chapters() -> Markup:
    """All chapters that have a page: what each rests on, and how often."""
    here = {chapter.slug: chapter for chapter in reader.chapters() if published(chapter)}
    soon = [chapter.title for chapter in reader.chapters() if chapter.slug not in here]
    links, needs = graph.edges_of_chapters(), graph.needs_of_chapters()
    columns = [(f"Step {index}", layer) for index, layer in enumerate(graph.layers(list(here), links), 1)]
    return html(
        """
        <h1 tabindex="-1">{count} and what they need</h1>
        <p class="cap"><span class="across">A line runs to each chapter from the one or two earlier chapters that its
          entries need most.</span> <span class="below">Each chapter stands below the one or two that its entries need
          most.</span> Open a chapter to see its entries.</p>{picture}{table}{soon}
        """,
        count=plural(len(here), "chapter"),
        picture=_picture(
            [
                (name, [_chapter_node(here[slug], len(published(here[slug]))) for slug in layer])
                for name, layer in columns
            ],
            links,
        ),
        table=_table(
            ("Chapter", "Entries", "Needs entries of"),
            (
                (
                    _to_chapter(chapter),
                    html("{}", len(published(chapter))),
                    join(
                        (html("{} ({})", _to_chapter(here[slug]), count) for slug, count in needs[name].items()), ", "
                    ),
                )
                for name, chapter in here.items()
            ),
        ),
        soon=html('<p class="soon">Coming: {}.</p>', ", ".join(soon)) if soon else EMPTY,
    )


def _chapter(chapter: Chapter) -> Markup:
    """The entries of one chapter in the order of their needs, and the chapters around it."""
    slugs = [head.slug for head in published(chapter)]
    inside = [edge for edge in graph.edges() if edge.start in slugs and edge.end in slugs]
    columns = [(f"Step {index}", layer) for index, layer in enumerate(graph.layers(slugs, inside), 1)]
    needs = graph.needs_of_chapters()
    users = {slug: counts[chapter.slug] for slug, counts in needs.items() if chapter.slug in counts}
    return html(
        """
        <h1 tabindex="-1">{title}</h1>
        <p class="cap"><span class="across">A line runs from an entry to those that need it, unless a longer way leads
          there. Point at an entry to see its variants, dashed.</span> <span class="below">Each entry stands below all
          that it needs; the table says which.</span> Open one to walk on from it.</p>
        <p class="go"><a class="btn line" href="{all}">All chapters</a>
          <a class="btn line" href="?chapter={slug}">As a list</a></p>
        {before}{after}{picture}{table}
        """,
        title=chapter.title,
        slug=chapter.slug,
        all=write_map("concepts"),
        before=_around_chapter("Needs entries of", needs[chapter.slug]),
        after=_around_chapter("Needed by entries of", users),
        picture=_picture(
            [(name, [_node(reader.heads()[slug]) for slug in layer]) for name, layer in columns], graph.followed(inside)
        ),
        table=_table(
            ("Entry", "Needs", "Variants"),
            (
                (_to_entry(slug), *(join(map(_to_entry, known(slugs)), ", ") for slugs in (head.needs, head.variants)))
                for slug, head in ((slug, reader.heads()[slug]) for slug in slugs)
            ),
        ),
    )


def known(slugs: Iterable[str]) -> list[str]:
    """Those that have a page, each once."""
    return [slug for slug in dict.fromkeys(slugs) if slug in reader.heads()]


def _around_chapter(says: str, counts: Mapping[str, int]) -> Markup:
    titles = {chapter.slug: chapter for chapter in reader.chapters()}
    most_first = sorted(counts.items(), key=lambda one: -one[1])
    chips = join(_chapter_node(titles[slug], plural(count, "link")) for slug, count in most_first)
    return html('<p class="beside">{} {}</p>', says, chips) if counts else EMPTY


def _table(heads: Sequence[str], rows: Iterable[Sequence[Markup]]) -> Markup:
    """What the lines say, in words."""
    body = join(
        html(
            "<tr>{}</tr>", join([html('<th scope="row">{}</th>', first), *(html("<td>{}</td>", cell) for cell in rest)])
        )
        for first, *rest in rows
    )
    return html(
        '<details class="twin"><summary>The same as a table</summary><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></details>",
        join(html('<th scope="col">{}</th>', head) for head in heads), body,
    )  # fmt: skip


def _to_chapter(chapter: Chapter) -> Markup:
    return html('<a href="{}">{}</a>', write_map("concepts", chapter.slug), chapter.title)


def _to_entry(slug: str) -> Markup:
    return html('<a href="{}">{}</a>', write_map("concepts", slug), reader.heads()[slug].title)


def _chapter_node(chapter: Chapter, count: object) -> Markup:
    return html(
        '<a class="node" href="{}" data-node="{}">{}<small>{}</small></a>',
        write_map("concepts", chapter.slug), chapter.slug, chapter.title, count,
    )  # fmt: skip


def _walk(entry: Entry) -> Markup:
    near, uses = graph.around(entry.slug), with_part(entry.slug)
    chapter = next(chapter for chapter in reader.chapters() if chapter.slug == entry.chapter)
    before, after, needed_by = (slugs[:MOST_IN_A_LIST] for slugs in (near.before, near.after, near.needed_by))
    columns = [
        ("Further back", [*nodes(before), *_left_out(near.before)]),
        ("Needs", nodes(near.needs) + _coming(entry.needs)),
        ("Here, and variants", [_here(entry), *nodes(near.variants), *_coming(entry.variants)]),
        ("Needed by", [*nodes(needed_by), *_left_out(near.needed_by)]),
        ("Further on", [*nodes(after), *_left_out(near.after)]),
        ("Used in", [recipe_node(recipe) for recipe in uses]),
    ]
    shown = {entry.slug, *before, *near.needs, *near.variants, *needed_by, *after}
    links = [
        edge
        for edge in graph.edges()
        if {edge.start, edge.end} <= shown and (edge.kind == "needs" or entry.slug in (edge.start, edge.end))
    ]
    return html(
        """
        <h1 tabindex="-1">{title}</h1>
        <p class="lead">{lead}</p>
        <p class="go"><a class="btn solid" href="?entry={slug}">Open its page</a>
          <a class="btn line" href="{home}">{chapter}</a><a class="btn line" href="{all}">All chapters</a></p>{picture}
        """,
        title=entry.title,
        lead=inline(first_sentence(entry.definition)[0]),
        slug=entry.slug,
        home=write_map("concepts", chapter.slug),
        chapter=chapter.title,
        all=write_map("concepts"),
        picture=_picture([column for column in columns if column[1]], graph.followed(links)),
    )


def _left_out(slugs: Sequence[str]) -> list[Markup]:
    """How many of a list are not shown."""
    more = len(slugs) - MOST_IN_A_LIST
    return [html('<span class="node coming">and {} more</span>', more)] if more > 0 else []


def _picture(columns: Sequence[tuple[str, list[Markup]]], links: Iterable[graph.Edge]) -> Markup:
    """Columns as lists; the browser draws the lines between them."""
    lines = [(edge.start, edge.end, edge.kind) for edge in links]
    lists = join(
        html("<section><h2>{}</h2><ul>{}</ul></section>", name, join(html("<li>{}</li>", node) for node in nodes))
        for name, nodes in columns
    )
    return html('<div class="graph" data-lines="{}"><svg aria-hidden="true"></svg>{}</div>', json.dumps(lines), lists)


def nodes(slugs: Iterable[str]) -> list[Markup]:
    return [_node(reader.heads()[slug]) for slug in slugs]


def _node(entry: Head) -> Markup:
    """An entry to walk to; those who cannot see the lines hear what it needs."""
    needs = [reader.heads()[slug].title for slug in known(entry.needs)]
    spoken = html('<span class="sr">, needs {}</span>', ", ".join(needs)) if needs else EMPTY
    return html(
        '<a class="node" href="{}" data-node="{}">{}{}{}</a>',
        write_map("concepts", entry.slug), entry.slug, entry.title, level_dots(entry.level), spoken,
    )  # fmt: skip


def _here(entry: Entry) -> Markup:
    return html('<strong class="node" data-node="{}">{}</strong>', entry.slug, entry.title)


def recipe_node(recipe: Recipe) -> Markup:
    return html(
        '<a class="node" href="{}" data-node="recipe {}">{}</a>',
        write_map("recipes", recipe.slug), recipe.slug, recipe.title,
    )  # fmt: skip


def _coming(slugs: Iterable[str]) -> list[Markup]:
    return [coming(slug) for slug in dict.fromkeys(slugs) if slug not in reader.heads()]


def coming(slug: str) -> Markup:
    """An id of the catalogue that has no page yet."""
    return html('<span class="node coming">{}<small>coming</small></span>', coming_title(slug))
