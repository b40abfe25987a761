"""What the page on I-JEPA says beyond its claims."""

import numpy as np
import pytest
import torch

from app.controls import parse
from app.experiments.contrastive.hidden_patches.run import PatchesControls, network, recorded_probes, run
from models.contrastive.linear_probe import linear_probe, sampling_error
from models.contrastive.patch_probe import pixel_probe, probe, seen_digits
from models.training.hidden_patches import STRENGTHS, untrained
from tests.entries.evidence import runs_of

shown = runs_of("i-jepa")
SEEDS = range(5)


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_a_line_names_what_a_line_can_name() -> None:
    y = torch.arange(40) % 10
    assert linear_probe(torch.eye(10)[y], y, torch.eye(10)[y], y) == 1
    assert np.isnan(linear_probe(torch.full((40, 3), torch.nan), y, torch.eye(10)[y], y))
    assert sampling_error(0.5, 25) == pytest.approx(0.1)
    given, asked = seen_digits(0.0)
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
    for name, metric in (("I-JEPA", "probe_percent"), ("64 pixels", "raw_probe_percent")):
        assert trace(figures["probes"], name).y[0] == pytest.approx(metrics[metric], abs=0.01)
    assert all(len(each.plot.to_json()) < 100_000 for each in figures.values())


@pytest.mark.parametrize("texture", [0.0, 1.0])
def test_a_recorded_probe_is_repeated(texture: float) -> None:
    found = {name: each[-1].item() for name, each in recorded_probes(texture).items()}
    again = {
        "latent": probe(network("latent", texture, 4), texture),
        "pixels": probe(network("pixels", texture, 4), texture),
        "untrained": probe(untrained(4), texture),
        "raw": pixel_probe(texture),
    }
    assert again == pytest.approx(found, abs=0.004)


def test_noise_makes_every_probe_worse() -> None:
    plain, noisy = (shown(texture=texture).metrics for texture in (0, 1))
    for name in ("probe_percent", "pixel_probe_percent", "untrained_probe_percent", "raw_probe_percent"):
        assert noisy[name] < plain[name] - 20
    assert np.isfinite(list(noisy.values())).all()
    assert noisy["probe_percent"] < noisy["untrained_probe_percent"] + 5


@pytest.mark.parametrize("texture", STRENGTHS)
def test_averaged_over_the_trainings_pixels_win_the_probe(texture: float) -> None:
    named = {name: each.mean() for name, each in recorded_probes(texture).items()}
    assert named["pixels"] > named["latent"] + 0.02
    assert named["latent"] > named["untrained"]


def test_addresses_of_the_two_old_textures_hold() -> None:
    textures = [parse(PatchesControls, {"texture": old}, {}).controls.texture for old in ("none", "noise")]
    assert textures == [0, 0.5]
