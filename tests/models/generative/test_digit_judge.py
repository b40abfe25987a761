"""The judge of drawn digits, on digits that were never drawn by a model."""

import pytest
import torch

from models.data.digits import digits
from models.generative import digit_judge
from models.generative.pretrained_networks import digit_classifier


@torch.inference_mode()
def test_real_digits_are_readable_varied_and_of_their_class() -> None:
    held_out = digits()[1]
    found = digit_judge.judged(digit_classifier(), held_out.images.flatten(1))
    assert torch.allclose(found.sum(-1), torch.ones(len(found)))
    assert digit_judge.class_accuracy(found, held_out.labels) > 0.99
    assert digit_judge.readable_share(found) > 0.9
    assert digit_judge.classes_covered(found) == 10
    assert digit_judge.effective_classes(found) == pytest.approx(10, abs=0.3)


@torch.inference_mode()
def test_noise_is_seldom_readable() -> None:
    noise = torch.randn(500, 64, generator=torch.Generator().manual_seed(0))
    assert digit_judge.readable_share(digit_judge.judged(digit_classifier(), noise)) < 0.05


def test_measures_of_known_probabilities() -> None:
    found = torch.eye(10)[torch.tensor([0] * 50 + [1] * 49 + [2])]
    assert digit_judge.class_shares(found)[:3] == pytest.approx((0.5, 0.49, 0.01))
    assert digit_judge.classes_covered(found) == 2
    assert digit_judge.effective_classes(torch.eye(10)[[0, 0, 1, 1]]) == pytest.approx(2)
