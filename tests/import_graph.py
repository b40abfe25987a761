"""Which modules of ours import which, read from their text."""

import ast
import importlib.util
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "models", "visualizers", "glossary")


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> Mapping[str, Path]:
    """Every module of our packages by its dotted name."""
    return {_name(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text(encoding="utf-8"))


@cache
def imported(name: str) -> frozenset[str]:
    """The modules of ours that a module names in an import anywhere in it: inside functions and for types too."""
    return frozenset(_imported(name))


def _imported(name: str) -> Iterator[str]:
    known = modules()
    package = name if known[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        if isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            inner = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in known]
            yield from inner
            if base in known and len(inner) < len(node.names):
                yield base


def circles(graph: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Every strongly connected part of more than one module, or of one that imports itself: Tarjan's algorithm."""
    found: list[list[str]] = []
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == order[name]:
            part = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(part) > 1 or name in graph[name]:
                found.append(sorted(part))

    for name in sorted(graph):
        if name not in order:
            visit(name)
    return found
