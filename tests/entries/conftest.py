"""Tests of one entry stand together, whatever they test, so that its runs are computed once."""

import inspect
import re

import pytest

from glossary.schema import Entry

RUNS_OF = re.compile(r"""runs_of\(["'](?P<slug>[a-z0-9-]+)["']\)""")


def slug_of(item: pytest.Item) -> str:
    """The entry that a test is given, or the first whose runs it asks for by name; "" for a test of no entry."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    if isinstance(given.get("entry"), Entry):
        return given["entry"].slug
    asked = RUNS_OF.search(inspect.getsource(item.function))
    return asked["slug"] if asked else ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    entry_of = {item: slug_of(item) for item in items if isinstance(item, pytest.Function)}
    for item, slug in entry_of.items():
        if slug:
            item.add_marker(pytest.mark.xdist_group(f"entry {slug}"))
    items.sort(key=lambda item: entry_of.get(item, ""))  # a stable sort: all others first, in their order
