"""What the pages on siamese networks, contrastive loss and triplet loss say beyond their claims."""

import numpy as np
import pytest
import torch

from app.experiments.contrastive.digit_classes import TRAINED, another_of_its_class, digit_classes, pixel_areas
from models.seeding import generator
from tests.entries.evidence import runs_of

ENTRIES = ("siamese-network", "contrastive-loss", "triplet-loss")


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_digits_7_to_9_are_not_among_the_trained() -> None:
    data = digit_classes(TRAINED - 1)
    assert data.y.max() == 6
    assert (data.held_out_y >= TRAINED).sum() == 81
    chosen = torch.arange(len(data.x))
    assert torch.equal(data.y[another_of_its_class(data, chosen, generator(0))], data.y)
    assert pixel_areas() == pytest.approx((0.894, 0.813), abs=0.001)


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_map_shows_every_held_out_digit(entry) -> None:
    figure = runs_of(entry)().figures["map"]
    assert sum(len(one.x) for one in figure.plot.data) == 297
    assert all(len(each.plot.to_json()) < 100_000 for each in runs_of(entry)().figures.values())


def test_shares_of_distances_are_of_all_pairs() -> None:
    figure = runs_of("contrastive-loss")().figures["distances"]
    assert sum(np.asarray(trace(figure, "same, 0 to 6").y)) == pytest.approx(100, abs=1)


def test_the_slopes_of_the_default_loss() -> None:
    figure = runs_of("contrastive-loss")().figures["course"]
    x, push = (np.asarray(getattr(trace(figure, "push"), axis)) for axis in "xy")
    assert push == pytest.approx(-2 * np.maximum(0, 1 - x), abs=1e-5)


def test_four_times_longer_training_leaves_more_pairs_within_the_margin_than_the_hinge_on_the_square() -> None:
    measured = runs_of("contrastive-loss").metrics()
    within = [measured({"steps": 1600, "loss": loss})["pushing_percent"] for loss in (
        "contrastive", "hinge on the squared distance",
    )]  # fmt: skip
    assert 2 * within[1] < within[0] < measured({})["pushing_percent"]


def test_no_pair_of_one_drawing_is_apart() -> None:
    assert runs_of("siamese-network")(left="example 4", right="example 4").metrics["pair_distance"] < 1e-4


def test_shares_of_triplets_add_up() -> None:
    metrics = runs_of("triplet-loss")().metrics
    kinds = ("easy_percent", "semi_hard_percent", "hard_percent")
    assert sum(metrics[kind] for kind in kinds) == pytest.approx(100, abs=1e-3)
    positive, negative = (
        np.asarray(getattr(trace(runs_of("triplet-loss")().figures["plane"], "triplets"), axis)) for axis in "xy"
    )
    assert 100 * (negative > positive + 1).mean() == pytest.approx(metrics["easy_percent"], abs=4)


def test_a_rate_that_diverges_gives_a_page() -> None:
    run = runs_of("triplet-loss")(rate=0.1, negatives="hardest", margin=4.0, dimensions=2)
    assert run.figures


def test_the_map_grows_with_the_margin() -> None:
    one, two = (runs_of("contrastive-loss")(margin=margin).metrics for margin in (1.0, 2.0))
    for kind in ("same_distance", "different_distance"):
        assert two[kind] == pytest.approx(2 * one[kind], rel=0.25)


def test_with_a_larger_margin_two_encoders_catch_up_and_still_tell_the_sides_apart() -> None:
    metrics = runs_of("siamese-network")(encoders="two", margin=3.0).metrics
    assert metrics["area"] > 0.98
    assert metrics["change_by_swapping"] > 1e-3
