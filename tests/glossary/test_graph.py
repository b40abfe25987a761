"""The concept graph: neighbours, layers and years, on made-up links and on the glossary."""

from hypothesis import given
from hypothesis import strategies as st

from glossary import reader
from glossary.graph import Edge, around, edges, followed, layers, timeline

LINKS = [
    Edge("a", "b", "needs"), Edge("b", "c", "needs"), Edge("a", "c", "needs"), Edge("c", "d", "needs"),
    Edge("d", "e", "needs"), Edge("c", "v", "variant"),
]  # fmt: skip


def test_neighbours_stand_once_where_they_are_nearest() -> None:
    near = around("c", LINKS)
    assert near.needs == ("b", "a")
    assert near.before == ()
    assert near.needed_by == ("d",)
    assert near.after == ("e",)
    assert near.variants == ("v",)


def test_a_variant_is_one_both_ways() -> None:
    assert around("v", LINKS).variants == ("c",)


def test_every_entry_stands_after_its_needs() -> None:
    assert layers(["e", "d", "c", "b", "a", "v"], LINKS)[:3] == [["a", "v"], ["b"], ["c"]]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_circles_of_needs_are_cut_and_nothing_is_lost(pairs: list[tuple[int, int]]) -> None:
    slugs = [str(number) for number in range(10)]
    placed = layers(slugs, [Edge(str(a), str(b), "needs") for a, b in pairs])
    assert sorted(slug for layer in placed for slug in layer) == slugs


def test_the_glossary_lies_in_layers_along_its_needs() -> None:
    entries = reader.entries()
    placed = layers(list(entries))
    height = {slug: index for index, layer in enumerate(placed) for slug in layer}
    assert set(height) == set(entries)
    backwards = [edge for edge in edges() if edge.kind == "needs" and height[edge.start] >= height[edge.end]]
    assert backwards == []


def test_every_entry_has_a_year() -> None:
    assert sorted(slug for slugs in timeline().values() for slug in slugs) == sorted(reader.entries())


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=24))
def test_lines_that_are_left_out_have_a_longer_way(pairs: list[tuple[int, int]]) -> None:
    links = [Edge(str(a), str(b), "needs") for a, b in dict.fromkeys(pairs) if a < b]
    left = followed(links)
    assert reached(left) == reached(links)
    for edge in left:
        assert (edge.start, edge.end) not in reached([other for other in left if other != edge])


def reached(links: list[Edge]) -> set[tuple[str, str]]:
    """All pairs with a way from one to the other."""
    found = {(edge.start, edge.end) for edge in links}
    while more := {(a, d) for a, b in found for c, d in found if b == c} - found:
        found |= more
    return found
