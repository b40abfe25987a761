"""Every shape comment of the generative files, executed; all sizes differ, so that no axis can pass for another."""

import pytest
import torch

from models.data import digits, points
from models.generative import (
    denoiser,
    diffusion,
    digit_classifier,
    digit_unet,
    distances,
    noise_schedule,
    point_denoiser,
    pretrained_networks,
    timestep_embedding,
)
from models.seeding import generator, normal, seeded
from tests.shape_comments import annotated_lines, check_fields, functions_of, shapes_checked

B, C, N, E, F, D, P, Q, M = 3, 4, 8, 6, 5, 7, 9, 11, 3
LABEL, TIME = torch.tensor([0, 1, 2]), torch.tensor([1.0, 500.0, 1000.0])


def run_unet():
    net = seeded(lambda: digit_unet.DigitUNet((C, 10), embedding=E, groups=2), 0)
    _, trace = net(normal(B, 1, N, N, seed=0), TIME, LABEL)
    assert check_fields(trace, B=B, E=E) == 2
    assert trace.down[0].shape == trace.up[0].shape == (B, C, N, N)


def run_classifier():
    _, trace = seeded(lambda: digit_classifier.DigitClassifier(C, F), 0)(normal(B, 1, N, N, seed=0))
    assert check_fields(trace, B=B, F=F) == 1


def run_point_denoiser():
    net = seeded(lambda: point_denoiser.PointDenoiser(4, width=D, embedding=E), 0)
    _, trace = net(normal(B, 2, seed=0), TIME, LABEL)
    assert check_fields(trace, B=B, E=E) == 1
    assert all(layer.shape == (B, D) for layer in trace.layers)


def run_points():
    for draw in points.POINT_SETS.values():
        draw(P, generator(0))


def run_distances():
    x, y = normal(P, D, seed=0), normal(Q, D, seed=1)
    distances.frechet_distance(x, y)
    distances.sliced_wasserstein(normal(P, 2, seed=0), normal(P, 2, seed=1), L=10)
    distances.kolmogorov_smirnov(x[:, 0], y[:, 0])


def run_denoiser():
    net = seeded(lambda: point_denoiser.PointDenoiser(4), 0)
    denoiser.drop_labels(LABEL, 4, 0.5, generator(0))
    denoiser.noise_predictor(net, LABEL, 2.0, denoiser.trained_alpha_bar())(normal(B, 2, seed=0), 10)


CASES = [
    pytest.param([digit_unet], run_unet, {"B": B, "E": E}, id="digit_unet"),
    pytest.param([digit_classifier], run_classifier, {"B": B, "C": C, "N": N, "F": F}, id="digit_classifier"),
    pytest.param([point_denoiser, timestep_embedding], run_point_denoiser, {"B": B}, id="point_denoiser"),
    pytest.param([points], run_points, {"P": P}, id="points"),
    pytest.param([distances], run_distances, {"S": P + Q, "L": 10}, id="distances"),
    pytest.param([denoiser], run_denoiser, {"B": B}, id="denoiser"),
    pytest.param([digits], digits.digits.__wrapped__, {"N": N}, id="digits"),
]


@pytest.mark.parametrize(("modules", "run", "sizes"), CASES)
def test_shape_comments_are_true(modules, run, sizes):
    with shapes_checked(*modules, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()


def test_files_without_a_case_have_no_shape_comments():
    bare = [diffusion, noise_schedule, pretrained_networks]
    assert not [line for module in bare for function in functions_of(module) for line in annotated_lines(function)]
