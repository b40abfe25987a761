"""Every shape comment of graph attention and of the dictionary lookup, executed."""

from models.graphs import dictionary_lookup, graph_attention
from models.seeding import generator, seeded
from tests.shape_comments import shapes_checked


def test_shape_comments_are_true() -> None:
    with shapes_checked(dictionary_lookup, B=3, k=5, N=10, D=7) as watch:
        asked = dictionary_lookup.lookups(3, 5, generator(0))
        edges = dictionary_lookup.edges_of(5)
        reader = seeded(lambda: dictionary_lookup.DictionaryReader(5, 7, dynamic=True), 0)
        reader(asked.keys, asked.values, edges)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(graph_attention, N=10) as watch:
        for dynamic in (False, True):
            model = seeded(lambda d=dynamic: dictionary_lookup.DictionaryReader(5, 7, dynamic=d), 0)
            model(asked.keys, asked.values, edges)
    assert watch.reached
    assert not watch.unreached()
