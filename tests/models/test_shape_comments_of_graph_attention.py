"""Every shape comment of graph attention, of the dictionary lookup and of noise edges, executed."""

from models.graphs import dictionary_lookup, graph_attention, noise_edges
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
    with shapes_checked(noise_edges, B=3, N=24, D=2) as watch:
        draws = generator(0)
        graphs = noise_edges.renumbered(
            noise_edges.features_permuted(noise_edges.noisy_graphs(3, 4, draws), draws), draws
        )
        node_reader = seeded(lambda: noise_edges.NodeClassifier(5, dynamic=True), 0)
        node_reader(graphs.features, graphs.true | graphs.noise)
    assert watch.reached
    assert not watch.unreached()
