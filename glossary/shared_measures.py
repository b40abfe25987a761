"""Measures that entries of different experiments share, from ``shared_measures.toml``."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from glossary.schema import Line, Slug, Strict


class MeasuredIn(Strict):
    """The metric of one entry's run, and the controls at which its data are those of the other entries."""

    metric: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    set: dict[str, Any] = Field({}, description="changes of the entry's preset")


class SharedMeasure(Strict):
    says: Line
    of: dict[Slug, MeasuredIn] = Field(min_length=2)


@cache
def shared_measures() -> tuple[SharedMeasure, ...]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(map(SharedMeasure.model_validate, tomllib.loads(text)["measures"]))


def between(one: str, other: str) -> Iterator[SharedMeasure]:
    """Those that both entries take part in; none of an entry with itself, whose metrics have one name anyway."""
    return (measure for measure in shared_measures() if one != other and {one, other} <= measure.of.keys())


def partners(entry: str) -> dict[str, SharedMeasure]:
    """Entries that share a measure with this one, in the order of the file → the first such measure."""
    found: dict[str, SharedMeasure] = {}
    for measure in shared_measures():
        if entry in measure.of:
            for other in measure.of:
                found.setdefault(other, measure)
    found.pop(entry, None)
    return found
