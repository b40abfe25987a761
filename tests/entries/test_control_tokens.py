"""What the pages on start, end, pad and role tokens say beyond their claims."""

import math

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
    assert math.isnan(metrics["first_word_distance"])
    assert metrics["gain_over_nothing_nats"] == 0
    drawn = experiment("tokens/start_token").figures(result, metrics)
    assert "no prediction" in drawn["first words"].text


def test_what_is_set_is_one_of_the_bars():
    result, metrics = result_of("tokens/start_token", start="an earlier text alone")
    assert metrics["loss_nats"] == pytest.approx(result.arms["text alone"])
    assert result.counted.sum().item() == pytest.approx(1)
