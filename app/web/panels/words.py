"""The middle column: what an entry says, its equations beside their code, and where it leads."""

from markupsafe import Markup

from app.source import source
from app.web.panels.code import listing
from app.web.panels.icons import ICONS, level_dots
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.pairs import pairs
from app.web.panels.prose import blocks, first_sentence, inline, tex
from app.web.permalink import write_map
from glossary import reader
from glossary.recipes import Recipe, with_part
from glossary.schema import Entry, Equation


def head(entry: Entry) -> Markup:
    """Level and aliases, title, definition with its first sentence apart, purpose."""
    lead, rest = first_sentence(entry.definition)
    also = html("<span>also: {}</span>", ", ".join(entry.aliases)) if entry.aliases else EMPTY
    return html(
        """
        <p class="kicker"><span>{level} {dots}</span>{also}</p>
        <h1 tabindex="-1">{title}</h1>
        <div class="def"><p class="lead">{lead}</p>{rest}</div>
        <div class="purpose">{purpose}</div>
        """,
        level=entry.level.capitalize(),
        dots=level_dots(entry.level),
        also=also,
        title=entry.title,
        lead=inline(lead),
        rest=blocks(rest) if rest else EMPTY,
        purpose=blocks(entry.purpose),
    )


def section(title: str, aside: str | Markup = "") -> Markup:
    return html('<div class="sec"><h2>{}</h2><span>{}</span></div>', title, aside)


def equations(entry: Entry) -> Markup:
    """Each equation with a button that opens the source of the function that computes it."""
    rows = join(_equation(index, equation) for index, equation in enumerate(entry.equations))
    return html('{}<div class="eqs">{}</div>', section("Equations", "each opens the code that ran"), rows)


def _equation(index: int, equation: Equation) -> Markup:
    found = source(equation.code)
    called = equation.code.partition(":")[2]
    last = called.rpartition(".")[2]
    return html(
        """
        <div class="eq" data-name="{name}">{tex}
          <button class="fn" type="button" aria-expanded="false" aria-controls="source-{index}" title="{name}"
            data-act="source"><span class="sr">Code of {name}: </span>{called}</button>
          <pre class="src" id="source-{index}" tabindex="0" hidden>{code}</pre>
        </div>
        """,
        index=index,
        name=equation.name,
        tex=tex(equation.latex, display=True),
        called=f"{called}()" if last[:1].islower() else called,
        code=listing(found, equation.name),
    )


def fact_check(entry: Entry) -> Markup:
    """Where what is often said and what is published part; further facts of the sources."""
    parts = (("Fact check", entry.fact_check), ("Details", entry.details))
    return join(html('{}<div class="further">{}</div>', section(title), blocks(text)) for title, text in parts if text)


def links(entry: Entry) -> Markup:
    """Needs, variants, pairs to compare, models that use it, sources, and the neighbours in the chapter."""
    rows = [
        ("Needs", _chips(entry.needs)),
        ("Variants", _chips(entry.variants)),
        ("Beside", pairs(entry)),
        ("Used in", join(html('<span class="chip plain">{}</span>', name) for name in entry.used_in)),
        ("Recipes", join(map(recipe_chip, with_part(entry.slug)))),
    ]
    chips = join(html('<dt>{}</dt><dd class="chips">{}</dd>', name, row) for name, row in rows if row)
    cites = join(html('<dd class="cite">{}</dd>', citation(cite)) for cite in entry.cite)
    return html(
        '{}<dl class="links">{}<dt>{}</dt><div class="cites">{}</div></dl>{}',
        section("From here", _on_the_map(entry)),
        chips,
        "Source" if len(entry.cite) == 1 else "Sources",
        cites,
        _neighbours(entry),
    )


def _on_the_map(entry: Entry) -> Markup:
    return html('<a href="{}">on the map</a>', write_map("concepts", entry.slug))


def recipe_chip(recipe: Recipe, *, current: bool = False) -> Markup:
    here = Markup(' aria-current="page"') if current else EMPTY
    return html('<a class="chip" href="{}"{}>{}</a>', write_map("recipes", recipe.slug), here, recipe.title)


def _chips(slugs: list[str]) -> Markup:
    published = reader.entries()
    return join(
        html('<a class="chip" href="?entry={}">{}</a>', slug, published[slug].title)
        for slug in slugs
        if slug in published
    )


def citation(cite: str) -> Markup:
    """“Su et al., *RoFormer*, 2021, section 3.2”, the section being the link."""
    key, _, place = cite.partition("#")
    reference = reader.references().get(key)
    if reference is None:
        return html("{}", cite)
    place = place or ("arXiv" if reference.arxiv else "source")
    linked = html('<a href="{}" rel="noopener" target="_blank">{}</a>', reference.address, place)
    return html(
        "{}, <i>{}</i>, {}{}, {}",
        reference.authors, reference.title, f"{reference.venue}, " if reference.venue else "", reference.year,
        linked if reference.address else place,
    )  # fmt: skip


def neighbours(entry: Entry) -> tuple[Entry | None, Entry | None]:
    """The published entries before and after, over the chapters' borders."""
    order = list(reader.entries().values())
    here = order.index(entry)
    return order[here - 1] if here else None, order[here + 1] if here + 1 < len(order) else None


def _neighbours(entry: Entry) -> Markup:
    before, after = neighbours(entry)
    back = (
        html('<a href="?entry={}" rel="prev">{}{}</a>', before.slug, ICONS["left"], before.title) if before else EMPTY
    )
    on = html('<a href="?entry={}" rel="next">{}{}</a>', after.slug, after.title, ICONS["right"]) if after else EMPTY
    return html('<nav class="onward" aria-label="Neighbouring entries"><span>{}</span><span>{}</span></nav>', back, on)
