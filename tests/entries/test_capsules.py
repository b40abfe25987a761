"""What the pages on capsules, squash and routing say beyond their claims."""

import math

import pytest
import torch

from app.experiments.vision.agreement import run as agreement
from app.experiments.vision.capsule_poses import altered_poses
from app.experiments.vision.capsule_poses import run as poses
from app.experiments.vision.squash import run as squash
from models.convolution.dynamic_routing import dynamic_routing
from models.convolution.pretrained_networks import digit_capsules
from models.data.digits import digits
from models.seeding import normal


def test_altered_capsules_are_what_the_control_says():
    v = normal(4, 10, 8, seed=0)
    digit = torch.tensor([3, 9, 3, 3])
    kept, at = altered_poses.decoded_capsules(v, digit, "its own")
    assert kept is v
    assert at is digit
    moved, at = altered_poses.decoded_capsules(v, digit, "moved to the next capsule")
    assert at.tolist() == [4, 0, 4, 4]
    assert torch.equal(moved[1, 0], v[1, 9])
    other, at = altered_poses.decoded_capsules(v, digit, "that of another image of the digit")
    for row, source in ((0, 2), (2, 3), (3, 0), (1, 1)):
        mine, theirs = other[row, digit[row]], v[source, digit[row]]
        assert torch.cosine_similarity(mine, theirs, dim=0).item() == pytest.approx(1, abs=1e-5)
        assert mine.norm().item() == pytest.approx(v[row, digit[row]].norm().item(), rel=1e-5)
    longer, at = altered_poses.decoded_capsules(v, digit, "its own, longer by the same distance")
    rows = torch.arange(4)
    own, moved, far = (capsules[rows, digit] for capsules in (v, other, longer))
    torch.testing.assert_close((far - own).norm(dim=1), (moved - own).norm(dim=1))
    torch.testing.assert_close(torch.cosine_similarity(far, own), torch.ones(4))


def test_the_middle_column_of_the_edits_is_the_unchanged_drawing():
    result = poses.run(poses.CapsulePosesControls(drawing="example 5"), "cpu")
    middle = altered_poses.EDITS.index(0.0)
    for row in range(altered_poses.DIMENSIONS):
        torch.testing.assert_close(result.edited[row, middle], result.drawn)
    assert not torch.allclose(result.edited[0, 0], result.drawn)


def test_the_mean_image_of_a_digit_is_the_mean():
    learned = digits()[0]
    expected = (learned.images[learned.labels == 7].mean(dim=0) + 1) / 2
    torch.testing.assert_close(poses.class_means(0)[7], expected)


def test_a_shift_moves_every_digit_and_fills_with_paper():
    image = digits()[1].images[:1]
    moved = poses.shifted_right(image, 2)
    assert torch.equal(moved[..., 2:], image[..., :-2])
    assert (moved[..., :2] == -1).all()


def test_an_empty_and_a_full_drawing_are_read():
    for ink in "0f":
        result = poses.run(poses.CapsulePosesControls(drawing=64 * ink), "cpu")
        metrics = poses.measure(result)
        assert "label" not in metrics
        assert all(math.isfinite(value) for value in metrics.values())
        assert squash.run(squash.SquashControls(drawing=64 * ink), "cpu").outputs.isfinite().all()


def test_derivatives_at_zero():
    assert squash.gradient_at_zero(squash.FORMS["squash"]) == 0
    assert squash.gradient_at_zero(squash.FORMS["none"]) == 1
    assert squash.gradient_at_zero(squash.FORMS["unit length"]) > 1000
    assert math.isnan(squash.gradient_at_zero(squash.FORMS["squash without ε"]))


def test_right_and_longest_wrong():
    right, wrong = squash.right_and_wrong(torch.tensor([[0.9, 0.2, 0.4], [0.1, 0.3, 0.8]]), torch.tensor([0, 1]))
    assert right.tolist() == pytest.approx([0.9, 0.3])
    assert wrong.tolist() == pytest.approx([0.4, 0.8])


def test_directions_are_kept_by_every_form_but_lengths_are_not():
    result = squash.run(squash.SquashControls(), "cpu")
    assert squash.measure(result)["smallest_cosine"] == pytest.approx(1, abs=1e-4)
    s, v = result.right[:, 0], result.right[:, 1]
    torch.testing.assert_close(v, s**2 / (1 + s**2), atol=1e-4, rtol=1e-4)


def test_one_iteration_is_the_plain_average():
    votes = normal(2, 5, 3, 4, seed=0)
    _, trace = dynamic_routing(votes, 1)
    torch.testing.assert_close(trace.sums[0], votes.sum(dim=1) / 3)


def test_entropy_and_angle():
    assert agreement.entropy_share(torch.full((2, 5, 4), 0.25)).item() == pytest.approx(1)
    assert agreement.entropy_share(torch.eye(4)[None]).item() == pytest.approx(0)
    v = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    assert agreement.angle(v, torch.tensor([[0.0, 2.0], [1.0, 0.0]])).tolist() == pytest.approx([90, 45], abs=1e-3)


def test_the_trained_numbers_are_those_of_the_network_itself():
    found = agreement.trained_routing(1, "its own output", "the capsules above", "cpu")
    held_out = digits()[1]
    with torch.inference_mode():
        for iterations in (1, 3, 5):
            v, trace = digit_capsules(1, "three iterations", iterations)(held_out.images)
            right = (v.norm(dim=-1).argmax(dim=1) == held_out.labels).float().mean().item()
            assert found[iterations - 1].accuracy == pytest.approx(right)
    entropy = agreement.entropy_share(trace.routing.coupling[-1]).item()
    assert found[4].entropy_share == pytest.approx(entropy, rel=1e-5)


def test_no_or_all_votes_in_agreement_give_gaps_not_errors():
    for agreeing, missing in ((0, "coupling_of_agreeing"), (32, "coupling_of_others")):
        metrics = agreement.measure(agreement.run(agreement.AgreementControls(agreeing=agreeing), "cpu"))
        assert math.isnan(metrics[missing])
        assert math.isfinite(metrics["pose_error_degrees"])
