"""The map of the glossary: chapters and concepts by what they need, by year, and as the parts of published models."""

from markupsafe import Markup

from app.web.panels.bar import theme_button
from app.web.panels.concept_graph import coming, concepts, nodes, recipe_node
from app.web.panels.icons import MARK, level_dots
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import inline
from app.web.panels.rail import plural, search_field
from app.web.panels.words import citation, recipe_chip
from app.web.permalink import MAPS, Place, write_map
from glossary import graph, reader
from glossary.recipes import Recipe, recipes

NAMES = {"concepts": "Concepts", "timeline": "Timeline", "recipes": "Recipes"}


def title(place: Place) -> str:
    if place.at is None:
        return f"{NAMES[place.map or MAPS[0]]} · Map"
    titles = {chapter.slug: chapter.title for chapter in reader.chapters()}
    titles |= {slug: head.title for slug, head in reader.heads().items()}
    named = recipes()[place.at].title if place.map == "recipes" else titles[place.at]
    return f"{named} · Map"


def page(place: Place) -> Markup:
    """One of the three maps under a bar that leads to the others."""
    draw = {"concepts": concepts, "timeline": _timeline, "recipes": _recipes}
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
        search=search_field("Search", f"Search {plural(len(reader.heads()), 'entry')}"),
        theme=theme_button(),
        problems=join(html('<p class="notice" role="alert">{}</p>', problem) for problem in place.problems),
        map=draw[place.map or MAPS[0]](place.at),
    )


def _tab(name: str, current: str | None) -> Markup:
    here = Markup(' aria-current="page"') if name == current else EMPTY
    return html('<a href="{}"{}>{}</a>', write_map(name), here, NAMES[name])


def _timeline(_: str | None) -> Markup:
    years = graph.timeline()
    models: dict[int, list[Recipe]] = {}
    for recipe in recipes().values():
        models.setdefault(recipe.year, []).append(recipe)
    rows = join(
        html(
            "<li><h2>{}</h2><div>{}{}</div></li>",
            year,
            join(nodes(years.get(year, []))),
            join(map(recipe_node, models.get(year, []))),
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
    heads = reader.heads()
    here = sum(part in heads for part in recipe.parts)
    count = f"{here} of {len(recipe.parts)} parts have a page" if here < len(recipe.parts) else "Every part has a page"
    rows = join(html("<li>{}<p>{}</p></li>", _part(slug), inline(does)) for slug, does in recipe.parts.items())
    return html(
        '<p class="cap">{}. {}.</p><ol class="parts">{}</ol><div class="cites">{}</div>',
        recipe.year, count, rows, join(html('<p class="cite">{}</p>', citation(cite)) for cite in recipe.cite),
    )  # fmt: skip


def _part(slug: str) -> Markup:
    entry = reader.heads().get(slug)
    if entry is None:
        return coming(slug)
    return html('<a class="node" href="?entry={}">{}{}</a>', slug, entry.title, level_dots(entry.level))
