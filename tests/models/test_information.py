"""Entropy, cross-entropy and divergence by hand; losses of logits; a Gaussian fitted in both orders."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.data.digits import digits
from models.probability.class_losses import (
    cross_entropy,
    log_softmax_twice,
    logit_gradient,
    missing_probability,
    softmax_twice,
    softmax_twice_floor,
    squared_probabilities,
)
from models.probability.gaussian_fit import (
    Gaussian,
    fit,
    forward_kl,
    gaussian_kl,
    log_density,
    mean_log_ratio,
    mean_positive_ratio,
    moments,
    reverse_kl,
    two_peaks,
)
from models.probability.information import cross_entropy as of_two
from models.probability.information import entropy, kl_divergence, kl_terms, surprise
from models.probability.label_training import LabelTraining, label_entropy, with_random_labels
from models.seeding import generator, normal

shares = st.lists(st.floats(0.01, 10), min_size=2, max_size=7).map(
    lambda found: torch.tensor(found, dtype=torch.double) / sum(found)
)


def test_a_fair_coin_and_what_is_certain():
    coin, sure = torch.tensor([0.5, 0.5]), torch.tensor([1.0, 0.0])
    assert entropy(coin).item() == pytest.approx(math.log(2))
    assert entropy(sure) == 0
    assert surprise(torch.tensor(1.0)) == 0
    assert of_two(sure, coin).item() == pytest.approx(math.log(2))
    assert kl_divergence(coin, sure) == math.inf
    assert kl_divergence(sure, coin).item() == pytest.approx(math.log(2))


@given(shares, st.integers(0, 99))
def test_cross_entropy_is_entropy_and_divergence_which_is_never_negative(p, seed):
    q = normal(len(p), seed=seed).double().softmax(-1)
    torch.testing.assert_close(of_two(p, q), entropy(p) + kl_divergence(p, q))
    assert kl_divergence(p, q) >= -1e-12
    assert kl_divergence(p, p).item() == pytest.approx(0, abs=1e-12)
    torch.testing.assert_close(kl_terms(p, q).sum(), kl_divergence(p, q))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(2, 11), st.integers(0, 99))
def test_the_gradient_of_cross_entropy_is_softmax_minus_one_hot(N, K, seed):
    z = (3 * normal(2, N, K, seed=seed)).double().requires_grad_()
    c = torch.randint(K, (2, N), generator=generator(seed))
    (theirs,) = torch.autograd.grad(cross_entropy(z, c).sum(), z)
    torch.testing.assert_close(logit_gradient(z, c), theirs)
    torch.testing.assert_close(log_softmax_twice(z, c), cross_entropy(z, c))
    assert (softmax_twice(z, c) >= softmax_twice_floor(K) - 1e-12).all()


def test_two_softmaxes_reach_their_floor_and_no_further():
    z, c = 100 * torch.eye(10).double(), torch.arange(10)
    assert softmax_twice(z, c).item() == pytest.approx(softmax_twice_floor(10)) == pytest.approx(1.4612, abs=1e-4)
    assert cross_entropy(z, c).item() == pytest.approx(0, abs=1e-12)


def test_only_proper_scores_are_best_at_the_true_probability():
    truth, grid = 0.7, torch.linspace(0.01, 0.99, 99).double()
    z = torch.stack([grid.log(), (1 - grid).log()], dim=-1)[:, None]  # softmax(z) = (grid, 1 − grid)

    def expected(loss):
        right, wrong = (loss(z, torch.full((99, 1), c)) for c in (0, 1))
        return truth * right + (1 - truth) * wrong

    for honest in (cross_entropy, squared_probabilities):
        assert grid[expected(honest).argmin()].item() == pytest.approx(truth)
    assert grid[expected(missing_probability).argmin()].item() == pytest.approx(0.99)


def test_random_labels_have_the_entropy_that_is_stated():
    labels = digits()[0].labels
    drawn = with_random_labels(labels, 0.3, generator(0))
    assert (drawn == labels).float().mean().item() == pytest.approx(0.73, abs=0.03)
    assert label_entropy(0.0) == 0
    assert label_entropy(1.0) == pytest.approx(math.log(10))
    assert torch.equal(with_random_labels(labels, 0.0, generator(0)), labels)


def test_both_networks_start_alike_and_without_random_labels_stay_alike():
    training = LabelTraining(cross_entropy, 0.0, 0, steps=5)
    before = training.evaluate()
    for _ in range(5):
        training.step()
    after = training.evaluate()
    torch.testing.assert_close(*after.held_out_logits)
    assert after.training_loss[0] < before.training_loss[0]
    assert after.agreement[1] == after.held_out_accuracy[1]
    expected = cross_entropy(after.held_out_logits[1], training.held_out.labels).item()
    assert training.held_out_noisy_loss(after) == pytest.approx(expected, rel=1e-5)


def test_the_target_first_order_gives_the_moments_and_the_other_one_peak():
    x = torch.linspace(-15, 15, 201, dtype=torch.double)
    log_p = two_peaks(x, 3.0, 0.7, 0.5)
    assert (log_p.exp().sum() * 0.15).item() == pytest.approx(1, abs=1e-6)
    exact = moments(log_p, x, 0.15)
    assert exact.deviation.item() == pytest.approx(math.sqrt(9 + 0.49), abs=1e-3)
    start = Gaussian(torch.tensor([1.0, -2.0]).double(), torch.ones(2).double())
    forward, reverse = (fit(x, log_p, kl, start, 250, 0.02)[-1] for kl in (forward_kl, reverse_kl))
    torch.testing.assert_close(forward.deviation, exact.deviation.expand(2), atol=0.02, rtol=0)
    torch.testing.assert_close(reverse.deviation, torch.full((2,), 0.7).double(), atol=0.01, rtol=0)
    torch.testing.assert_close(reverse.mean, torch.tensor([3.0, -3.0]).double(), atol=0.01, rtol=0)


def test_the_closed_form_is_the_integral_and_the_mean_of_samples():
    p, q = (Gaussian(torch.tensor(mean).double(), torch.tensor(sd).double()) for mean, sd in ((0.0, 1.0), (0.5, 0.8)))
    x = torch.linspace(-12, 12, 4001, dtype=torch.double)
    integral = forward_kl(log_density(x, p), log_density(x, q), float(x[1] - x[0]))
    assert gaussian_kl(p, q).item() == pytest.approx(integral.item(), abs=1e-6)
    samples = p.mean + p.deviation * normal(40_000, seed=0).double()
    for estimate in (mean_log_ratio, mean_positive_ratio):
        assert estimate(samples, p, q).item() == pytest.approx(gaussian_kl(p, q).item(), rel=0.1)
    assert gaussian_kl(p, p).item() == pytest.approx(0, abs=1e-12)
