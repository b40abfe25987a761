"""Every shape comment of pair readers and their tasks, executed."""

from models.data import chained_pairs, many_pairs, stated_and_stored
from models.seeding import generator, seeded
from models.transformer import pair_reader
from tests.shape_comments import shapes_checked


def test_of_tasks_and_readers() -> None:
    with shapes_checked(chained_pairs, B=3, S=chained_pairs.SYMBOLS) as watch:
        ids, _, _ = chained_pairs.chained(3, generator(0))
    assert not watch.unreached()
    with shapes_checked(stated_and_stored, B=3, P=stated_and_stored.PAIRS, U=stated_and_stored.SIDE) as watch:
        stated_and_stored.questions(3, generator(0))
    assert not watch.unreached()
    shape = pair_reader.ReaderShape(8, 11, 8, 2, 12, 2, 16)
    with shapes_checked(pair_reader, B=3, T=16, D=12) as watch:
        seeded(lambda: pair_reader.PairReader(shape), 0)(ids, pair_reader.pairs_visible(16, 8))
    assert watch.reached
    assert not watch.unreached()


def test_of_many_pairs() -> None:
    with shapes_checked(many_pairs, B=3, P=5) as watch:
        ids, answers = many_pairs.recalled(3, 5, generator(0))
    assert not watch.unreached()
    for stated, asked, right in zip(ids[:, :5].tolist(), ids[:, 5:].tolist(), answers.tolist(), strict=True):
        table = dict(stated)
        assert len(table) == 5
        assert [(table[symbol], last) for symbol, last in asked] == [(one, many_pairs.SYMBOLS) for one in right]
