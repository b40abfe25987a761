"""What the pages on sampling and search say beyond their claims."""

import numpy as np
import pytest
import torch

from app.experiments import experiment
from app.experiments.decoding.search.figures import ancestors
from app.experiments.decoding.truncation.contexts import KINDS, contexts, follows, mean
from app.experiments.decoding.truncation.sweeps import SWEPT, TEMPERATURES, misfits
from models.data.kinds.chance import successors
from models.language.sampling import min_p, tempered, top_k, top_p
from models.language.truncation import misfit
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


def test_the_draft_that_copies_and_the_text_so_far_are_accepted_where_the_small_model_is_not():
    _, small = result_of("decoding/speculative")
    _, copier = result_of("decoding/speculative", draft="a model that copies")
    _, lookup = result_of("decoding/speculative", draft="the text so far")
    assert small["acceptance_stated_in_training"] > 0.9
    assert small["acceptance_of_new_words"] < 0.2
    assert min(copier["acceptance_stated_in_the_text"], copier["acceptance_of_new_words"]) > 0.9
    assert lookup["acceptance_of_new_words"] > 0.95
    assert lookup["acceptance_stated_in_training"] < 0.05


def test_each_altered_test_of_a_token_changes_the_distribution_and_no_draft_does():
    per_degree = runs_of("speculative-decoding").metrics()
    for draft in ("a smaller model", "a model that copies", "the text so far"):
        assert per_degree({"draft": draft})["chi_square_per_degree"] < 4
    for rule in ("the target’s p after a rejection", "the draft takes its likeliest token"):
        assert per_degree({"rule": rule})["chi_square_per_degree"] > 15


def test_a_costly_draft_makes_decoding_slower():
    _, metrics = result_of("decoding/speculative", cost=1.0)
    assert metrics["modelled_speed_up"] < 1
    assert metrics["tokens_per_call"] == pytest.approx(metrics["tokens_per_call_by_formula"], rel=0.1)


def test_every_row_of_words_is_one_call():
    result, metrics = result_of("decoding/speculative", drafted=3)
    drawn = experiment("decoding/speculative").figures(result, metrics)["calls"].plot
    words = {trace.name: len(trace.x) for trace in drawn.data}
    assert words["own"] == len(result.rounds) == metrics["shown_target_calls"]
    assert words["accepted"] == sum(one.kept for one in result.rounds)
    assert sum(words.values()) == 4 * len(result.rounds)


def test_a_strong_penalty_forbids_copying_and_leaves_what_was_learned():
    metrics = runs_of("repetition-penalty").metrics()({"penalty": 2.0})
    assert metrics["right_from_the_text_share"] < 0.3
    assert metrics["right_from_training_share"] > 0.9
    assert metrics["right_from_the_text_without_share"] > 0.9
    assert metrics["repeated_share"] < 0.05


def test_no_penalty_changes_nothing_and_a_shift_alone_changes_no_text():
    result, metrics = result_of("decoding/repetition", penalty=1.0, shift=3)
    assert result.shown.words[0] == result.shown.words[1]
    assert metrics["repeats_removed"] == 0


def test_other_tokens_leave_the_loops():
    metrics = runs_of("repetition-penalty").metrics()
    assert abs(metrics({"rule": "other tokens are penalised"})["repeats_removed"]) < 0.12


def test_after_ruth_the_loop_is_gone():
    _, metrics = result_of("decoding/repetition")
    assert metrics["shown_repeats_without_share"] > 0.8
    assert metrics["shown_repeats_share"] < 0.2


def test_the_first_tokens_of_each_context_are_what_every_rule_keeps():
    given = contexts(3, "cpu")
    for temperature in (1.0, 2.0):
        z = tempered(given.logits, temperature)
        for rule, cut in (("k", lambda z, k: top_k(z, int(k))), ("p", top_p), ("min-p", min_p)):
            slow = [misfit(cut(z, value).isfinite(), given.possible).mean().item() for value in SWEPT[rule]]
            assert [mean(one) for one in misfits(rule, temperature, 3, "cpu")] == pytest.approx(slow, abs=1e-6)


def test_the_best_value_of_min_p_fits_at_every_temperature_and_that_of_top_p_does_not():
    result, _ = result_of("decoding/truncation", swept="temperature")
    cold_to_hot = np.array(TEMPERATURES)
    best = {rule: np.array(line) for rule, line in result.best.items()}
    assert best["min-p"][cold_to_hot >= 1].max() < 0.05
    assert best["p"][cold_to_hot == 1] < 0.05
    assert best["p"][cold_to_hot >= 3].min() > best["k"].max()


def test_a_walk_through_the_tree_reads_the_text_that_was_clicked():
    result, metrics = result_of("decoding/search", prompt="Mia", width=4, steps=6)
    words = experiment("decoding/search").figures(result, metrics)["tree"].plot.data[2]
    assert words.meta == {"sets": ["prompt"]}
    assert words.customdata[0] is None, "before the only word there is nothing to go back to"
    clicked = words.customdata[1 + 4 + 1]  # the second text of step 2
    further, _ = result_of("decoding/search", prompt=clicked, width=4, steps=6)
    assert further.texts[0].startswith(clicked)
    assert len(ids_of(clicked)) == 3
