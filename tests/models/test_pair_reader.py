"""The tasks of pair readers by hand, and what a reader can see."""

import torch

from models.data import chained_pairs, stated_and_stored
from models.seeding import generator, seeded
from models.transformer.pair_reader import PairReader, ReaderShape, pairs_visible


def test_answers_of_chains_follow_the_pairs() -> None:
    ids, answers, hops = chained_pairs.chained(5, generator(0))
    S = chained_pairs.SYMBOLS
    for row in range(5):
        after = dict(ids[row, :S].tolist())
        for question in range(S):
            at, asked = ids[row, S + question].tolist()
            for _ in range(asked - S + 1):
                at = after[at]
            assert at == answers[row, question]
            assert asked - S + 1 == hops[row, question]


def test_stated_answers_stand_in_the_pairs_and_stored_ones_in_the_table() -> None:
    ids, answers = stated_and_stored.questions(4, generator(0))
    P, A = stated_and_stored.PAIRS, stated_and_stored.ANSWERS
    for row in range(4):
        pairs = dict(ids[row, :P].tolist())
        assert [pairs[key] for key, _ in ids[row, P : 2 * P].tolist()] == answers[row, :P].tolist()
        at = ids[row, 2 * P :]
        assert stated_and_stored.table()[at[:, 0] - A, at[:, 1] - A - 1].equal(answers[row, P:])


def test_a_reader_sees_pairs_as_a_set_and_no_other_question() -> None:
    shape = ReaderShape(8, 11, 8, 2, 12, 2, 16)
    model = seeded(lambda: PairReader(shape), 0)
    ids, _, _ = chained_pairs.chained(2, generator(1))
    mask = pairs_visible(16, 8)
    z, _ = model(ids, mask)
    moved = torch.cat([ids[:, :8].flip(1), ids[:, 8:]], dim=1)
    torch.testing.assert_close(model(moved, mask)[0][:, 8:], z[:, 8:], atol=1e-5, rtol=1e-4)
    other = ids.clone()
    other[:, 9] = other[:, 10]
    torch.testing.assert_close(model(other, mask)[0][:, 8], z[:, 8], atol=1e-5, rtol=1e-4)
