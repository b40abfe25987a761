"""Finds words in place of the approved terms of ``docs/terms.md``: ``python -m tests.terms [FOLDER OR FILE …]``.

Looks into the words, the code and the page; the exit status is 1 if anything is found.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "terms.md"
PAGE = ("assets/js", "assets/lazy")
PLACES = ("glossary", "app", "models", "visualizers", *PAGE, "README.md", "CONTRIBUTING.md", "docs")
KINDS = (".md", ".py", ".toml", ".js")


class Term(NamedTuple):
    say: str
    instead_of: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Whole words, also where an underscore or a line's end stands between them."""
        words = (r"[\s_]+".join(map(re.escape, text.split())) for text in self.instead_of)
        return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(words)})(?![A-Za-z])", re.I)


def terms(text: str) -> list[Term]:
    """The rows of the table."""
    lines = [line.strip("|") for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [Term(say, tuple(word.strip() for word in bad.split(","))) for say, _, bad in rows[2:]]


def found(text: str, known: Sequence[Term]) -> Iterator[tuple[int, str, str]]:
    """Line, what stands there, what to say. Old names that addresses may still hold (``renamed``) are left out."""
    lines = text.splitlines()
    for term in known:
        for match in term.pattern.finditer(text):
            if "renamed" in lines[text.count("\n", 0, match.start())]:
                continue
            yield text.count("\n", 0, match.start()) + 1, " ".join(match[0].split()), term.say


def files(places: Sequence[str]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in inside if one.suffix in KINDS and one != TABLE)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="*", default=PLACES)
    known, count = terms(TABLE.read_text(encoding="utf-8")), 0
    for path in files(parser.parse_args(arguments).places):
        for line, word, say in sorted(found(path.read_text(encoding="utf-8"), known)):
            count += 1
            print(f"{path.relative_to(ROOT)}:{line}: “{word}”: say {say}")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
