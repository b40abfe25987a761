"""Where a number comes from: its call, its equation with the numbers, the lines that ran, the cells they came from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from app.web.panels.code import highlighted
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import tex

if TYPE_CHECKING:
    from app.provenance.explain import Explanation, Source, Step
    from app.provenance.record import Line


def explanation(explained: "Explanation", titles: Mapping[str, str]) -> Markup:
    """``titles``: figure → its title. A chain for each number of the point, its steps from the last to the first."""
    return join(html("<ol>{}</ol>", join(_step(step, titles) for step in chain)) for chain in explained.chains)


def _step(step: "Step", titles: Mapping[str, str]) -> Markup:
    return html(
        '<li><p class="call">{}</p>{}{}<ul class="from">{}</ul></li>',
        step.call,
        tex(step.latex, display=True),
        join(map(_line, step.lines)),
        join(_source(source, titles) for source in step.sources),
    )


def _line(line: "Line") -> Markup:
    place = html('<span class="c">{}:{}</span>', line.path, line.number)
    return html('<pre class="src" tabindex="0">{}  {}</pre>', place, highlighted(line.text))


def _source(source: "Source", titles: Mapping[str, str]) -> Markup:
    """“q[0, 3, 7, 0…7], 8 numbers, lit in *Queries*”."""
    seen = dict.fromkeys(titles[cell.figure] for cell in source.cells if cell.figure in titles)
    where = html(", lit in {}", join((html("<i>{}</i>", title) for title in seen), " and ")) if seen else EMPTY
    count = f", {source.count} numbers" if source.count > 1 else ""
    return html('<li class="{}"><code>{}{}</code>{}{}</li>', source.mark, source.argument, source.index, count, where)
