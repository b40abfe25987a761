"""What the pages on sampling and search say beyond their claims."""

import pytest
import torch

from app.experiments import experiment
from app.experiments.decoding.search.figures import ancestors
from app.experiments.decoding.truncation.run import KINDS, contexts, follows
from models.data.kinds.chance import successors
from models.tokenization.tokenizer import ids_of
from tests.entries.evidence import runs_of


def result_of(family: str, **change: object):
    found = experiment(family)
    computed = found.run(found.controls(**change), "cpu")
    if not isinstance(computed, tuple):
        *_, computed = computed
    return computed, found.measure(computed)


def test_the_numbers_of_possible_words():
    given = contexts(5, "cpu")
    count = {kind: set(given.possible[given.of(kind)].sum(dim=-1).tolist()) for kind in KINDS}
    assert count == {"hiring": {2}, "trades": {2}, "walks": {4}, "crowd": {72}}
    torch.testing.assert_close(given.truth.sum(dim=-1), torch.ones(len(given.beginnings), dtype=torch.double))


def test_a_walk_is_possible_if_each_word_may_follow():
    word = next(iter(successors(0)))
    after = successors(0)[word][0]
    assert follows("walks", [word, after])
    assert not follows("walks", [word, word, after])
    assert not follows("crowd", ["came", "Ada", "coin"])


def test_top_k_with_1_is_greedy_and_all_samples_are_equal():
    result, metrics = result_of("decoding/truncation", k=1)
    assert metrics["distinct_samples"] == 1
    assert result.stages["top-k"] == 1


def test_a_published_order_of_the_filters_and_the_other_one_agree_at_temperature_1():
    one, other = (
        result_of("decoding/truncation", p=0.9, k=20, min_p=0.02, order=order)[0]
        for order in ("temperature first", "filters first")
    )
    assert one.stages == other.stages
    assert one.samples == other.samples


def test_what_is_kept_sums_to_1_and_cut_words_have_nothing():
    result, _ = result_of("decoding/truncation", context="walks", p=0.8)
    assert 0 < (result.after > 0).sum() < len(result.after)
    assert result.after.sum().item() == pytest.approx(1, abs=1e-6)


def test_hot_top_p_keeps_more_than_a_hundred_tokens_where_two_to_72_are_possible():
    metrics = runs_of("top-p-sampling").metrics()({"temperature": 2.0})
    assert metrics["kept_tokens"] > 60
    assert metrics["impossible_share"] > 0.1


def test_the_strong_line_of_the_tree_ends_in_the_likeliest_text():
    result, _ = result_of("decoding/search", width=8, steps=6)
    path = ancestors(result, 6)
    last = result.tree[5].hypotheses[0]
    assert path[-1] == 0
    for step, line in enumerate(path):
        assert result.tree[step].hypotheses[line].tokens == last.tokens[: step + 1]


def test_width_1_is_greedy():
    result, metrics = result_of("decoding/search", width=1, steps=6)
    assert metrics["beam_over_greedy_nats"] == 0
    assert result.texts[0] == result.texts[1]


def test_the_prompt_of_a_search_is_read_as_typed():
    result, _ = result_of("decoding/search", prompt="Mia lives in", steps=4)
    assert result.texts[0].startswith("Mia lives in ")
    assert ids_of("Mia lives in")


def test_after_mia_a_beam_of_4_finds_what_one_of_2_loses():
    two, four = (runs_of("greedy-decoding").metrics()({"width": width}) for width in (2, 4))
    assert two["beam_over_greedy_nats"] < 0.01
    assert four["beam_over_greedy_nats"] > 1
    result, _ = result_of("decoding/search", width=4)
    assert ancestors(result, 8)[0] > 0, "its first word is not the likeliest"
