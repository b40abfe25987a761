"""Python source with its comments, keywords and strings told apart."""

import io
import keyword
import tokenize

from markupsafe import Markup, escape

from app.source import Source
from app.web.panels.markup import EMPTY, html

_CLASSES = {tokenize.COMMENT: "c", tokenize.STRING: "s"}


def highlighted(text: str) -> Markup:
    """The text itself, escaped, with spans around what Python's own tokenizer names."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    out, end = EMPTY, 0
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError):
        return escape(text)
    for token in tokens:
        kind = _CLASSES.get(token.type)
        if token.type == tokenize.NAME and keyword.iskeyword(token.string):
            kind = "k"
        if kind is None:
            continue
        start = starts[token.start[0] - 1] + token.start[1]
        out += escape(text[end:start]) + html('<span class="{}">{}</span>', kind, token.string)
        end = start + len(token.string)
    return out + escape(text[end:])


def copied(code: Markup, attributes: Markup = EMPTY) -> Markup:
    """The code in a frame that scrolls, with a button that copies it."""
    return html(
        """
        <div class="code" {}><button class="btn copy" type="button" data-act="code" aria-label="Copy this code">Copy
          </button><pre class="src" tabindex="0">{}</pre></div>
        """,
        attributes, code,
    )  # fmt: skip


def listing(source: Source, note: str = "") -> Markup:
    """The source under its file and first line."""
    where = f"# {source.path}, line {source.first_line}" + (f": {note}" if note else "")
    return html('<span class="c">{}</span>{}{}', where, "\n", highlighted(source.text))
