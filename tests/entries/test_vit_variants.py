"""What the page on variants of the vision transformer says beyond its claims."""

import pytest
import torch

from app.experiments import experiment
from app.experiments.vision.vit_variants.answers import GRID
from app.experiments.vision.vit_variants.arms import SHIFTS, deit_repeats, dino_state, pair_changes
from app.experiments.vision.vit_variants.run import VARIANTS
from models.data.marked_pairs import LEFT
from models.training.vit_variants import TRAININGS


def result_of(**change: object):
    found = experiment("vision/vit_variants")
    result = found.run(found.controls(**change), "cpu")
    return result, found.measure(result), found.figures(result, found.measure(result))


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_is_put_to_a_test_of_its_own(variant: str):
    _, _, figures = result_of(variant=variant)
    assert figures["test"].title == f"{variant} put to the test"
    assert len(figures["test"].plot.data[0].x) >= 2


def test_a_patch_left_of_the_border_is_reached_from_the_right_only_if_windows_move_by_a_part():
    result, _, _ = result_of()
    left = GRID + LEFT
    reached = {shift: bool(result.reached[shift][-1][left, left + 1]) for shift in SHIFTS}
    assert reached == {"half a window": True, "half a window, first": True, "a whole window": False}


def test_the_answers_are_about_the_same_digit():
    result, _, _ = result_of(drawing="example 4")
    answers = result.answers
    torch.testing.assert_close(answers.words.shape, torch.Size([10]))
    assert (answers.hidden == -0.4).sum() == 12 * 4, "twelve of sixteen patches are masked"
    shown = answers.hidden != -0.4
    torch.testing.assert_close(answers.hidden[shown], result.image[shown])
    torch.testing.assert_close(answers.rebuilt[shown], result.image[shown])


def test_the_softmax_loss_knows_the_batch_and_the_sigmoid_loss_does_not():
    for seed in range(4):
        change = pair_changes(seed, "cpu")
        assert change["sigmoid"] < 1e-5 < 0.01 < change["softmax"]


def test_the_distillation_token_repeats_far_more_of_the_teacher_s_errors():
    for seed in range(TRAININGS):
        repeated = deit_repeats(seed, "cpu")
        assert repeated["distillation token"] > 1.5 * repeated["class token"]


def test_without_centring_one_output_takes_over():
    for seed in range(TRAININGS):
        assert dino_state("dino without centring", seed, "cpu")[0] < 1.5
        assert dino_state("dino", seed, "cpu")[0] > 10


@pytest.mark.parametrize("drawing", ["0" * 64, "f" * 64])
def test_paper_and_ink_alone_are_drawings_too(drawing: str):
    assert result_of(drawing=drawing)[2]
