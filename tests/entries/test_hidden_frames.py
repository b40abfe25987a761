"""What the page on V-JEPA says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.contrastive.hidden_frames.by_frame import by_distance
from app.experiments.contrastive.hidden_frames.run import FramesControls as Controls
from app.experiments.contrastive.hidden_frames.run import run as train
from app.experiments.contrastive.hidden_frames.tested_clips import (
    SHUFFLED,
    clips,
    last_seen,
    reordered,
    turned_while_hidden,
    visible_pixels,
)
from models.data.moving_square import FRAMES
from tests.entries.evidence import runs_of

shown = runs_of("v-jepa")


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_when_the_square_was_last_seen() -> None:
    whole = torch.tensor([[0, 1, 1, 0, 0, 1, 0, 0]], dtype=torch.bool)
    assert last_seen(whole).tolist() == [[1, 1, 2, 2, 2, 5, 5, 5]]


def test_a_shuffle_keeps_the_last_visible_frame() -> None:
    assert sorted(SHUFFLED) == list(range(FRAMES))
    assert SHUFFLED[4:] == tuple(range(4, FRAMES))
    assert all(at != place for place, at in enumerate(SHUFFLED[:4]))
    given = clips(300, 7)
    assert torch.equal(reordered(given, "backwards").frames[:, 0], given.frames[:, -1])


@pytest.mark.parametrize(("hidden", "pixels"), [("last three frames", 3 * 144), ("right half of all frames", 8 * 72)])
def test_what_is_hidden(hidden: str, pixels: int) -> None:
    assert (visible_pixels(hidden) == 0).sum() == pixels


def test_the_prediction_beats_standing_still_and_going_straight_on() -> None:
    metrics = shown().metrics
    assert metrics["predicted_distance_px"] < metrics["straight_distance_px"] < metrics["stayed_distance_px"]
    assert metrics["bounced_distance_px"] < metrics["bounced_straight_distance_px"]


def test_in_last_frames_every_square_is_hidden_and_straight_is_right_until_it_bounces() -> None:
    *_, result = train(Controls(steps=100), "cpu")
    assert result.out_of_sight.sum(0).tolist() == [0] * 5 + [300] * 3
    assert result.ahead.tolist() == [[0] * 5 + [1, 2, 3]] * 300
    torch.testing.assert_close(by_distance(result.errors, result.ahead)[:3], result.errors.mean(0)[5:])
    off = (result.straight - result.clips.centres).norm(dim=-1)
    never = ~result.clips.bounced[:, -1]
    assert off[never].max() < 1e-4
    assert turned_while_hidden(result.clips.bounced, result.last_seen, result.out_of_sight)[never].sum() == 0


def test_half_hidden_is_harder() -> None:
    metrics = shown(hidden="right half of all frames").metrics
    assert metrics["predicted_distance_px"] > shown().metrics["predicted_distance_px"]
    assert metrics["predicted_distance_px"] < metrics["straight_distance_px"]


def test_the_chart_ends_where_the_numbers_say() -> None:
    run = shown()
    figure = run.figures["distances"]
    assert np.nanmean(trace(figure, "predicted").y) == pytest.approx(run.metrics["predicted_distance_px"], abs=1e-4)
    assert trace(figure, "error").y[2] == pytest.approx(run.metrics["last_error_percent"], 1e-3)
    assert trace(figure, "error over copying").y[-1] == pytest.approx(run.metrics["error_over_copying_percent"], 1e-3)
    assert all(len(each.plot.to_json()) < 100_000 for each in run.figures.values())
