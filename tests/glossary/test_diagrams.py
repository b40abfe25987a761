"""Small diagrams: every part has a place and leads to an entry of the catalogue."""

import pytest
from pydantic import ValidationError

from app.web.panels.diagram import diagram
from glossary import reader
from glossary.diagrams import Diagram, diagrams, place


def test_every_box_of_every_diagram_leads_into_the_catalogue() -> None:
    catalogue = {slug for chapter in reader.chapters() for slug in chapter.entries}
    assert {"decoder", "network"} <= diagrams().keys()
    for one in diagrams().values():
        assert {box.entry for box in one.boxes if box.entry} <= catalogue


def test_a_box_that_hides_another_and_an_arrow_to_nowhere_are_refused() -> None:
    boxes = [{"says": "a", "at": [0, 0]}, {"says": "b", "at": [0, 0]}]
    with pytest.raises(ValidationError, match="a place of its own"):
        Diagram(slug="x", title="x", columns=2, boxes=boxes, arrows=[])
    boxes[1]["at"] = [1, 0]
    with pytest.raises(ValidationError, match="lead to no box: c"):
        Diagram(slug="x", title="x", columns=2, boxes=boxes, arrows=[("a", "c")])


def test_an_unknown_place_is_none() -> None:
    assert place("decoder/cache") is not None
    for lost in ("", "decoder", "decoder/gears", "engine/cache"):
        assert place(lost) is None


def test_one_part_is_lit_and_the_others_open_their_entries() -> None:
    entry = reader.entries()["rope"].model_copy(update={"where": "attention-layer/positions"})
    shown = str(diagram(entry))
    assert shown.count('class="box lit"') == 1
    assert 'href="?entry=softmax"' in shown
    assert 'href="?entry=rope"' not in shown
    assert diagram(entry.model_copy(update={"where": ""})) == ""
