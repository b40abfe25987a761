"""The middle column: what an entry says, its equations beside their code, and where it leads."""

from markupsafe import Markup

from app.number_format import begun
from app.source import source
from app.web.panels.code import copied, listing
from app.web.panels.diagram import diagram
from app.web.panels.icons import ICONS, level_dots
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import blocks, first_sentence, inline, tex
from app.web.permalink import write_map, write_pair
from glossary import reader
from glossary.recipes import Recipe, with_part
from glossary.schema import Entry, Equation, Head


def head(entry: Entry) -> Markup:
    """Level and aliases, title, definition with its first sentence apart, purpose."""
    lead, rest = first_sentence(entry.definition)
    also = html("<span>also: {}</span>", ", ".join(entry.aliases)) if entry.aliases else EMPTY
    return html(
        """
        <p class="kicker"><span>{level} {dots}</span>{also}</p>
        <h1 tabindex="-1">{title}</h1>
        <div class="def"><p class="lead">{lead}</p>{rest}</div>
        <div class="purpose">{purpose}</div>{where}
        """,
        level=entry.level.capitalize(),
        dots=level_dots(entry.level),
        also=also,
        title=entry.title,
        lead=inline(lead),
        rest=blocks(rest) if rest else EMPTY,
        purpose=blocks(entry.purpose),
        where=diagram(entry),
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
        <div class="eq" data-name="{name}">
          <div class="of"><span class="name">{shown}</span>
            <button class="fn" type="button" aria-expanded="false" aria-controls="source-{index}" data-act="source">
              <span class="sr">Code of {name}: </span>{called}</button></div>
          {tex}{symbols}
          {code}
        </div>
        """,
        index=index,
        name=equation.name,
        shown=begun(equation.name),
        tex=tex(equation.latex, display=True),
        symbols=_symbols(equation),
        called=f"{called}()" if last[:1].islower() else called,
        code=copied(listing(found, equation.name), html('id="source-{}" hidden', index)),
    )


def _symbols(equation: Equation) -> Markup:
    """What each letter stands for, on demand; the browser lights the control and the axis that it is."""
    if not equation.symbols:
        return EMPTY
    rows = join(
        html(
            '<div data-symbol="{}" data-control="{}" data-says="{}" tabindex="0"><dt>{}</dt><dd>{}</dd></div>',
            symbol.tex, symbol.control, symbol.says, tex(symbol.tex), inline(symbol.says),
        )
        for symbol in equation.symbols
    )  # fmt: skip
    return html('<details class="symbols"><summary>Symbols</summary><dl>{}</dl></details>', rows)


def fact_check(entry: Entry) -> Markup:
    """Where what is often said and what is published part; further facts of the sources, folded."""
    checked = html('{}<div class="further">{}</div>', section("Fact check"), _checked(entry.fact_check))
    details = html(
        '<details class="details"><summary><h2>Details</h2></summary><div class="further">{}</div></details>',
        blocks(entry.details),
    )
    return explained((checked if entry.fact_check else EMPTY) + (details if entry.details else EMPTY))


TINY_WORLD = (
    "The tiny world is made up: 48 people with homes, jobs, pets and friends, 24 cities with rivers and lands. Rules"
    " write simple English about it, without end, and the small models here learn from these texts. All facts are"
    " known, so right answers can be counted. A fifth of the facts were never stated in training."
)


def explained(text: Markup) -> Markup:
    """The words with the first “tiny world” as a button that opens, in the browser alone, what that is."""
    if "tiny world" not in text:
        return text
    button = html('<button class="explained" type="button" popovertarget="tiny-world">tiny world</button>')
    note = html('<p class="explanation" id="tiny-world" popover>{}</p>', TINY_WORLD)
    return text.replace("tiny world", button, 1) + note


SHORT = 130
"""Characters that a fold would hardly save: two lines."""


def _checked(text: str) -> Markup:
    """The first sentence, with the second where that only says what is often said, or little; the rest is folded."""
    first, rest = first_sentence(text)
    if first.startswith(("Often", "“")) or len(first) < 60:
        answer, rest = first_sentence(rest)
        first = f"{first} {answer}"
    if len(rest) < SHORT:
        return blocks(text)
    return html(
        '<p>{}</p><details class="more-checked"><summary>more</summary>{}</details>', inline(first), blocks(rest)
    )


def links(entry: Entry) -> Markup:
    """Needs, variants with their comparison, models that use it, sources, and the neighbours in the chapter."""
    rows = [
        ("Needs", _chips(entry.needs)),
        ("Variants", _variants(entry)),
        ("Used in", html("<span>{}</span>", ", ".join(entry.used_in)) if entry.used_in else EMPTY),
        ("Recipes", join(map(recipe_chip, with_part(entry.slug)))),
    ]
    chips = join(html('<dt>{}</dt><dd class="chips">{}</dd>', name, row) for name, row in rows if row)
    return html(
        '{}<dl class="links">{}<dt>{}</dt><dd class="cites">{}</dd></dl>{}',
        section("From here", _on_the_map(entry)),
        chips,
        "Source" if len(entry.cite) == 1 else "Sources",
        _sources(entry),
        _neighbours(entry),
    )


def _sources(entry: Entry) -> Markup:
    """The defining work in short; all of them in full are folded."""
    order = sorted(entry.cite, key=lambda cite: cite.partition("#")[0] != entry.defined_by)
    full = join(html('<p class="cite">{} {}</p>', citation(cite), _defining(entry, cite)) for cite in order)
    count = "in full" if len(order) == 1 else f"all {len(order)} in full"
    short = html('<p class="cite">{} {}</p>', short_citation(order[0]), _defining(entry, order[0]))
    return short + html("<details><summary>{}</summary>{}</details>", count, full)


def _variants(entry: Entry) -> Markup:
    """One list: each variant's page, and beside it the comparison with it."""
    published = reader.heads()
    return join(
        html(
            """
            <span class="chip pair"><a href="?entry={slug}">{title}</a><a class="beside" href="{pair}"
              aria-label="Compare with {title}" title="Compare with {title}">{icon}</a></span>
            """,
            slug=slug,
            title=published[slug].title,
            pair=write_pair(entry.slug, {}, slug, {}),
            icon=ICONS["compare"],
        )
        for slug in entry.variants
        if slug in published
    )


def _defining(entry: Entry, cite: str) -> Markup:
    defines = entry.defined_by == cite.partition("#")[0]
    return html('<span class="defining">defines it</span>') if defines else EMPTY


def _on_the_map(entry: Entry) -> Markup:
    return html('<a href="{}">on the map</a>', write_map("concepts", entry.slug))


def recipe_chip(recipe: Recipe, *, current: bool = False) -> Markup:
    here = Markup(' aria-current="page"') if current else EMPTY
    return html('<a class="chip" href="{}"{}>{}</a>', write_map("recipes", recipe.slug), here, recipe.title)


def _chips(slugs: list[str]) -> Markup:
    published = reader.heads()
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


def short_citation(cite: str) -> Markup:
    """“Su et al. 2021, section 3.2”: where the whole of it stands under the sources, or is a link away."""
    key, _, place = cite.partition("#")
    reference = reader.references().get(key)
    if reference is None:
        return html("{}", cite)
    first, several, _ = reference.authors.partition(",")
    first, two, _ = first.partition(" and ")
    named = html("{}{} {}", first, " et al." if several or two else "", reference.year)
    if not reference.address:
        return html("{}, {}", named, place) if place else named
    linked = html('<a href="{}" rel="noopener" target="_blank">{}</a>', reference.address, place or "source")
    return html("{}, {}", named, linked)


def neighbours(entry: Entry) -> tuple[Head | None, Head | None]:
    """The published entries before and after, over the chapters' borders."""
    order = list(reader.heads().values())
    here = list(reader.heads()).index(entry.slug)
    return order[here - 1] if here else None, order[here + 1] if here + 1 < len(order) else None


def _neighbours(entry: Entry) -> Markup:
    before, after = neighbours(entry)
    back = (
        html('<a href="?entry={}" rel="prev">{}{}</a>', before.slug, ICONS["left"], before.title) if before else EMPTY
    )
    on = html('<a href="?entry={}" rel="next">{}{}</a>', after.slug, after.title, ICONS["right"]) if after else EMPTY
    return html('<nav class="onward" aria-label="Neighbouring entries"><span>{}</span><span>{}</span></nav>', back, on)
