"""An experiment says first which entries it serves, as the entries themselves have it."""

import ast
import re

import pytest

from app.authoring import files
from app.experiments import FOLDER, ids
from glossary import reader

SERVES = re.compile(r"Serves (?P<entries>[a-z0-9][a-z0-9, -]*?)(?P<alone> alone)?[:;.]")


def served(code: str) -> tuple[set[str], bool] | None:
    """The entries that the docstring of a module names, and whether it calls the one alone; None if it names none."""
    said = SERVES.search(" ".join((ast.get_docstring(ast.parse(code)) or "").split()))
    return said and (set(re.split(r", | and ", said["entries"])), said["alone"] is not None)


def entries_of(experiment: str) -> set[str]:
    return {slug for slug, entry in reader.entries().items() if entry.live.experiment == experiment}


@pytest.mark.parametrize("experiment", ids())
def test_the_first_docstring_names_the_entries(experiment: str) -> None:
    code = (FOLDER / experiment / "experiment.py").read_text(encoding="utf-8")
    entries = entries_of(experiment)
    assert served(code) == (entries, len(entries) == 1)


def test_what_new_writes_names_them() -> None:
    chapter = next(chapter for chapter in reader.chapters() if len(chapter.entries) > 2)
    for slugs in (list(chapter.entries[:1]), list(chapter.entries[:3])):
        written = files(f"{chapter.slug}/brand_new", slugs)
        code = next(text for path, text in written.items() if path.endswith("experiment.py"))
        assert served(code) == (set(slugs), len(slugs) == 1)


def test_a_docstring_that_names_others_or_none_is_found() -> None:
    assert served('"""Serves relu and tanh: both have a slope."""') == ({"relu", "tanh"}, False)
    assert served('"""What it is.\n\nServes a, b-c\nand d: three."""') == ({"a", "b-c", "d"}, False)
    assert served('"""Serves relu alone: no other."""') == ({"relu"}, True)
    assert served('"""One digit."""') is None
