"""What the page on the denoising U-Net says beyond its claims."""

import pytest
import torch

from app.experiments.generative.unet_levels.conditions import PLACES, conditions
from app.experiments.generative.unet_levels.exchanged import (
    TIMES,
    exchanged,
    exchanges,
    networks,
    noised_digits,
    noisy,
    parts_of,
)
from app.experiments.generative.unet_levels.told import another_class, parts_held, wrong_times
from models.generative.denoiser import trained_alpha_bar
from tests.entries.evidence import runs_of

SEED = 5


def test_the_lines_of_top_skip_and_middle_cross():
    rises = exchanges("another digit’s", "three levels", SEED, "cpu").rises
    top, middle = rises["top skip"], rises["middle"]
    assert (top[: TIMES.index(500)] > 2 * middle[: TIMES.index(500)]).all()
    assert (top[TIMES.index(850) :] < middle[TIMES.index(850) :] / 2).all()
    assert top[-1] < 0.03
    assert rises["lower skip"].max() < 0.1


def test_the_middle_holds_the_digit_and_the_top_skip_the_noise():
    at = TIMES.index(850)
    same_image, same_digit, other = (
        exchanges(source, "three levels", SEED, "cpu").rises
        for source in ("the same image’s, other noise", "another one’s of the same digit", "another digit’s")
    )
    assert same_image["middle"].abs().max() < 0.03
    assert same_digit["middle"][at] < 0.3 * other["middle"][at]
    assert (same_image["top skip"][:4] > 0.6 * other["top skip"][:4]).all()


def test_without_an_exchange_the_answer_is_the_networks_own():
    given, model = noised_digits("another digit’s", SEED), networks("three levels", "cpu")[0]
    x, other, _ = noisy(given, trained_alpha_bar()[500].item(), "cpu")
    found = exchanged(model, x, other, 500, given)
    torch.testing.assert_close(found[None], model(x, torch.full((len(x),), 500.0), given.labels)[0])
    assert set(found) == {None, *parts_of(model)}


@pytest.mark.parametrize(
    "source", ["another digit’s", "another one’s of the same digit", "the same image’s, other noise"]
)
def test_partners_are_what_the_control_says(source):
    given = noised_digits(source, SEED)
    alike, itself = given.labels[given.partner] == given.labels, given.partner == torch.arange(len(given.labels))
    assert alike.all() == (source != "another digit’s")
    assert alike.any() == (source != "another digit’s")
    assert itself.all() == itself.any() == (source == "the same image’s, other noise")


def test_the_truth_is_the_best_time_to_tell_and_much_noise_said_to_be_little_costs_most():
    for network in ("three levels", "two levels, five trainings"):
        added, moved = wrong_times(network, SEED, "cpu")
        assert (added.diagonal() == 0).all()
        assert (added >= -0.01).all()
        assert added[-1, 0] == added.max()
        assert all((change == 0).sum() == 1 for parts in moved.values() for change in parts.values())


def test_five_smaller_networks_say_the_same():
    metrics = runs_of("unet-diffusion").metrics()({"network": "two levels, five trainings"})
    assert metrics["rise_low_over_high"] > 8
    assert metrics["middle_over_top_at_high_noise"] > 2


def test_another_class_moves_the_middle_most_and_more_with_more_noise():
    for network in ("three levels", "two levels, five trainings"):
        added, changes = another_class(network, SEED, "cpu")
        at = TIMES.index(850)
        assert changes["middle"][at] > 1.4 * changes["top skip"][at]
        assert changes["middle"][at] > 1.25 * changes["middle"][TIMES.index(150)]
        assert (changes["top skip"] < changes["middle"]).all()
        assert added[at] > 4 * added[TIMES.index(50)] > 0


def test_the_top_skip_changes_with_the_class_though_only_the_norms_tell_it():
    given, model = noised_digits("another digit’s", SEED), networks("three levels", "cpu")[0]
    x, _, _ = noisy(given, trained_alpha_bar()[500].item(), "cpu")
    time = torch.full((len(x),), 500.0)
    (_, one), (_, same) = (model(x, time, given.labels) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(parts_held(one), parts_held(same), strict=True))
    changes = another_class("three levels", SEED, "cpu").changes
    assert list(changes) == list(parts_of(model))
    assert changes["top skip"][TIMES.index(500)] > 0.15


def test_cross_attention_puts_more_of_the_class_into_the_top_skip_at_about_the_same_error():
    found, at = conditions(SEED, "cpu"), TIMES.index(850)
    assert found.changes["attention"][at, 0] > 1.5 * found.changes["norm"][at, 0]
    assert abs(found.errors["attention"].mean() / found.errors["norm"].mean() - 1) < 0.05
    top = found.weights[:, PLACES.index("top skip")]
    assert top[-1] > top[TIMES.index(150)] + 0.08
    assert (top[at] > found.weights[at, 1:] + 0.15).all()


def test_the_third_figure_shows_the_ways_of_telling_where_asked_for():
    run = runs_of("unet-diffusion")(third="class by norms or attention")
    assert run.figures["told"].title == "Told the class by norms, or by cross-attention"
    assert run.metrics["top_change_by_attention"] > run.metrics["top_change_by_norms"]
