"""Finds the source of a function or class by reading its file, so that showing code never imports torch."""

import ast
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Python 3.11 counts the depth of a tree once for all threads: two parsers at a time raise SystemError.
_ONE_PARSER = threading.Lock()


class NoSource(LookupError):
    """The address of an equation's code leads nowhere."""


@dataclass(frozen=True)
class Source:
    path: str
    first_line: int
    text: str


@cache
def source(code: str) -> Source:
    """``package.module:name`` or ``package.module:Class.method``; raises NoSource."""
    module, _, name = code.partition(":")
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.is_file():
        raise NoSource(f"{code}: there is no file {module.replace('.', '/')}.py")
    text = path.read_text(encoding="utf-8")
    with _ONE_PARSER:
        body: list[ast.stmt] = ast.parse(text).body
    found: ast.FunctionDef | ast.ClassDef | None = None
    for part in name.split("."):
        found = next((n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == part), None)
        if found is None:
            raise NoSource(f"{code}: {path.name} defines no {part}")
        body = found.body
    assert found is not None
    first = min([found.lineno, *(d.lineno for d in found.decorator_list)])
    lines = text.splitlines()[first - 1 : found.end_lineno]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return Source(str(path.relative_to(ROOT)), first, "\n".join(line[indent:] for line in lines))
