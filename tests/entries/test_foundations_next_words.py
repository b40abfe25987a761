"""What the pages on distributions, conditions and likelihood say beyond their claims."""

import math

import numpy as np
import pytest

from app.experiments.foundations.condition.run import ConditionControls, counted
from app.experiments.foundations.condition.run import run as run_condition
from app.experiments.foundations.next_word.run import NextWordControls
from app.experiments.foundations.next_word.run import run as run_next_word
from app.experiments.foundations.token_surprise.run import TokenSurpriseControls
from app.experiments.foundations.token_surprise.run import run as run_surprise
from models.data.kinds.chance import STEP_ODDS
from tests.entries.evidence import runs_of


def test_the_lines_are_the_odds_of_a_walk_and_missing_where_nothing_is_known() -> None:
    drawn = {trace.name: trace for trace in runs_of("discrete-probability-distribution")().figures["next"].plot.data}
    line = np.asarray(drawn["truth"].y, dtype=float)
    assert sorted(line[:12:3].tolist(), reverse=True) == pytest.approx(list(STEP_ODDS))
    other = runs_of("discrete-probability-distribution")(prompt="the cat sees").figures["next"]
    assert [trace.name for trace in other.plot.data] == ["model"]
    assert "not known" in other.caption


def test_a_constant_changes_no_probability_and_samples_are_counted_right() -> None:
    plain, raised = (run_next_word(NextWordControls(logits=name), "cpu") for name in ("as trained", "50 added to each"))
    np.testing.assert_allclose(plain.p.numpy(), raised.p.numpy(), atol=1e-5)
    assert plain.frequencies.sum().item() == pytest.approx(1)
    assert (plain.frequencies * 100 % 1).abs().max() < 1e-3
    ten = run_next_word(NextWordControls(counted="each sample ten times", samples=1000), "cpu")
    assert ((ten.frequencies * 100).round() - ten.frequencies * 100).abs().max() < 1e-3, "a hundred samples, ten times"


@pytest.mark.parametrize("text", ["🙂", "<b>x</b> $x$ {c1|y}", "a" * 500, "today came", "walk : cat elephant"])
def test_any_text_gets_a_distribution_and_a_score(text: str) -> None:
    shown = runs_of("discrete-probability-distribution")(prompt=text)
    assert shown.metrics["sum_of_probabilities"] == pytest.approx(1, abs=1e-5)
    scored = runs_of("negative-log-likelihood")(sentence=text)
    assert scored.metrics["sentence_nats_per_token"] > 0
    for figure in (*shown.figures.values(), *scored.figures.values()):
        assert "<b>x" not in figure.plot.to_json()
        assert text not in figure.caption or text == "today came"


def test_one_letter_is_scored_and_the_token_after_next_may_be_none() -> None:
    assert math.isfinite(runs_of("negative-log-likelihood")(sentence="a").metrics["largest_surprise_nats"])
    none = runs_of("negative-log-likelihood")(sentence="a", scored="the token after next")
    assert math.isnan(none.metrics["sentence_nats_per_token"])
    assert "too short" in none.figures["tokens"].text


def test_counts_follow_the_share_that_was_set_and_both_directions_differ() -> None:
    counts = counted(0.2, 4000, 0)
    assert counts.sum() == 4000
    assert (counts[0].sum() / 4000).item() == pytest.approx(0.2, abs=0.03)
    shown = runs_of("conditional-probability")().metrics
    assert shown["sailors_of_the_coast_share"] == pytest.approx(0.8, abs=0.05)
    assert shown["coast_of_the_sailors_share"] == pytest.approx(0.5, abs=0.07)
    assert runs_of("conditional-probability")(coast_share=0.9).metrics["model_sailors_of_the_coast"] == pytest.approx(
        shown["model_sailors_of_the_coast"]
    ), "the model never sees the counted texts"


def test_with_the_counts_own_conditionals_bayes_rule_is_exact() -> None:
    result = run_condition(ConditionControls(), "cpu")
    from models.probability.joint import bayes, marginal

    exact = bayes(marginal(result.joint, 0), result.conditional)
    np.testing.assert_allclose(exact.numpy(), result.reverse.numpy(), atol=1e-12)


def test_a_contradiction_is_the_greatest_surprise_and_the_truth_is_none() -> None:
    false = run_surprise(TokenSurpriseControls(), "cpu")
    assert false.pieces[int(false.surprise.argmax())] == "Oslo"
    assert int(false.surprise.argmax()) == len(false.pieces) - 2
    true = run_surprise(
        TokenSurpriseControls(sentence="Ada lives in Lund . Ben lives in Oslo . Ada lives in Lund ."), "cpu"
    )
    assert true.surprise[-2] < 0.5


def test_padding_changes_no_score() -> None:
    plain, padded = (runs_of("negative-log-likelihood")(scored=name).metrics for name in
                     ("the next token", "the next token, padded"))  # fmt: skip
    for name in ("held_out_nats_per_token", "shuffled_nats_per_token", "sentence_nats_per_token"):
        assert padded[name] == pytest.approx(plain[name], rel=1e-4)
