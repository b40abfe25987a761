"""Plain paragraphs, lists, tables and inline marks of an entry's text, as escaped HTML."""

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from app.web.panels.markup import EMPTY, html, join
from glossary import reader

_INLINE = re.compile(
    r"\$(?P<tex>[^$]+)\$|`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>[^*\s](?:[^*]*[^*\s])?)\*", re.S
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ“\"*$(])")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|al|Fig|Eq|No)|\b[A-Z])\.$")
_HYPHEN_MINUS = re.compile(r"(?<![\w.,)−-])-(?=\d)|(?<=\de)-(?=\d)")
_HELD_TOGETHER = re.compile(r"(?<=\d) (?=\d{3}(?!\d)|%)|(?<=\d)(?=%)")
_MEASURED = re.compile(
    r"(?<![\w.,])[−-]?(?:\d{1,3}(?:[ \xa0]\d{3})+|\d+)"
    r"(?:\.\d+(?!\.?\d)(?:e[−-]?\d+)?(?:\s?%)?|e[−-]?\d+(?:\s?%)?|\s?%)"
)


def tex(latex: str, *, display: bool = False) -> Markup:
    """LaTeX for the browser to set; until then, and if it cannot, its source is readable."""
    return html('<span class="tex{}" data-tex="{}">{}</span>', " display" if display else "", latex, latex)


def inline(text: str) -> Markup:
    """``$math$``, `code`, **bold** and *italic*; everything else is text, in which no number is broken."""
    out, end = EMPTY, 0
    for found in _INLINE.finditer(text):
        out += _plain(text[end : found.start()])
        if found["tex"]:
            out += tex(found["tex"])
        elif found["code"]:
            out += html('<code class="mono">{}</code>', found["code"])
        elif found["bold"]:
            out += html("<b>{}</b>", inline(found["bold"]))
        else:
            out += html("<i>{}</i>", inline(found["italic"]))
        end = found.end()
    return out + _plain(text[end:])


def _plain(text: str) -> Markup:
    return escape(_HELD_TOGETHER.sub("\N{NO-BREAK SPACE}", text))


def blocks(text: str) -> Markup:
    """Paragraphs, ``- `` lists and ``| tables |``, apart by blank lines."""
    return join(_block(part.strip()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip())


def _block(part: str) -> Markup:
    lines = part.splitlines()
    if all(line.lstrip().startswith("|") for line in lines):
        return _table(lines)
    bullet = next((index for index, line in enumerate(lines) if line.startswith("- ")), None)
    if bullet is None:
        return html("<p>{}</p>", inline(" ".join(lines)))
    before = html("<p>{}</p>", inline(" ".join(lines[:bullet]))) if bullet else EMPTY
    items = re.split(r"^- ", "\n".join(lines[bullet:]), flags=re.M)[1:]
    return before + html("<ul>{}</ul>", join(html("<li>{}</li>", inline(" ".join(item.split()))) for item in items))


def _table(lines: list[str]) -> Markup:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    ruled = len(rows) > 1 and all(re.fullmatch(r":?-+:?", cell) for cell in rows[1])
    head = join(html('<th scope="col">{}</th>', inline(cell)) for cell in rows[0]) if ruled else EMPTY
    body = join(
        html("<tr>{}</tr>", join(html("<td>{}</td>", inline(cell)) for cell in row))
        for row in (rows[2:] if ruled else rows)
    )
    header = html("<thead><tr>{}</tr></thead>", head) if ruled else EMPTY
    return html('<div class="scroll"><table>{}<tbody>{}</tbody></table></div>', header, body)


def first_sentence(text: str) -> tuple[str, str]:
    """The sentence that stands alone, and the rest."""
    for gap in _SENTENCE.finditer(text):
        if not _ABBREVIATED.search(text[: gap.start()]):
            return text[: gap.start()], text[gap.end() :]
    return text, ""


def measured(text: str) -> Markup:
    """A sentence with its measured numbers (those with decimals, powers of ten or per cent) in bold, a true minus.

    No line breaks inside a number or before its per cent sign, which always stands apart.
    """
    text = _HELD_TOGETHER.sub("\N{NO-BREAK SPACE}", _HYPHEN_MINUS.sub("−", text))
    out, end = EMPTY, 0
    for found in _MEASURED.finditer(text):
        out += escape(text[end : found.start()]) + html("<b>{}</b>", found[0])
        end = found.end()
    return out + escape(text[end:])


def caption(text: str, colour_of: Callable[[str], str] = lambda trace: "", *, linked: bool = True) -> Markup:
    """A caption; ``{accent|query}`` becomes a colour key before its words, ``{trace:weights|weights}`` that of a trace.

    ``{entry:rope|RoPE}`` becomes a link to that entry's page, if it is there, and its words alone where not ``linked``.
    ``colour_of`` tells a trace's colour by its name: a name of the palette, or nothing where there is none to show.
    """
    out, end = EMPTY, 0
    for found in IN_CAPTION.finditer(text):
        out += _coloured(text[end : found.start()], colour_of)
        out += _link(found["entry"], found["words"]) if linked else escape(found["words"])
        end = found.end()
    return out + _coloured(text[end:], colour_of)


def _coloured(text: str, colour_of: Callable[[str], str]) -> Markup:
    out, end = EMPTY, 0
    for found in COLOUR_KEY.finditer(text):
        out += inline(text[end : found.start()]) + _key(found["colour"] or colour_of(found["trace"]), found["words"])
        end = found.end()
    return out + inline(text[end:])


def _link(entry: str, words: str) -> Markup:
    return html('<a href="?entry={}">{}</a>', entry, words) if entry in reader.entries() else escape(words)


IN_CAPTION = re.compile(r"\{entry:(?P<entry>[a-z0-9-]+)\|(?P<words>[^}]*)\}")


COLOUR_KEY = re.compile(r"\{(?:trace:(?P<trace>[^|}]+)|(?P<colour>[a-z][a-z0-9-]*))\|(?P<words>[^}]*)\}")


def _key(colour: str, words: str) -> Markup:
    """A dab of colour before its words; the line never breaks between the dab and the first of them."""
    if not colour:
        return escape(words)
    shape, paint = "", f"var(--{colour})"
    if colour in ("mark", "wash", "well"):
        shape = "sq"
    elif colour in ("seq", "div"):
        shape, paint = "ramp", f"linear-gradient(90deg,var(--{colour}))"
    first, rest = re.match(r"(\S*)(.*)", words, re.S).groups()  # type: ignore[union-attr]
    dab = html('<span><i class="{}" style="background:{}"></i>{}</span>', shape, paint, first)
    return html('<span class="key">{}{}</span>', dab, rest)
