"""Counts by rank, by hand; and people who are named as often as a power law says."""

from collections import Counter
from itertools import islice

import pytest
import torch

from models.data.named_by_frequency import (
    FREQUENCIES,
    STATEMENTS_PER_TEXT,
    power_law,
    questions,
    ranked,
    shares,
    stream,
    texts,
)
from models.data.words import RESIDENTS
from models.tokenization import token_counts
from models.tokenization.token_counts import counts, coverage, ranked_shares
from models.tokenization.tokenizer import END


def test_counts_ranks_and_coverage_by_hand():
    n = counts(torch.tensor([4, 1, 4, 4, 0, 1]), 6)
    assert n.tolist() == [1, 2, 0, 0, 3, 0]
    f = ranked_shares(n)
    assert f.tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 6, 0, 0, 0])
    assert coverage(f, 2).item() == pytest.approx(5 / 6)
    assert coverage(f, 0).item() == 0
    assert ranked_shares(torch.zeros(3, dtype=torch.long)).tolist() == [0, 0, 0]


def test_a_power_law_falls_as_its_exponent_says():
    p = power_law(48)
    assert sum(p) == pytest.approx(1)
    assert p[0] / p[9] == pytest.approx(10)
    assert power_law(5, 0.0) == pytest.approx([0.2] * 5)
    assert shares("equal") == pytest.approx([1 / 48] * 48)


def test_people_are_named_in_their_shares():
    people, wanted = ranked("power law", 0), shares("power law")
    named = Counter(word for text in islice(texts("power law", 0), 4000) for word in text.split() if word in RESIDENTS)
    assert sum(named.values()) == 4000 * STATEMENTS_PER_TEXT
    assert named[people[0]] / sum(named.values()) == pytest.approx(wanted[0], rel=0.1)
    assert sum(named[who] for who in people[-12:]) / sum(named.values()) == pytest.approx(sum(wanted[-12:]), rel=0.15)


def test_a_renaming_gives_the_ranks_to_others_and_equal_shares_keep_them():
    assert sorted(ranked("power law", 1)) == sorted(RESIDENTS)
    assert ranked("power law", 1) == ranked("equal", 1) != ranked("power law, renamed", 1)


def test_a_stream_has_its_length_and_a_person_nine_questions():
    for frequencies in FREQUENCIES:
        ids = stream(frequencies, 0, 100)
        assert len(ids) == 100
        assert ids[0] == END
    asked = questions("Mia")
    assert len(asked) == 9
    assert all(len(one.answers) == 1 for one in asked)


def test_functions_take_what_the_symbols_say():
    assert token_counts.counts(torch.empty(0, dtype=torch.long), 3).tolist() == [0, 0, 0]
