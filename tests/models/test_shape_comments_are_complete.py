"""A model file with a shape comment is among those whose comments are executed, or this names it."""

import ast
import importlib
from pathlib import Path

from tests.import_graph import modules
from tests.shape_comments import annotated_lines, functions_of

HERE = Path(__file__).parent


def executed() -> set[str]:
    """Modules that a test which executes shape comments imports, or takes functions from."""
    found = set[str]()
    for path in HERE.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "shapes_checked(" in text:
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom) and node.module:
                    found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def commented() -> set[str]:
    names = [name for name in modules() if name.startswith("models.") and not name.endswith("__main__")]
    return {name for name in names if any(map(annotated_lines, functions_of(importlib.import_module(name))))}


def test_every_file_with_a_shape_comment_is_executed_by_a_test() -> None:
    assert sorted(commented() - executed()) == []
