"""What the page on guidance says beyond its claims."""

import pytest
import torch

from app.experiments import experiment
from app.experiments.generative.guidance.drawn_digits import drawn_at, mixed_passes
from app.experiments.generative.guidance.line import GRID, OF_ALL, OF_CLASS, SPACING, on_the_line
from models.generative.mixtures import log_density
from models.seeding import normal
from models.training.small_denoisers import pretrained
from tests.entries.evidence import runs_of


def test_variety_falls_and_accuracy_rises_with_every_scale():
    found = [drawn_at(scale, "class, no class", "transformer", 0, "cpu") for scale in (0, 1, 2, 4)]
    variety = torch.stack([one.variety.mean() for one in found])
    accuracy = torch.stack([one.accuracy.mean() for one in found])
    assert variety[0] > 1 > variety[1]
    assert (variety.diff() < 0).all()
    assert (accuracy.diff() >= 0).all()
    assert accuracy[0] < 0.2


def test_one_pass_is_asked_where_only_one_counts_and_the_mix_is_linear():
    model, label, x = pretrained("patch 2", 0), torch.tensor([1, 7, 3]), normal(3, 1, 8, 8, seed=0)
    at = {s: mixed_passes(model, label, "class, no class", s)(x, 600) for s in (0, 1, 4)}
    torch.testing.assert_close(at[4], at[0] + 4 * (at[1] - at[0]), atol=1e-4, rtol=1e-4)
    swapped = {s: mixed_passes(model, label, "the two swapped (a mistake)", s)(x, 600) for s in (0, 1)}
    assert torch.equal(swapped[0], at[1])
    assert torch.equal(swapped[1], at[0])
    mistaken = mixed_passes(model, label, "the class in both (a mistake)", 4)(x, 600)
    torch.testing.assert_close(mistaken, at[1], atol=1e-4, rtol=1e-4)


def test_at_guidance_1_the_line_reaches_the_class_and_beyond_it_drifts_away():
    assert on_the_line(1.0, "guided", 100, 0).gap < 0.02
    gaps = [on_the_line(s, "guided", 50, 0).gap for s in (1.0, 2.0, 4.0)]
    assert gaps == sorted(gaps)
    exact = on_the_line(4.0, "of the tilted density", 100, 0)
    assert exact.gap < 0.02
    assert abs(exact.shift) < 0.01


def test_the_class_of_the_line_is_half_of_all_and_its_mirror_image():
    of_all, of_class = (log_density(one, GRID[:, None]).exp() for one in (OF_ALL, OF_CLASS))
    torch.testing.assert_close(of_all, (of_class + of_class.flip(0)) / 2, atol=1e-5, rtol=1e-3)
    assert (of_class.sum() * SPACING).item() == pytest.approx(1, abs=1e-3)


def test_the_sheet_is_the_same_from_guidance_1_up_where_the_class_is_given_to_both():
    kind = experiment("generative/guidance")
    mistaken = next(iter(kind.run(kind.controls(passes="the class in both (a mistake)"), "cpu"))).walks[:, -1]
    torch.testing.assert_close(mistaken[1], mistaken[4], atol=1e-3, rtol=1e-3)
    rightly = next(iter(kind.run(kind.controls(), "cpu"))).walks[:, -1]
    assert not torch.allclose(rightly[1], rightly[4], atol=0.3)


def test_the_one_keeps_most_of_its_variety_with_both_networks():
    for network in ("transformer", "U-Net"):
        assert runs_of("classifier-free-guidance").metrics()({"network": network})["digit_keeping_most"] == 1


def test_paths_start_together_part_on_the_way_and_end_closer_at_higher_guidance():
    kind = experiment("generative/guidance")
    for seed in (0, 5):
        first = next(iter(kind.run(kind.controls(third="paths of the digits", seed=seed), "cpu")))
        assert torch.equal(first.paths[:, :, 0], first.paths[:1, :, 0].expand_as(first.paths[:, :, 0]))
        metrics = kind.measure(first)
        assert metrics["end_spread_at_4"] < 0.75 * metrics["end_spread_at_1"]
        assert 300 <= metrics["half_apart_at_t"] <= 900
        assert kind.figures(first, metrics)["line"].title == "Ten samples on their way to a 2"


def test_where_both_passes_get_the_class_the_paths_never_part():
    kind = experiment("generative/guidance")
    first = next(
        iter(kind.run(kind.controls(passes="the class in both (a mistake)", third="paths of the digits"), "cpu"))
    )
    metrics = kind.measure(first)
    assert metrics["half_apart_at_t"] == 0
    assert "are the same" in kind.figures(first, metrics)["line"].text
