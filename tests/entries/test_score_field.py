"""What the page of the score-based model says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.generative.known_mixture import PARTS, Lesson
from app.experiments.generative.score_field.chains import learned_score
from app.experiments.generative.score_field.run import left_share, merged_from
from models.generative.mixtures import two_modes
from tests.entries.evidence import runs_of

shown = runs_of("score-based-model")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def test_learned_arrows_lie_on_the_exact_ones() -> None:
    metrics = shown().metrics
    assert metrics["cosine_at_high_noise"] > 0.97
    assert metrics["cosine_at_low_noise"] > 0.9
    drawn = traces("arrows")
    heads = [name for name in drawn if name.startswith("learned") and "shafts" not in name]
    assert len(heads) == 3
    for name in heads:
        learned, exact = drawn[name], drawn[name.replace("learned", "exact")]
        off = np.hypot(np.asarray(learned.x) - np.asarray(exact.x), np.asarray(learned.y) - np.asarray(exact.y))
        assert np.median(off) < 0.1


def test_errors_are_small_where_the_data_are() -> None:
    metrics = shown().metrics
    assert metrics["error_at_the_data_percent"] < metrics["error_between_the_modes_percent"] / 3


def test_the_line_ends_where_the_page_says() -> None:
    drawn = traces("shares")
    assert drawn["learned score"].y[-1] == pytest.approx(shown().metrics["left_share_percent"], rel=1e-5)
    assert drawn["exact score"].y[0] == pytest.approx(50, abs=6)
    assert shown().metrics["spread_over_true"] == pytest.approx(1.05, abs=0.15)


def test_equal_modes_merge_where_the_variance_is_the_square_of_half_their_distance() -> None:
    assert merged_from(two_modes(2.4, 0.5)) == pytest.approx((1.2**2 - 0.3**2) ** 0.5, abs=0.02)
    assert merged_from(two_modes(2.4, 0.8)) < merged_from(two_modes(2.4, 0.5))


def test_shares_of_no_points_are_not_a_number() -> None:
    assert left_share(torch.tensor([[-1.0, 0.0], [2.0, 0.0], [3.0, 1.0], [4.0, 1.0]])).item() == 0.25
    assert left_share(torch.full((3, 2), torch.nan)).isnan()


def test_a_score_that_is_asked_for_first_trains_its_network() -> None:
    found = learned_score(Lesson(2.4, 0.8, 77, steps=10), PARTS, torch.zeros(1, 2), 1.0)
    assert found.isfinite().all()
    assert not found.requires_grad
