"""What the page of the denoising autoencoder says beyond its claims."""

import numpy as np
import pytest

from app.experiments.generative.noise_removal.course import course
from app.experiments.generative.noise_removal.run import TESTED, NoiseRemovalControls, lessons_of
from tests.entries.evidence import runs_of

shown = runs_of("denoising-autoencoder")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def test_the_correction_is_the_score_of_the_noisy_data_and_not_of_the_clean() -> None:
    metrics = shown().metrics
    assert metrics["cosine"] > 0.95
    assert metrics["clean_score_error_percent"] > 10 * metrics["score_error_percent"]


def test_learned_arrows_lie_on_the_exact_ones() -> None:
    drawn = traces("arrows")
    learned, exact = drawn["learned, σ = 0.5"], drawn["exact, σ = 0.5"]
    off = np.hypot(np.asarray(learned.x) - np.asarray(exact.x), np.asarray(learned.y) - np.asarray(exact.y))
    assert np.median(off) < 0.1


def test_the_curves_cross_below_the_noise_of_training() -> None:
    drawn = traces("errors")
    alone, network, best = (np.asarray(drawn[name].y) for name in ("left alone", "network", "best"))
    assert alone == pytest.approx(0.5 * TESTED.numpy(), rel=0.03)
    assert (best <= network * 1.01).all()
    assert (network[:3] > alone[:3]).all()
    assert (network[8:] < alone[8:]).all()
    assert network[8] == pytest.approx(best[8], rel=0.075)


def test_a_quarter_of_the_noise_is_the_harder_case() -> None:
    left = {tested: shown(tested=tested).metrics["digit_error_left_percent"] for tested in (0.25, 1.0, 2.0)}
    assert left[0.25] > 100 > left[1.0] > left[2.0]


def test_with_twice_the_noise_the_judge_gains_more() -> None:
    gains = [shown(tested=tested).metrics["read_gain_points"] for tested in (1.0, 2.0)]
    assert gains[1] > gains[0] + 4


def test_the_figures_fit_the_wire_and_eleven_digits_are_shown() -> None:
    figures = shown().figures
    assert all(len(figure.plot.to_json()) < 100_000 for figure in figures.values())
    assert len(traces("digits")["words"].x) == 33


def test_the_networks_have_the_sizes_that_the_page_names() -> None:
    plane, pictures = (course(lesson, 0).network for lesson in lessons_of(NoiseRemovalControls()))
    assert [layer.out_features for layer in plane.children()] == [64, 64, 2]
    assert [layer.out_features for layer in pictures.children()] == [128, 128, 64]
