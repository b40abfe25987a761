"""Every shape comment of gated layers, exchanged gates and cut tables, executed."""

from models.approximation import gated_fits
from models.data import successors
from models.interpretability import table_rank
from models.layers import geglu, ungated
from models.layers.swiglu import SwiGLU
from models.linear import random_overlap
from models.seeding import normal, seeded
from models.transformer import exchanged_gate
from tests.shape_comments import shapes_checked


def test_of_gated_layers() -> None:
    with shapes_checked(geglu, B=2, T=3, F=7) as watch:
        seeded(lambda: geglu.GEGLU(5, 7), 0)(normal(2, 3, 5, seed=0))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(gated_fits, R=2, N=6, F=4) as watch:
        model = gated_fits.GatedFit(2, 4, 0)
        gated_fits.relative_error(model(normal(6, 2, seed=0))[0], normal(2, 6, seed=1))
        model.exchanged(normal(6, 2, seed=0))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(ungated, B=2, T=3, F=7) as watch:
        for kind in (ungated.ReLULayer, ungated.GELULayer):
            seeded(lambda kind=kind: kind(5, 7), 0)(normal(2, 3, 5, seed=0))
    assert not watch.unreached()


def test_of_exchanged_gates_and_tables() -> None:
    with shapes_checked(exchanged_gate, B=2, T=3, F=7) as watch:
        trained = seeded(lambda: SwiGLU(5, 7), 0)
        exchanged_gate.ExchangedGate(trained, exchanged_gate.half)(normal(2, 3, 5, seed=0))
    assert not watch.unreached()
    with shapes_checked(table_rank, D=9, r=4) as watch:
        table_rank.random_directions(9, 4, 0)
    assert not watch.unreached()
    with shapes_checked(random_overlap, V=6, d=4) as watch:
        random_overlap.largest_similarity(normal(6, 4, seed=0))
        assert random_overlap.recovered_share(normal(6, 4, seed=0), 0.0, seed=0) == 1
    assert not watch.unreached()


def test_of_successors() -> None:
    with shapes_checked(successors, S=successors.SYMBOLS) as watch:
        successors.successors("mutual pairs", 0)
    assert not watch.unreached()
