"""Perceptron, lines, class scores and divergences, compared with scikit-learn, scipy and torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import entropy as scipy_entropy
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.linear_model import Perceptron as Theirs
from sklearn.svm import SVC
from torch import distributions, nn
from torch.nn import functional

from models.data.gaussian_clusters import clusters
from models.data.separable_points import flipped, separable
from models.linear.descent import Descent
from models.linear.largest_margin import largest_margin
from models.linear.line_fit import least_absolute, least_squares, mean_absolute_error, predicted
from models.linear.perceptron import augmented, averaged, learn, updated
from models.linear.softmax_regression import SoftmaxRegression, negative_log_likelihood, separate_sigmoids_loss
from models.probability.class_losses import cross_entropy, squared_probabilities
from models.probability.gaussian_fit import Gaussian, gaussian_kl, log_density
from models.probability.information import cross_entropy as of_two
from models.probability.information import entropy, kl_divergence
from models.seeding import generator, normal, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
sizes = settings(max_examples=15, deadline=None)


def labelled(N: int, share: float, seed: int):
    points = separable(1, N, torch.full((1, N), 0.05).double(), seed)
    return points.x, flipped(points.y, torch.tensor([share]), seed)


@sizes
@given(st.integers(5, 60), st.sampled_from([0.0, 0.2]), st.sampled_from([0.5, 1.0, 3.0]), st.integers(0, 99))
def test_the_perceptron_makes_scikit_learns_updates(N, share, rate, seed):
    x, y = labelled(N, share, seed)
    if y.unique().numel() < 2:
        return
    ours = learn(augmented(x), y, 4, rate=rate).last[0]
    theirs = Theirs(eta0=rate, shuffle=False, tol=None, max_iter=4).fit(x[0].numpy(), y[0].numpy())
    expected = np.concatenate([theirs.coef_[0], theirs.intercept_])
    np.testing.assert_allclose(ours.numpy(), expected, atol=1e-9)


def test_a_step_at_every_point_is_noticed():
    x, y = labelled(40, 0.0, 1)
    always = learn(augmented(x), y, 4, update=lambda w, x, y, rate: w + rate * y[:, None] * x).last[0]
    theirs = Theirs(shuffle=False, tol=None, max_iter=4).fit(x[0].numpy(), y[0].numpy())
    assert not np.allclose(always.numpy(), np.concatenate([theirs.coef_[0], theirs.intercept_]))
    assert torch.equal(learn(augmented(x), y, 4, update=updated).last, learn(augmented(x), y, 4).last)


@sizes
@given(st.integers(8, 50), st.integers(0, 99))
def test_the_average_is_scikit_learns(N, seed):
    x, y = labelled(N, 0.2, seed)
    if y.unique().numel() < 2:
        return
    learning = learn(augmented(x), y, 3)
    if learning.weights.shape[1] < 3 * N:
        return
    settings_of = {"loss": "perceptron", "penalty": None, "learning_rate": "constant", "eta0": 1.0, "shuffle": False}
    theirs = SGDClassifier(**settings_of, average=True, tol=None, max_iter=3).fit(x[0].numpy(), y[0].numpy())
    expected = np.concatenate([theirs.coef_[0], theirs.intercept_])
    np.testing.assert_allclose(averaged(learning.weights)[0].numpy(), expected, atol=1e-9)


@sizes
@given(st.integers(6, 60), st.sampled_from([0.02, 0.3]), st.integers(0, 99))
def test_the_margin_is_that_of_a_hard_support_vector_machine(N, gap, seed):
    points = separable(1, N, torch.full((1, N), gap).double(), seed)
    x, y = augmented(points.x), points.y
    if y.unique().numel() < 2:
        return
    # without an intercept of its own, the pair of each point and its mirror image
    both = np.concatenate([x[0].numpy(), -x[0].numpy()])
    labels = np.concatenate([y[0].numpy(), -y[0].numpy()])
    machine = SVC(kernel="linear", C=1e10, tol=1e-10).fit(both, labels)
    assert largest_margin(x, y).item() == pytest.approx(1 / np.linalg.norm(machine.coef_), rel=1e-4)


@sizes
@given(st.integers(3, 40), st.integers(0, 99))
def test_lines_of_least_squares_and_least_absolute_error(N, seed):
    x, y = normal(2, N, seed=seed).double()
    theirs = LinearRegression().fit(x[:, None].numpy(), y.numpy())
    ours = least_squares(x, y)
    assert [ours.slope.item(), ours.intercept.item()] == pytest.approx([theirs.coef_[0], theirs.intercept_])
    # min Σ t with −t ≤ y − a x − b ≤ t
    line, slack = np.stack([x.numpy(), np.ones(N)], axis=1), np.eye(N)
    program = linprog(
        np.concatenate([[0, 0], np.full(N, 1 / N)]),
        A_ub=np.block([[-line, -slack], [line, -slack]]),
        b_ub=np.concatenate([-y.numpy(), y.numpy()]),
        bounds=[(None, None)] * 2 + [(0, None)] * N,
    )
    best = mean_absolute_error(predicted(least_absolute(x, y), x), y)
    assert best.item() == pytest.approx(program.fun, abs=1e-8)


def test_softmax_regression_ends_where_scikit_learns_does():
    x, classes = clusters(3, 1.5, True, torch.arange(3)).draw(400, generator(0))
    x = x.double()
    model = seeded(lambda: SoftmaxRegression(2, 3), 0).double()
    redraw(model, 0)
    descent = Descent(list(model.parameters()), lambda: negative_log_likelihood(model(x)[0], classes), 0.3)
    for _ in range(1500):
        descent.step()
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=2000).fit(x.numpy(), classes.numpy())
    np.testing.assert_allclose(model(x)[1].probabilities.detach().numpy(), theirs.predict_proba(x.numpy()), atol=1e-4)


@sizes
@given(st.integers(1, 9), st.integers(2, 11), st.integers(0, 99))
def test_losses_of_logits_are_torchs(N, K, seed):
    z, c = 4 * normal(N, K, seed=seed).double(), torch.randint(K, (N,), generator=generator(seed))
    expected = functional.cross_entropy(z, c)
    torch.testing.assert_close(cross_entropy(z, c), expected)
    torch.testing.assert_close(negative_log_likelihood(z, c), expected)
    torch.testing.assert_close(nn.CrossEntropyLoss()(z, c), expected)
    yes = functional.one_hot(c, K).double()
    sigmoids = functional.binary_cross_entropy_with_logits(z, yes, reduction="sum") / N
    torch.testing.assert_close(separate_sigmoids_loss(z, c), sigmoids)
    torch.testing.assert_close(squared_probabilities(z, c), functional.mse_loss(z.softmax(-1), yes) * K)


@sizes
@given(st.integers(2, 9), st.integers(0, 99))
def test_divergences_are_scipys_and_torchs_and_their_order_matters(K, seed):
    p, q = normal(2, K, seed=seed).double().softmax(-1)
    assert entropy(p).item() == pytest.approx(scipy_entropy(p.numpy()))
    assert kl_divergence(p, q).item() == pytest.approx(scipy_entropy(p.numpy(), q.numpy()))
    theirs = distributions.kl_divergence(distributions.Categorical(p), distributions.Categorical(q))
    torch.testing.assert_close(kl_divergence(p, q), theirs)
    torch.testing.assert_close(functional.kl_div(q.log(), p, reduction="sum"), theirs)  # the second one comes first
    assert not torch.allclose(functional.kl_div(p.log(), q, reduction="sum"), theirs) or torch.allclose(p, q, atol=0.05)
    torch.testing.assert_close(of_two(p, q), functional.cross_entropy(q.log(), p))


@sizes
@given(st.integers(0, 99))
def test_gaussians_are_torchs(seed):
    mean_p, mean_q, a, b = normal(4, seed=seed).double()
    p, q = Gaussian(mean_p, a.exp()), Gaussian(mean_q, b.exp())
    of_p, of_q = (distributions.Normal(one.mean, one.deviation) for one in (p, q))
    torch.testing.assert_close(gaussian_kl(p, q), distributions.kl_divergence(of_p, of_q))
    x = normal(5, seed=seed + 1).double()
    torch.testing.assert_close(log_density(x, p), of_p.log_prob(x))
