"""The shipped networks do what their cards say."""

import pytest
import torch

from models.checkpoints import load_card
from models.data.digits import digits
from models.data.points import POINT_SETS
from models.generative import pretrained_networks as trained
from models.seeding import generator
from models.training import drawn_digits, point_denoiser
from tests.fingerprints import fingerprint_of_card
from tests.verified import stands


def test_the_digits_are_split_once_and_for_all():
    learned, held_out = digits()
    assert learned.images.shape == (1500, 1, 8, 8)
    assert held_out.images.shape == (297, 1, 8, 8)
    assert learned.images.min() == -1
    assert learned.images.max() == 1
    assert set(held_out.labels.tolist()) == set(range(10))
    assert digits()[0].images is learned.images


@pytest.mark.parametrize("name", POINT_SETS)
def test_a_set_of_points_has_about_mean_zero_and_variance_one(name):
    x = POINT_SETS[name](20_000, generator(0))
    assert x.mean(0).abs().max() < 0.06
    assert (x.std(0) - 1).abs().max() < 0.12
    assert torch.equal(POINT_SETS[name](50, generator(3)), POINT_SETS[name](50, generator(3)))


@pytest.mark.parametrize("name", ["digit_denoiser", "digit_classifier", "point_denoiser"])
def test_the_card_counts_the_weights(name):
    net = getattr(trained, name)()
    assert load_card(name)["parameters"] == sum(weight.numel() for weight in net.parameters())
    assert net is getattr(trained, name)()
    assert not any(weight.requires_grad for weight in net.parameters())


def test_the_judge_is_as_good_as_its_card_says():
    _, held_out = digits()
    measured = drawn_digits.measured_judge(trained.digit_classifier(), held_out)
    assert measured == pytest.approx(load_card("digit_classifier")["metrics"], abs=0.004)
    assert measured["held_out_accuracy"] > 0.98


def test_the_digit_denoiser_is_as_good_as_its_card_says(request):
    said = load_card("digit_denoiser")["metrics"]
    if not stands("checkpoint", "digit_denoiser", fingerprint_of_card("digit_denoiser"), request.config):
        learned, held_out = digits()
        measured = drawn_digits.measured(trained.digit_denoiser(), trained.digit_classifier(), learned, held_out)
        assert measured == pytest.approx(said, abs=0.02)
    assert said["recognised_share"] > 0.95
    assert said["recognised_share_guidance_0"] < 0.2
    assert said["nearest_learned_ratio"] > 0.85


def test_the_point_denoiser_is_as_good_as_its_card_says():
    said = load_card("point_denoiser")["metrics"]
    measured = point_denoiser.measured(trained.point_denoiser())
    assert measured == pytest.approx(said, abs=0.002)
    for name in POINT_SETS:
        assert said[f"{name}_energy_distance"] < 0.002
