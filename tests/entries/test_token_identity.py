"""What the pages on tokens, ids and the vocabulary say beyond their claims."""

import pytest

from app.experiments import experiment
from models.tokenization.tokenizer import ids_of


def result_of(family: str, **change: object):
    found = experiment(family)
    computed = found.run(found.controls(**change), "cpu")
    if not isinstance(computed, tuple):
        *_, computed = computed
    return computed, found.measure(computed)


def test_every_cut_of_a_prompt_has_its_bytes():
    for cut, more in (("by the tokenizer", 0), ("first word in letters", 0), ("one more space inside", 1)):
        result, metrics = result_of("tokens/word_borders", cut=cut)
        assert b"".join(result.raw).replace(b"  ", b" ") == b" Mia has a"
        assert metrics["prompt_bytes"] == len(" Mia has a") + more


def test_a_space_that_is_taken_back_leaves_the_prompt_as_it_was():
    plain, taken_back = (result_of("tokens/word_borders", ending=end)[0] for end in ("nothing", "a space, taken back"))
    assert plain.ids == taken_back.ids
    assert plain.names[0] == taken_back.names[0] == "duck"
    assert taken_back.z.isinf().any()


def test_two_tokens_of_a_digit_are_strangers():
    _, metrics = result_of("tokens/word_borders")
    assert abs(metrics["same_digit_cosine"] - metrics["other_digit_cosine"]) < 0.1


def test_strange_prompts_give_a_page():
    for text in ("é", "<|end|> x", "x" * 400, "👩‍🚀 and on"):
        result, metrics = result_of("tokens/word_borders", text=text, cut="first word in letters", ending="a space")
        assert len(result.names) == 8
        assert metrics["completed_share"] == 0
    assert ids_of("") == []


def test_new_numbers_with_their_rows_change_nothing_and_without_them_all():
    for which in ("the 24 cities", "all tokens", "all tokens, in reverse"):
        _, metrics = result_of("tokens/renumbering", which=which)
        assert metrics["loss_change_nats"] < 1e-4
    left, metrics = result_of("tokens/renumbering", rows="stay")
    assert metrics["loss_nats"] == metrics["loss_rows_stay_nats"] == left.arms["all, rows stay"]


def test_no_new_numbers_are_no_change_and_have_no_loss_of_their_own():
    _, metrics = result_of("tokens/renumbering", which="none", rows="stay")
    assert metrics["loss_change_nats"] == 0
    assert metrics["new_ids"] == 0
    assert metrics["loss_at_renumbered_nats"] != metrics["loss_at_renumbered_nats"]  # not a number


def test_most_ids_of_the_vocabulary_are_never_used_and_have_longer_rows():
    _, metrics = result_of("tokens/renumbering")
    assert metrics["used_ids"] < 512
    assert metrics["mean_unused_row_length"] > 1.5 * metrics["mean_used_row_length"]


def test_recall_follows_the_rank_in_every_training_of_a_power_law_and_in_none_of_equal_names():
    for seed in range(3):
        gaps = {
            frequencies: result_of("tokens/word_frequencies", frequencies=frequencies, seed=seed)[1]["recall_gap"]
            for frequencies in ("power law", "equal", "power law, renamed")
        }
        assert min(gaps["power law"], gaps["power law, renamed"]) > gaps["equal"] + 0.2


def test_all_is_known_in_the_end():
    for frequencies in ("power law", "equal"):
        _, metrics = result_of("tokens/word_frequencies", frequencies=frequencies, when="2400 steps")
        assert metrics["mean_recall"] > 0.95


def test_the_counted_shares_fall_and_sum_to_one():
    result, metrics = result_of("tokens/word_frequencies", kind="chats")
    assert result.f.sum().item() == pytest.approx(1, abs=1e-5)
    assert (result.f.diff() <= 0).all()
    assert metrics["used_tokens"] == int((result.f > 0).sum())
