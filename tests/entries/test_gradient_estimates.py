"""What the page on the reparameterization trick says beyond its claims."""

import pytest

from tests.entries.evidence import runs_of

runs = runs_of("reparameterization-trick")


def test_more_samples_divide_both_variances() -> None:
    one, sixteen = runs().metrics, runs(samples=16).metrics
    for name in ("pathwise_variance", "score_variance"):
        assert sixteen[name] == pytest.approx(one[name] / 16, rel=0.3)


def test_the_variances_cross_between_the_measured_frequencies() -> None:
    assert 1.2 < runs().metrics["crossing_omega"] < 1.7
    assert runs(objective="a sine", omega=1.0).metrics["variance_ratio"] < 1
    assert runs(objective="a sine", omega=2.0).metrics["variance_ratio"] > 1


def test_the_figures_fit_the_wire_and_a_blank_digit_gives_a_page() -> None:
    for run in (runs(), runs(drawing="0" * 64), runs(objective="a sine", omega=8.0)):
        assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())


def test_what_a_baseline_gains_depends_on_the_digit() -> None:
    gains = [runs(drawing=f"example {number}").metrics["baseline_gain"] for number in (0, 1, 4)]
    assert gains == pytest.approx([70, 4.5, 1.2], rel=0.15)
