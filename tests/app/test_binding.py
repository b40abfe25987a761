"""An entry that names something that does not exist is refused, with one line for each such thing."""

import pytest

from app.binding import mismatches
from glossary import reader
from glossary.schema import Entry


def changed(**fields: object) -> Entry:
    return Entry.model_validate(reader.entries()["softmax"].model_dump() | fields)


def live(**fields: object) -> dict[str, object]:
    return reader.entries()["softmax"].live.model_dump() | fields


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"chapter": "attention"}, "chapter 'attention' does not list it"),
        ({"needs": ["sofftmax"]}, "link 'sofftmax' is not in chapters.toml"),
        ({"cite": ["nobody1900#1"]}, "citation 'nobody1900#1' is not in glossary/references"),
        ({"live": live(experiment="foundations/soft")}, "experiment 'foundations/soft': takes one of"),
        ({"live": live(preset={"shift": 1e9})}, "preset: ('shift',)"),
        ({"live": live(controls=["colour"])}, "controls: 'colour' is not a control of foundations/softmax"),
        (
            {"equations": [{"name": "x", "latex": "x", "code": "models.layers.softmax:hardmax"}]},
            "equation 'x': models.layers.softmax:hardmax: softmax.py defines no hardmax",
        ),
    ],
)
def test_what_has_no_counterpart_is_named(fields: dict[str, object], line: str) -> None:
    assert any(problem.startswith(line) for problem in mismatches(changed(**fields)))


def test_published_entries_fit() -> None:
    assert [problem for entry in reader.entries().values() for problem in mismatches(entry)] == []
