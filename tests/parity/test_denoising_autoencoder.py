"""The network beside torch's own layers with the same weights, the best reconstruction beside numerical integrals."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm
from torch import nn

from models.generative.denoising_autoencoder import DenoisingAutoencoder, best_reconstruction
from models.generative.mixtures import Mixture, posterior_mean
from models.seeding import normal, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
THEIRS = {"silu": nn.SiLU, "tanh": nn.Tanh, "none": nn.Identity}
MIXTURE = Mixture(torch.tensor([0.3, 0.7]), torch.tensor([[-1.0], [0.8]]), torch.tensor([0.2, 0.05]))


@pytest.mark.parametrize("activation", THEIRS)
def test_the_network_is_that_of_plain_layers(activation: str) -> None:
    ours = seeded(lambda: DenoisingAutoencoder(5, 11, activation), 0).double()
    redraw(ours, seed=1)
    act = THEIRS[activation]
    theirs = nn.Sequential(nn.Linear(5, 11), act(), nn.Linear(11, 11), act(), nn.Linear(11, 5)).double()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    x = normal(7, 5, seed=2).double()
    torch.testing.assert_close(ours(x)[0], theirs(x), rtol=1e-12, atol=1e-12)
    without = nn.Sequential(*list(theirs)[:3], *list(theirs)[4:])
    caught = (ours(x)[0] - without(x)).abs().max() > 0.01
    assert caught == (activation != "none"), "an activation that is left out must be seen"


@pytest.mark.parametrize("sigma", [0.3, 0.9])
@pytest.mark.parametrize("at", [-1.3, 0.1, 1.6])
def test_the_best_reconstruction_is_the_integral_over_clean_inputs(sigma: float, at: float) -> None:
    """E[x | x̃] = ∫ x p(x) N(x̃; x, σ²) dx / ∫ p(x) N(x̃; x, σ²) dx."""

    def joint(x: float) -> float:
        parts = zip(MIXTURE.weights.tolist(), MIXTURE.means[:, 0].tolist(), MIXTURE.variances.tolist())
        return sum(w * norm.pdf(x, m, v**0.5) for w, m, v in parts) * norm.pdf(at, x, sigma)

    expected = quad(lambda x: x * joint(x), -6, 6, limit=200)[0] / quad(joint, -6, 6, limit=200)[0]
    found = best_reconstruction(MIXTURE, torch.tensor([at]), sigma).item()
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert abs(at + (found - at) / sigma - expected) > 0.005, "σ for σ² must be seen"


def test_it_is_the_posterior_mean_of_the_scaled_process() -> None:
    sigma, noisy = 0.6, normal(9, 1, seed=3)
    a = 1 / (1 + sigma**2)
    np.testing.assert_allclose(
        best_reconstruction(MIXTURE, noisy, sigma), posterior_mean(MIXTURE, a**0.5 * noisy, a), rtol=1e-4, atol=1e-5
    )
