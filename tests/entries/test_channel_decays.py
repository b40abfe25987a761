"""What the page on RWKV says beyond its claims."""

import numpy as np
import pytest

from app.experiments.statespace.channel_decays.run import LIVES, DecayControls, measure, run
from models.parameter_count import parameter_count
from models.training.fading_memories import pretrained


def test_rwkv_has_the_weights_that_the_page_names():
    assert parameter_count(pretrained("rwkv", 0)) == 21_056


@pytest.mark.parametrize("seed", range(5))
def test_one_mean_decay_costs_far_facts_less_than_15_points(seed):
    result = run(DecayControls(seed=seed), "cpu")
    assert result.learned.far - result.equal.far < 0.15


def test_slower_fading_helps_far_facts_and_harms_near_ones_in_long_texts():
    swept = run(DecayControls(), "cpu").one_for_all
    assert swept.values == LIVES
    assert swept.measured[0].far + 0.2 < swept.measured[-1].far
    assert swept.measured[0].near_in_long > swept.measured[-1].near_in_long + 0.15


def test_without_a_maximum_large_keys_give_a_page_of_gaps():
    found = measure(run(DecayControls(form="without it", added="100"), "cpu"))
    assert found["not_a_number_share"] == 1
    assert np.isnan(found["largest_difference"])
