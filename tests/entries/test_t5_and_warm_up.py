"""What the pages on T5 and on the paper of 2017 say beyond their claims."""

import pytest

from app.claims import verdict
from app.experiments.transformers.task_word import run as task
from app.experiments.transformers.warm_up import run as warm
from models.seeding import seeded
from models.training.warm_up import recurrent
from tests.entries.evidence import runs_of


@pytest.mark.parametrize("training", range(3))
def test_t5_does_four_tasks_in_every_training(training):
    assert task.measure(task.run(task.TaskControls(training=training), "cpu"))["lowest_exact_match"] > 0.85


def test_the_five_starts_are_the_same_in_both_arms():
    found = warm.run(warm.WarmUpControls(), "cpu")
    assert {curve.shape for curve in found.curves.values()} == {found.recurrent.shape}
    assert found.recurrent.shape[0] == 5
    deep = warm.run(warm.WarmUpControls(), "cpu").parameters
    assert sum(p.numel() for p in seeded(recurrent, 0).parameters()) == pytest.approx(deep, rel=0.05)


def test_this_model_goes_by_the_order_of_the_gaps():
    found = task.measure(task.run(task.TaskControls(sentinels="<1>, <0>"), "cpu"))
    assert found["gap_words_by_place"] > 0.9
    assert found["gap_words_right"] < 0.1


def test_four_tasks_are_asked_of_sources_as_in_training_alone():
    claim = runs_of("t5").entry.live.claims[1]
    for change in ({"sentinels": "<1>, <0>"}, {"hidden": "the first word"}):
        assert verdict(claim, runs_of("t5")(**change).metrics) == "does not apply"
    assert verdict(claim, runs_of("t5")(training=1).metrics) == "held"


@pytest.mark.parametrize("layers", [2, 8])
def test_both_forms_say_the_same_and_word_after_word_takes_longer(layers):
    found = warm.measure(warm.run(warm.WarmUpControls(layers=layers), "cpu"))
    assert found["largest_difference_of_the_forms"] < 1e-4
    assert found["passes_in_sequence"] == 6
    assert found["word_after_word_ms"] > found["at_once_ms"] > 0
