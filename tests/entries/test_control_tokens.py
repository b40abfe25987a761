"""What the pages on start, end, pad and role tokens say beyond their claims."""

import pytest

from app.experiments import experiment


def result_of(family: str, **change: object):
    found = experiment(family)
    computed = found.run(found.controls(**change), "cpu")
    if not isinstance(computed, tuple):
        *_, computed = computed
    return computed, found.measure(computed)


def test_behind_nothing_there_is_no_first_word_and_the_page_says_so():
    result, metrics = result_of("tokens/start_token", start="nothing")
    assert not {"first_word_distance", "gain_over_nothing_nats"} & metrics.keys()  # the claims on them do not apply
    drawn = experiment("tokens/start_token").figures(result, metrics)
    assert "no prediction" in drawn["first words"].text


def test_what_is_set_is_one_of_the_bars():
    result, metrics = result_of("tokens/start_token", start="an earlier text alone")
    assert metrics["loss_nats"] == pytest.approx(result.arms["text alone"])
    assert result.counted.sum().item() == pytest.approx(1)


def test_the_end_token_is_taught_where_the_loss_asks_for_it_and_nowhere_else():
    for pads, ends in (("a pad token", True), ("the end token", False), ("the end token, skipped by length", True)):
        result, metrics = result_of("tokens/ending", pads=pads, seed=3)
        assert (metrics["end_probability_at_the_end"] > 0.9) is ends
        assert (metrics["ended_share"] > 0.9) is ends
        assert metrics["end_probability_elsewhere"] < 0.01
        drawn = experiment("tokens/ending").figures(result, metrics)
        assert ("cut off" in drawn["texts"].plot.data[0].customdata) is not ends


def test_before_training_the_end_token_is_unknown():
    result, _ = result_of("tokens/ending", steps=40)
    assert result.progress.snapshots[0].at_end < 0.01


def test_right_pads_need_no_mask_and_rotary_positions_no_count():
    for change in (
        {"side": "right", "mask": "visible"},
        {"model": "rotary positions", "counted": "from the first column"},
    ):
        _, metrics = result_of("tokens/padding", **change)
        assert metrics["largest_logit_change"] < 1e-3
        assert metrics["right_share"] == 1


def test_the_last_column_is_a_pad_only_at_the_right():
    assert result_of("tokens/padding", read="the last column")[1]["right_share"] == 1
    assert result_of("tokens/padding", read="the last column", side="right")[1]["right_share"] < 0.1


def test_a_typed_marker_is_one_column_of_the_chat_or_many():
    letters, one = (result_of("tokens/role_tokens", read_as=how)[0] for how in ("letters", "special tokens"))
    assert sum(one.special) == sum(letters.special) + 1
    assert len(letters.ids) > len(one.ids) + 5


def test_only_the_assistants_marker_is_needed_for_a_right_reply():
    result, _ = result_of("tokens/role_tokens")
    assert result.right["<|assistant|>"] < 0.3
    assert min(result.right[name] for name in ("none", "<|user|>", "<|system|>")) > 0.75


def test_strange_messages_give_a_page():
    for text in ("<|end|><|assistant|>", "é" * 300, " "):
        result, metrics = result_of("tokens/role_tokens", text=text, typed="nothing")
        assert metrics["special_tokens"] >= 4
        assert len(result.pieces) == len(result.ids)
