"""Tests of one entry stand together, whatever they test, so that its runs are computed once."""

import pytest

from glossary.schema import Entry


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def entry(item: pytest.Item) -> str:
        found = getattr(item, "callspec", None) and item.callspec.params.get("entry")
        return found.slug if isinstance(found, Entry) else ""

    for item in items:
        if entry(item):
            item.add_marker(pytest.mark.xdist_group(f"entry {entry(item)}"))
    items.sort(key=entry)  # a stable sort: all others first, in their order
