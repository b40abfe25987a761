import math

import pytest
import torch

from models.language import repetition
from models.language.beam_search_batch import repeated_share
from models.language.repetition import absent, divided_log_probabilities, in_repeated_runs
from models.language.sampling import repetition_penalty
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked


def test_a_division_of_log_probabilities_makes_seen_tokens_likelier():
    z, seen = normal(3, 11, seed=0), torch.tensor([[0, 4, 4]] * 3)
    p = z.softmax(dim=-1)
    after = divided_log_probabilities(z, seen, 2.0).softmax(dim=-1)
    assert (after[:, [0, 4]] > p[:, [0, 4]]).all()
    torch.testing.assert_close(divided_log_probabilities(z, seen, 1.0).softmax(dim=-1), p)
    half = divided_log_probabilities(torch.tensor([[math.log(0.25), math.log(0.75)]]), torch.tensor([[0]]), 2.0)
    assert half.exp().tolist()[0] == pytest.approx([0.5, 0.75])


def test_the_published_rule_depends_on_where_0_lies():
    z, seen = torch.tensor([[3.0, 2.0]]), torch.tensor([[0]])
    assert repetition_penalty(z, seen, 2.0).argmax() == 1
    one, other = (repetition_penalty(z + c, seen, 1.5).softmax(dim=-1) for c in (0, 5))
    assert (one - other).abs().max() > 0.1


def test_absent_tokens_are_as_many_and_none_of_the_text():
    seen = torch.tensor([[1, 2, 2, 5], [7, 7, 7, 7]])
    found = absent(seen, 12, generator(0))
    assert [len(set(row)) for row in found.tolist()] == [3, 1]
    assert not any(set(a) & set(b) for a, b in zip(found.tolist(), seen.tolist(), strict=True))


def test_runs_that_come_again():
    text = [1, 2, 3, 4, 9, 1, 2, 3, 4, 8]
    assert in_repeated_runs(text) == [False] * 5 + [True] * 4 + [False]
    assert repeated_share(torch.tensor([text])) == 1 / 7
    assert not any(in_repeated_runs(list(range(8))))


def test_shapes():
    with shapes_checked(repetition, B=3, V=11) as watch:
        divided_log_probabilities(normal(3, 11, seed=0), torch.tensor([[0, 4]] * 3), 2.0)
        absent(torch.tensor([[0, 4]] * 3), 11, generator(0))
    assert watch.unreached() == []
