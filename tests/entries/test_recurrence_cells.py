"""What the pages on recurrent cells say beyond their claims."""

import pytest
import torch

from app.experiments import experiment
from models.data.bracketed_text import texts
from models.data.signs_ahead import TAGS
from tests.entries.evidence import runs_of


def result_of(slug: str, **change):
    kind = experiment(runs_of(slug).entry.live.experiment)
    controls = kind.controls(**{**runs_of(slug).entry.live.preset, **change})
    found = kind.run(controls, "cpu")
    return found if not hasattr(found, "__next__") else list(found)[-1]


def test_a_truncated_network_answers_at_long_lags_what_it_learned_at_short_ones():
    shown = runs_of("backpropagation-through-time").metrics()({"lags": "1 up to it", "steps": 400})
    assert shown["accuracy_truncated_after_5"] > 0.75


def test_the_gradient_bars_end_at_the_truncation_and_equal_the_whole_gradient_before_it():
    last = result_of("backpropagation-through-time", truncation=5, steps=50).progress.newest
    assert (last.cut[:-5] == 0).all()
    torch.testing.assert_close(last.cut[-5:], last.whole[-5:])


def test_the_forward_network_names_the_most_frequent_tag_and_the_backward_cell_sees_three_ahead():
    result = result_of("bidirectional-rnn")
    assert (result.logits["forward"][:-3].argmax(dim=-1) == TAGS.index("none")).float().mean() > 0.9
    two = result.influence["two directions"]
    assert (two[5:8] > 0.1).all()
    assert two[[0, 1, 2, 3, 8, 9]].max() < 0.02
    assert result.influence["forward"][5:].max() == 0


def test_both_networks_have_about_equally_many_parameters():
    shown = runs_of("bidirectional-rnn").metrics()({})
    assert shown["parameters_two_directions"] == pytest.approx(shown["parameters_forward"], rel=0.03)


def test_counting_levels_off_beyond_the_depth_of_training():
    at = {depth: runs_of("rnn").metrics()({"deepest": depth}) for depth in (4, 8)}
    assert 3.3 < at[4]["probe_at_deepest"] < 4
    assert at[8]["probe_at_deepest"] < 5.5
    assert texts(8, 40, seed=0).depth.max() <= 4


def test_the_probe_of_the_typed_text_follows_its_depth():
    result = result_of("rnn")
    assert (result.probed - result.text.depth[0]).abs().mean() < 0.4


@pytest.mark.parametrize("typed", ["xyz!", "", "((((((((((", 'a"b" (c)' * 20])
def test_any_typed_text_is_read(typed):
    result = result_of("rnn", text=typed or "?")
    assert result.states.isfinite().all()
    assert len(result.probed) <= 48


def test_storing_units_keep_between_marks_and_forget_at_them():
    shown = runs_of("lstm").metrics()({})
    assert shown["keep_gate_at_distractors"] > 0.85
    assert shown["keep_gate_at_marks"] < 0.6


def test_swapping_both_ways_is_the_same_gru_to_the_last_answer():
    shown, same = (runs_of("gru").metrics()(change) for change in ({}, {"alteration": "swapped, gate weights negated"}))
    assert same["accuracy"] == pytest.approx(shown["accuracy"], abs=0.003)
    assert same["write_gate_at_marks"] == pytest.approx(shown["write_gate_at_marks"], abs=1e-5)


@pytest.mark.parametrize("slug", ["lstm", "gru"])
@pytest.mark.parametrize("typed", ["no digits", "????", "*", "1" * 100])
def test_any_typed_text_is_read_by_a_gated_cell(slug, typed):
    result = result_of(slug, text=typed)
    assert result.probabilities.isfinite().all()
    assert 1 <= len(result.labels) <= 40


def test_the_two_cells_have_about_equally_many_parameters():
    counts = [result_of(slug).parameters for slug in ("lstm", "gru")]
    assert counts[0] == pytest.approx(counts[1], rel=0.05)


def test_lstm_recalls_no_better_than_slstm_and_parity_needs_a_gate_that_sees_the_state():
    shown = runs_of("xlstm").metrics()({})
    assert abs(shown["recall_lstm"] - shown["recall_slstm"]) < 0.12
    assert abs(shown["parity_mlstm"] - 0.5) < 0.1
    assert shown["parity_lstm"] > 0.8


def test_raising_all_exponents_changes_nothing_with_the_running_maximum():
    at = {raised: runs_of("slstm").metrics()({"raised": raised}) for raised in (0, 20, 100)}
    assert at[20]["accuracy"] == pytest.approx(at[0]["accuracy"], abs=0.005)
    assert at[100]["accuracy"] == pytest.approx(at[0]["accuracy"], abs=0.005)


def test_an_overflow_is_no_exception_and_names_its_step():
    shown = runs_of("slstm")(stabiliser="none", raised=100)
    assert shown.metrics["first_step_lost"] >= 1
    assert "not a number" in shown.figures["text"].text


def test_a_matrix_with_one_value_per_key_recalls_the_typed_pairs():
    result = result_of("mlstm")
    assert result.labels == ["a3", "k5", "m1", "t7", "c0", "r2", "m?"]
    assert result.answer == 1
    assert result.logits.argmax() == 1


@pytest.mark.parametrize("typed", ["", "zz 99 a9", "q?", "a1 " * 40])
def test_any_typed_pairs_are_read(typed):
    assert result_of("mlstm", text=typed or "?").logits.isfinite().all()
    assert result_of("slstm", text=typed or "?").probabilities.isfinite().all()
