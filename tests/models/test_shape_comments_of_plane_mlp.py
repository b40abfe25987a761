"""Every shape comment of the multilayer perceptron and of its points, executed."""

import torch

from models.data import plane_classes
from models.layers import multilayer_perceptron
from models.seeding import generator, normal, seeded
from tests.shape_comments import shapes_checked

P, N, M, K = 13, 2, 5, 3
PARAMETERS = (M * N + M) + (M * M + M) + (K * M + K)


def test_shape_comments_are_true() -> None:
    with shapes_checked(multilayer_perceptron, P=P, M=M, K=K, S=PARAMETERS) as watch:
        model = seeded(lambda: multilayer_perceptron.MLP([N, M, M, K]), 0)
        _, trace = model(normal(P, N, seed=0))
        multilayer_perceptron.distinct_maps(trace.hidden[0].detach())
        multilayer_perceptron.gradient_check(model, normal(P, N, seed=0), torch.arange(P) % K)
    assert watch.reached
    assert not watch.unreached()


def test_shape_comments_of_the_points_are_true() -> None:
    with shapes_checked(plane_classes, P=P) as watch:
        for shape in plane_classes.SHAPES:
            plane_classes.plane_classes(shape, P, 0.1, generator(0))
    assert watch.reached
    assert not watch.unreached()
