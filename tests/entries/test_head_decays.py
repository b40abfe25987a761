"""What the page on RetNet says beyond its claims."""

import pytest

from app.experiments.statespace.head_decays.run import RetentionControls, difference, measure, run
from models.parameter_count import parameter_count
from models.training.fading_memories import pretrained


def test_it_has_the_weights_that_the_page_names():
    assert parameter_count(pretrained("retention", 0)) == 23_648


def test_forms_are_equal_until_a_step_is_forgotten():
    assert difference(run(RetentionControls(chunk=7), "cpu"), "chunkwise").max() < 1e-3
    late = difference(run(RetentionControls(chunks="read one step late"), "cpu"), "chunkwise")
    assert late[:16].max() < 1e-3 < 5e-3 < late[16:].max()


@pytest.mark.parametrize("seed", range(5))
def test_the_slowest_head_is_missed_more_by_near_facts(seed):
    found = measure(run(RetentionControls(off="slowest", seed=seed), "cpu"))
    assert found["far_lost_beyond_near_share"] < 0


def test_half_lives():
    found = measure(run(RetentionControls(), "cpu"))
    assert 2 < found["shortest_half_life"] < 3
    assert 21 < found["longest_half_life"] < 23
    assert found["recurrent_from_tokens"] == 8
