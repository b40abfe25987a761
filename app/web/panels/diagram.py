"""Where am I: the model that an entry belongs to, as a small drawing with its part lit."""

from markupsafe import Markup

from app.web.panels.markup import EMPTY, html, join
from glossary import reader
from glossary.diagrams import Box, Diagram, place
from glossary.schema import Entry

WIDTH, HIGH, ACROSS, DOWN = 372, 26, 14, 14
"""Of the drawing, a box, and the gaps between boxes, in units that are pixels in the column of words."""


def diagram(entry: Entry) -> Markup:
    """Each part opens its entry where there is one; nothing for an entry that stands in no diagram."""
    found = place(entry.where)
    if found is None:
        return EMPTY
    drawn, part = found
    return html(
        """
        <nav class="where" aria-label="Where this stands: {title}">
          <svg viewBox="0 0 {width} {height}">
            <defs><marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
              <path d="M0 0l6 3-6 3z"/></marker></defs>
            {arrows}{boxes}</svg>
          <p>{title}</p>
        </nav>
        """,
        title=drawn.title,
        width=WIDTH,
        height=drawn.rows * (HIGH + DOWN) - DOWN + 2,
        arrows=join(_arrow(drawn, *arrow) for arrow in drawn.arrows),
        boxes=join(_box(drawn, box, box.name == part, entry.slug) for box in drawn.boxes),
    )


def _corner(drawn: Diagram, box: Box) -> tuple[float, float]:
    return box.at[0] * (_wide(drawn) + ACROSS), box.at[1] * (HIGH + DOWN) + 1


def _wide(drawn: Diagram) -> float:
    return (WIDTH - (drawn.columns - 1) * ACROSS) / drawn.columns


def _box(drawn: Diagram, box: Box, lit: bool, here: str) -> Markup:
    (left, top), wide = _corner(drawn, box), _wide(drawn)
    shape = html(
        '<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" rx="6"/><text x="{:.1f}" y="{}">{}</text>',
        left + 0.75, top, wide - 1.5, HIGH, left + wide / 2, top + HIGH / 2, box.says,
    )  # fmt: skip
    opens = box.entry in reader.entries() and box.entry != here
    if lit:
        shape += html("<title>this entry’s part</title>")
    kind = "box lit" if lit else "box"
    if opens:
        named = f"{box.says}: {reader.heads()[box.entry].title}"
        return html('<a class="{}" href="?entry={}" aria-label="{}">{}</a>', kind, box.entry, named, shape)
    return html('<g class="{}">{}</g>', kind, shape)


def _arrow(drawn: Diagram, start: str, end: str) -> Markup:
    """Straight between neighbours of a row or a column; else down the column of the start and across."""
    one, other = drawn.parts[start], drawn.parts[end]
    (x, y), (to_x, to_y), wide = _corner(drawn, one), _corner(drawn, other), _wide(drawn)
    if one.at[1] == other.at[1]:
        middle = y + HIGH / 2
        ends = (x + wide, to_x - 1) if to_x > x else (x, to_x + wide + 1)
        return html('<path class="arrow" d="M{:.1f} {}H{:.1f}"/>', ends[0], middle, ends[1])
    ends = (y + HIGH, to_y - 1) if to_y > y else (y, to_y + HIGH + 1)
    return html('<path class="arrow" d="M{:.1f} {}V{}"/>', x + wide / 2, *ends)
