"""The multilayer perceptron beside scikit-learn's, with the same weights at odd sizes, in float64."""

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from models.layers.multilayer_perceptron import ACTIVATIONS, MLP, l2_penalty, mean_cross_entropy
from models.seeding import generator, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
SIZES = (3, 7, 5, 4)
THEIRS = {"tanh": "tanh", "relu": "relu", "sigmoid": "logistic", "none": "identity"}
STRENGTH = 0.3


def ours(activation: str) -> MLP:
    model = seeded(lambda: MLP(SIZES, activation), 0).double()
    redraw(model, seed=1)
    return model


def same_weights(model: MLP, x: np.ndarray, y: np.ndarray) -> MLPClassifier:
    """Theirs, of the same shape, with our weights; a matrix of theirs has a row per input."""
    activation = next(name for name, function in ACTIVATIONS.items() if function is model.activation)
    theirs = MLPClassifier(SIZES[1:-1], activation=THEIRS[activation], alpha=STRENGTH, max_iter=1, solver="sgd")
    theirs.partial_fit(x, y, classes=range(SIZES[-1]))
    theirs.coefs_ = [weight.detach().numpy().T.copy() for weight in model.weights]
    theirs.intercepts_ = [bias.detach().numpy().copy() for bias in model.biases]
    return theirs


def drawn(P: int) -> tuple[torch.Tensor, torch.Tensor]:
    draws = generator(2)
    return torch.randn(P, SIZES[0], generator=draws, dtype=torch.float64), torch.randint(4, (P,), generator=draws)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_probabilities_and_loss_are_scikit_learns(activation: str) -> None:
    x, y = drawn(11)
    model = ours(activation)
    theirs = same_weights(model, x.numpy(), y.numpy())
    with torch.no_grad():
        logits, _ = model(x)
    expected = theirs.predict_proba(x.numpy())
    np.testing.assert_allclose(logits.softmax(-1).numpy(), expected, rtol=1e-10)
    loss = log_loss(y.numpy(), expected, labels=range(4))
    assert mean_cross_entropy(logits, y).item() == pytest.approx(loss, rel=1e-10)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_with_the_penalty_are_scikit_learns(activation: str) -> None:
    """Their penalty is α/2 Σ W² over the number of points; the gradients of all weights and biases are alike."""
    x, y = drawn(11)
    model = ours(activation)
    theirs = same_weights(model, x.numpy(), y.numpy())
    mean_cross_entropy(model(x)[0], y).add(l2_penalty(list(model.weights), STRENGTH / 11)).backward()
    gradients = gradients_of(theirs, x.numpy(), y.numpy())
    for weight, expected in zip(model.weights, gradients[0], strict=True):
        np.testing.assert_allclose(weight.grad.numpy().T, expected, rtol=1e-9, atol=1e-12)
    for bias, expected in zip(model.biases, gradients[1], strict=True):
        np.testing.assert_allclose(bias.grad.numpy(), expected, rtol=1e-9, atol=1e-12)


def gradients_of(theirs: MLPClassifier, x: np.ndarray, y: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    targets = np.eye(SIZES[-1])[y]
    activations = [x, *(np.empty((len(x), size)) for size in SIZES[1:])]
    weights = [np.empty_like(weight) for weight in theirs.coefs_]
    biases = [np.empty_like(bias) for bias in theirs.intercepts_]
    deltas = [np.empty_like(values) for values in activations[1:]]
    theirs._backprop(x, targets, None, activations, deltas, weights, biases)
    return weights, biases


def test_a_layer_left_out_of_the_activation_is_caught() -> None:
    x, y = drawn(11)
    model = ours("tanh")
    theirs = same_weights(model, x.numpy(), y.numpy())
    model.activation = ACTIVATIONS["none"]
    with torch.no_grad():
        assert np.abs(model(x)[0].softmax(-1).numpy() - theirs.predict_proba(x.numpy())).max() > 0.05
