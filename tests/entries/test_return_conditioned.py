"""What the page on decision transformers says beyond its claims."""

import pytest

from app.experiments.transformers.return_conditioned.run import ASKED, ReturnControls, run
from models.training.return_conditioned_kinds import TRAININGS
from tests.entries.evidence import runs_of


def metrics(**change: object):
    return runs_of("decision-transformer")(**change).metrics


@pytest.mark.parametrize("seed", range(TRAININGS))
def test_it_earns_what_it_is_asked_for_up_to_ten(seed):
    result = run(ReturnControls(seed=seed), "cpu")
    for asked in ASKED[:11]:
        assert abs(result.earned[asked] - asked) < 1.5, asked


@pytest.mark.parametrize("seed", range(TRAININGS))
def test_beyond_the_data_it_earns_nearly_the_most_possible(seed):
    assert 9 < metrics(seed=seed, asked=14)["asked_for_most_return"] <= 11


def test_the_best_walk_earned_eleven_as_the_question_says():
    assert [metrics(seed=seed)["data_best_return"] for seed in range(TRAININGS)] == [11] * TRAININGS


def test_the_best_tenth_lies_between_all_walks_and_a_high_request():
    for seed in range(TRAININGS):
        found = metrics(seed=seed)
        assert (
            found["clone_return"] + 2
            < found["best_tenth_return"]
            < found["clone_return"] + found["lead_over_clone_return"]
        )


def test_attention_adds_up_to_one():
    result = run(ReturnControls(), "cpu")
    assert result.weights.sum(dim=1).sub(1).abs().max() < 1e-5
    assert result.visits.sum().item() == pytest.approx(12)
