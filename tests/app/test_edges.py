"""Edges that a person draws are text of one spelling that changes one graph."""

from typing import Annotated

import pytest
import torch
from pydantic import Field

from app.controls import changed, parse, specs
from app.experiments.base import Controls
from app.experiments.edges import MOST, drawn_on, edges_among, with_edges
from app.experiments.graphs.drawn_graph import edges_of, parts_of
from app.web.panels.settings import setting


class Drawn(Controls):
    edges: Annotated[str, drawn_on(6)] = Field("", title="Edges", json_schema_extra=edges_among(6, "node"))


def test_one_change_has_one_spelling() -> None:
    given = parse(Drawn, {"edges": "  5-0  2-3 03-02 1-4"}, {})
    assert given.controls == Drawn(edges="0-5 1-4")
    assert changed(given.controls, {}) == {"edges": "0-5 1-4"}
    assert setting(given.controls, "edges") == "edges: 2 changed"
    (spec,) = (spec for spec in specs(Drawn(), []) if spec["name"] == "edges")
    assert (spec["kind"], spec["low"], spec["high"], spec["max_length"], spec["picks"]) == ("edges", 0, 5, MOST, "node")


@pytest.mark.parametrize("wrong", ["1", "1-", "1-1", "0-6", "a-b", "1-2-3", "٣-1", "0-1 " * (MOST + 1), "-1-2"])
def test_what_names_no_pairs_is_refused_in_words(wrong: str) -> None:
    parsed = parse(Drawn, {"edges": wrong}, {})
    (problem,) = parsed.problems
    assert problem.startswith(
        "edges: takes up to 24 pairs of different nodes such as “0-5 2-3”, numbers from 0 to 5; you gave"
    )
    assert parsed.controls == Drawn()


def test_a_named_pair_gets_an_edge_or_loses_it() -> None:
    graph = torch.zeros(4, 4)
    graph[0, 1] = graph[1, 0] = 1
    after = with_edges(graph, "0-1 1-3")
    assert edges_of(after) == [(1, 3)]
    assert torch.equal(after, after.T)
    assert edges_of(graph) == [(0, 1)]
    assert parts_of("0-1 1-3", after) == {"added": [(1, 3)], "removed": [(0, 1)]}
    assert torch.equal(with_edges(graph, ""), graph)
    with pytest.raises(ValueError, match="numbers from 0 to 3"):
        with_edges(graph, "0-4")
