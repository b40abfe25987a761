"""The shape comments of perceptrons, lines, class scores and fitted Gaussians, executed."""

import torch

from models.data import gaussian_clusters, separable_points
from models.language import next_word
from models.language.pretrained_decoders import pretrained
from models.linear import largest_margin, line_fit, line_training, perceptron, softmax_regression
from models.probability import gaussian_fit, joint, label_training, sampling_error, sequence_surprise
from models.probability.class_losses import cross_entropy
from models.seeding import generator, normal, seeded
from tests.shape_comments import check_fields, shapes_checked

S, N, D, K, P, G, H = 3, 7, 3, 4, 2, 201, 32


def test_the_perceptron_s_shapes():
    modules = (separable_points, perceptron, largest_margin)
    with shapes_checked(*modules, S=S, N=N, D=D) as watch:
        points = separable_points.separable(S, N, torch.full((S, N), 0.1).double(), 0)
        y = separable_points.flipped(points.y, torch.full((S,), 0.0), 0)
        x = perceptron.augmented(points.x)
        learning = perceptron.learn(x, y, P)
        perceptron.learn(x, (y + 1) / 2, P, update=perceptron.error_updated)
        perceptron.averaged(learning.weights)
        perceptron.mean_accuracy(learning.last[None], x, y)
        largest_margin.largest_margin(x, y)
        _, trace = perceptron.Perceptron(D - 1)(points.x)
    assert check_fields(points, S=S, N=N) == 3
    assert check_fields(learning, S=S, T=learning.weights.shape[1], D=D) == 2
    assert check_fields(trace, N=N) == 1
    assert watch.reached
    assert not watch.unreached()


def test_the_line_s_shapes():
    with shapes_checked(line_fit, N=N) as watch:
        x, y = normal(2, N, seed=0)
        best = line_fit.least_squares(x, y)
        line_fit.gradient(best, x, y)
    with shapes_checked(line_fit, N=N, pairs=N * (N - 1) // 2):
        line_fit.least_absolute(x, y)
    assert check_fields(best) == 2
    assert watch.reached
    with shapes_checked(line_training, N=N) as watch:
        line_training.descend(x, y, best, line_training.column_minus_row, 2, 0.1)
    assert not watch.unreached()


def test_the_classifier_s_shapes():
    with shapes_checked(gaussian_clusters, softmax_regression, N=N, K=K, D=2) as watch:
        for equal in (True, False):
            truth = gaussian_clusters.clusters(K, 1.0, equal, torch.arange(K))
        x, classes = truth.draw(N, generator(0))
        truth.posterior(x)
        z, trace = seeded(lambda: softmax_regression.SoftmaxRegression(2, K), 0)(x)
        softmax_regression.separate_sigmoids_loss(z, classes)
        softmax_regression.divided_sigmoids(z)
    assert [tuple(part.shape) for part in truth] == [(K, 2), (K, 2, 2)]
    assert check_fields(trace, N=N, K=K) == 1
    assert watch.reached
    assert not watch.unreached()


def test_the_fit_s_shapes():
    x = torch.linspace(-5, 5, G).double()
    p = gaussian_fit.Gaussian(torch.zeros(S).double(), torch.ones(S).double())
    with shapes_checked(gaussian_fit, N=G, S=S) as watch:
        gaussian_fit.fit(x, gaussian_fit.two_peaks(x, 1, 1, 0.5), gaussian_fit.reverse_kl, p, 2, 0.1)
        gaussian_fit.mean_positive_ratio(x, p, p)
    assert watch.reached
    assert not watch.unreached()


def test_the_label_training_s_shapes():
    with shapes_checked(label_training, H=H) as watch:
        training = label_training.LabelTraining(cross_entropy, 0.3, 0, steps=1)
        training.step()
        snapshot = training.evaluate()
        training.held_out_noisy_loss(snapshot)
    assert check_fields(snapshot) == 5
    assert watch.reached
    assert not watch.unreached()


def test_the_next_word_s_shapes():
    model = pretrained("chance_decoder")
    with shapes_checked(next_word, N=2, D=model.config.width) as watch, torch.inference_mode():
        next_word.last_residual(model, ["walk : cat", "today came Ada Ben"], [1, 2])
    assert watch.reached
    assert not watch.unreached()


def test_the_table_s_and_the_surprise_s_shapes():
    B, T, V, R, n = 2, 5, 11, 3, 9
    ids = torch.zeros(B, T, dtype=torch.long)
    with shapes_checked(joint, sampling_error, sequence_surprise, B=B, T=T, R=R, n=n, A=2) as watch:
        joint.bayes(torch.full((2,), 0.5), torch.full((2, B), 0.5))
        sampling_error.frequencies(torch.full((4,), 0.25), n, R, generator(0))
        sequence_surprise.surprises(normal(B, T, V, seed=0), ids)
        sequence_surprise.shifted_twice(normal(B, T, V, seed=0), ids)
    assert watch.reached
    assert not watch.unreached()
