"""What the pages on masks, sinks, windows and diffusion say beyond their claims."""

import math

import pytest
import torch

from app.experiments import experiment
from app.experiments.attention.sliding_window.behind_a_window import DECODERS, gains
from app.experiments.generative.diffusion.run import at_guidance
from models.attention.dot_product import masked
from models.attention.mask_kinds import prefix_mask
from tests.entries.evidence import runs_of


def test_the_last_prediction_names_the_changed_city_and_the_ones_between_hardly_change():
    kind = experiment("attention/causal_mask")
    moved = kind.run(kind.controls(), "cpu").shown.prediction[0]
    assert moved[-1] > 0.9
    assert moved[10:-1].max() < 0.05


def test_the_masked_score_is_the_score_where_allowed_and_minus_infinity_elsewhere():
    scores, mask = torch.arange(9.0).view(3, 3), prefix_mask(3, 2)
    expected = [[0, 1, -torch.inf], [3, 4, -torch.inf], [6, 7, 8]]
    assert masked(scores, mask).tolist() == expected


@pytest.mark.parametrize("slug", ["attention-sinks", "sliding-window-attention"])
def test_what_a_cache_has_lost_is_named_about_as_often_as_by_chance(slug):
    lost = {"attention-sinks": "recall_beyond_cache", "sliding-window-attention": "recall_beyond_reach"}[slug]
    metrics = runs_of(slug).metrics(12345)({})
    assert abs(metrics[lost] - metrics["chance"]) < 0.06


def test_guidance_costs_variety_and_beyond_1_gains_little():
    at = {scale: runs_of("diffusion-model").metrics()({"guidance": scale}) for scale in (0.0, 1.0, 2.0)}
    assert at[0.0]["variety_ratio"] > at[1.0]["variety_ratio"] > at[2.0]["variety_ratio"]
    assert at[0.0]["on_target_percent"] < 30
    assert min(at[1.0]["on_target_percent"], at[2.0]["on_target_percent"]) >= 90


def test_guidance_gains_accuracy_and_costs_variety() -> None:
    at = {
        guidance: at_guidance(guidance, "digits", "DDIM", "all", 0, "cpu").mean(dim=0) for guidance in (0.0, 1.0, 2.0)
    }
    (without, varied), (plain, less), (twice, least) = (found.tolist() for found in at.values())
    assert without < 0.3 < 0.9 < plain <= twice
    assert varied > less + 0.4 > least + 0.4


def test_only_a_decoder_trained_with_a_window_gains_from_beyond_it() -> None:
    trained, afterwards, without = (gains(name, 3, "cpu") for name in DECODERS)
    assert (trained[1:] > 0).all()
    assert (afterwards[1:] < 0).all()
    assert without[-1] > trained[-1]
    assert trained[-1] == trained[-2], "21 tokens are more than its reach of 16"


def test_the_largest_seed_has_neighbours_too() -> None:
    """The sweep over guidances samples from the seeds that follow."""
    last = runs_of("diffusion-model")(seed=2**31 - 1)
    assert all(math.isfinite(value) for value in last.metrics.values())
