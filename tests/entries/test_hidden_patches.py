"""What the page on I-JEPA says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.contrastive.hidden_patches.probes import named_by_a_line, probe, seen_digits
from app.experiments.contrastive.hidden_patches.run import PatchesControls, run
from tests.entries.evidence import runs_of

shown = runs_of("i-jepa")
SEEDS = range(5)


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_a_line_names_what_a_line_can_name() -> None:
    y = torch.arange(40) % 10
    assert named_by_a_line(torch.eye(10)[y], y, torch.eye(10)[y], y) == 1
    given, asked = seen_digits("none")
    assert (len(given), len(asked)) == (1500, 297)


@pytest.mark.parametrize("block", [0, 4, 11])
def test_only_the_hidden_block_is_filled(block: int) -> None:
    result = run(PatchesControls(block=block), "cpu")
    for filled in (result.decoded, result.pixels):
        changed = (filled != result.images).flatten(1).sum(1)
        assert 0 < changed.min() <= changed.max() <= 24


def test_every_number_stands_in_a_figure() -> None:
    run_shown = shown()
    metrics, figures = run_shown.metrics, run_shown.figures
    bars = trace(figures["error"], "mean squared error").x
    assert list(bars) == pytest.approx([metrics["error"], metrics["mean_vector_error"], metrics["copying_error"]])
    plain = trace(figures["probes"], "digits without texture").x
    assert plain[0] == pytest.approx(metrics["probe_percent"])
    assert plain[1] == pytest.approx(metrics["pixel_probe_percent"])
    assert all(len(each.plot.to_json()) < 100_000 for each in figures.values())


def test_noise_makes_every_probe_worse() -> None:
    for seed in SEEDS:
        metrics = shown(seed=seed).metrics
        for name in ("probe_percent", "pixel_probe_percent", "untrained_probe_percent"):
            assert metrics[f"textured_{name}"] < metrics[name] - 5
    assert np.isfinite(list(shown(texture="noise").metrics.values())).all()


@pytest.mark.parametrize("texture", ["none", "noise"])
def test_averaged_over_the_trainings_pixels_win_the_probe(texture: str) -> None:
    of = lambda features: sum(probe(features, texture, training) for training in SEEDS) / len(SEEDS)
    assert of("pixels") > of("latent") + 0.02
    assert of("latent") > of("untrained") + 0.02
