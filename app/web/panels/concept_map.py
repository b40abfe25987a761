"""The map of the glossary: concepts by what they need, by year, and as the parts of published models."""

import json
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from app.web.panels.bar import theme_button
from app.web.panels.icons import MARK, level_dots
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import first_sentence, inline
from app.web.panels.rail import plural, search_field
from app.web.panels.words import citation, recipe_chip
from app.web.permalink import MAPS, Place, write_map
from glossary import graph, reader
from glossary.coming import title as coming_title
from glossary.recipes import Recipe, recipes, with_part
from glossary.schema import Entry

NAMES = {"concepts": "Concepts", "timeline": "Timeline", "recipes": "Recipes"}


def title(place: Place) -> str:
    if place.at is None:
        return f"{NAMES[place.map or MAPS[0]]} · Map"
    named = recipes()[place.at].title if place.map == "recipes" else reader.entries()[place.at].title
    return f"{named} · Map"


def page(place: Place) -> Markup:
    """One of the three maps under a bar that leads to the others."""
    draw = {"concepts": _concepts, "timeline": _timeline, "recipes": _recipes}
    return html(
        """
        <div class="mp">
          <header class="bar">
            <div class="crumbs"><a class="brand" href="?">{mark}<span class="wide">Modelarium</span></a>
              <nav class="maps" aria-label="Maps">{maps}</nav></div>
            <div class="acts">
              <div class="finder">{search}<ul class="hits" aria-live="polite" hidden></ul></div>{theme}
            </div>
          </header>
          {problems}{map}
        </div>
        """,
        mark=MARK,
        maps=join(_tab(name, place.map) for name in MAPS),
        search=search_field("Search", f"Search {plural(len(reader.entries()), 'entry')}"),
        theme=theme_button(),
        problems=join(html('<p class="notice" role="alert">{}</p>', problem) for problem in place.problems),
        map=draw[place.map or MAPS[0]](place.at),
    )


def _tab(name: str, current: str | None) -> Markup:
    here = Markup(' aria-current="page"') if name == current else EMPTY
    return html('<a href="{}"{}>{}</a>', write_map(name), here, NAMES[name])


def _concepts(at: str | None) -> Markup:
    entries = reader.entries()
    if at is not None:
        return _walk(entries[at])
    columns = [(f"Step {index}", layer) for index, layer in enumerate(graph.layers(list(entries)), 1)]
    return html(
        """
        <h1 tabindex="-1">{count} and what they need</h1>
        <p class="cap">A line runs from an entry to those that need it, a dashed one joins variants. Every entry stands
          one step after the last of its needs. Open one to walk on from it.</p>{picture}
        """,
        count=plural(len(entries), "idea"),
        picture=_picture([(name, [_node(entries[slug]) for slug in layer]) for name, layer in columns], list(entries)),
    )


def _walk(entry: Entry) -> Markup:
    entries, near, uses = reader.entries(), graph.around(entry.slug), with_part(entry.slug)
    columns = [
        ("Further back", _nodes(near.before)),
        ("Needs", _nodes(near.needs) + _coming(entry.needs)),
        ("Here, and variants", [_here(entry), *_nodes(near.variants), *_coming(entry.variants)]),
        ("Needed by", _nodes(near.needed_by)),
        ("Further on", _nodes(near.after)),
        ("Used in", [_recipe_node(recipe) for recipe in uses]),
    ]
    shown = [entry.slug, *near.before, *near.needs, *near.variants, *near.needed_by, *near.after]
    return html(
        """
        <h1 tabindex="-1">{title}</h1>
        <p class="lead">{lead}</p>
        <p class="go"><a class="btn solid" href="?entry={slug}">Open its page</a>
          <a class="btn line" href="{all}">All {count}</a></p>{picture}
        """,
        title=entry.title,
        lead=inline(first_sentence(entry.definition)[0]),
        slug=entry.slug,
        all=write_map("concepts"),
        count=plural(len(entries), "idea"),
        picture=_picture([column for column in columns if column[1]], shown),
    )


def _picture(columns: Sequence[tuple[str, list[Markup]]], shown: Sequence[str]) -> Markup:
    """Columns of entries as lists; the browser draws the lines between them."""
    seen = set(shown)
    lines = [(edge.start, edge.end, edge.kind) for edge in graph.edges() if edge.start in seen and edge.end in seen]
    lists = join(
        html("<section><h2>{}</h2><ul>{}</ul></section>", name, join(html("<li>{}</li>", node) for node in nodes))
        for name, nodes in columns
    )
    return html('<div class="graph" data-lines="{}"><svg aria-hidden="true"></svg>{}</div>', json.dumps(lines), lists)


def _nodes(slugs: Iterable[str]) -> list[Markup]:
    return [_node(reader.entries()[slug]) for slug in slugs]


def _node(entry: Entry) -> Markup:
    """An entry to walk to; those who cannot see the lines hear what it needs."""
    needs = [reader.entries()[slug].title for slug in entry.needs if slug in reader.entries()]
    spoken = html('<span class="sr">, needs {}</span>', ", ".join(needs)) if needs else EMPTY
    return html(
        '<a class="node" href="{}" data-node="{}">{}{}{}</a>',
        write_map("concepts", entry.slug), entry.slug, entry.title, level_dots(entry.level), spoken,
    )  # fmt: skip


def _here(entry: Entry) -> Markup:
    return html('<strong class="node" data-node="{}">{}</strong>', entry.slug, entry.title)


def _recipe_node(recipe: Recipe) -> Markup:
    return html(
        '<a class="node" href="{}" data-node="recipe {}">{}</a>',
        write_map("recipes", recipe.slug), recipe.slug, recipe.title,
    )  # fmt: skip


def _coming(slugs: Iterable[str]) -> list[Markup]:
    return [coming(slug) for slug in dict.fromkeys(slugs) if slug not in reader.entries()]


def coming(slug: str) -> Markup:
    """An id of the catalogue that has no page yet."""
    return html('<span class="node coming">{}<small>coming</small></span>', coming_title(slug))


def _timeline(_: str | None) -> Markup:
    years = graph.timeline()
    models: dict[int, list[Recipe]] = {}
    for recipe in recipes().values():
        models.setdefault(recipe.year, []).append(recipe)
    rows = join(
        html(
            "<li><h2>{}</h2><div>{}{}</div></li>",
            year,
            join(_nodes(years.get(year, []))),
            join(map(_recipe_node, models.get(year, []))),
        )
        for year in sorted(years.keys() | models.keys())
    )
    return html(
        """
        <h1 tabindex="-1">When it was defined</h1>
        <p class="cap">Each entry stands in the year of the work that defines it, which its sources name.
          Round: published models.</p>
        <ol class="years">{}</ol>
        """,
        rows,
    )


def _recipes(at: str | None) -> Markup:
    chips = join(recipe_chip(recipe, current=recipe.slug == at) for recipe in recipes().values())
    return html(
        """
        <h1 tabindex="-1">{}</h1>
        <nav class="chips" aria-label="Recipes">{}</nav>{}
        """,
        recipes()[at].title if at else "Models and what they are made of",
        chips,
        _recipe(recipes()[at]) if at else EMPTY,
    )


def _recipe(recipe: Recipe) -> Markup:
    entries = reader.entries()
    here = sum(part in entries for part in recipe.parts)
    count = f"{here} of {len(recipe.parts)} parts have a page" if here < len(recipe.parts) else "Every part has a page"
    rows = join(html("<li>{}<p>{}</p></li>", _part(slug), inline(does)) for slug, does in recipe.parts.items())
    return html(
        '<p class="cap">{}. {}.</p><ol class="parts">{}</ol><div class="cites">{}</div>',
        recipe.year, count, rows, join(html('<p class="cite">{}</p>', citation(cite)) for cite in recipe.cite),
    )  # fmt: skip


def _part(slug: str) -> Markup:
    entry = reader.entries().get(slug)
    if entry is None:
        return coming(slug)
    return html('<a class="node" href="?entry={}">{}{}</a>', slug, entry.title, level_dots(entry.level))
