"""Every shape comment of the Boltzmann machines and of their data, executed."""

import torch

from models.data import bars_and_stripes, two_wells
from models.energy import boltzmann, contrastive_divergence, exact_gradient, restricted_boltzmann
from models.energy.contrastive_divergence import Parameters
from models.seeding import generator, seeded
from tests.shape_comments import shapes_checked

D, M = 4, 3


def test_boltzmann() -> None:
    with shapes_checked(boltzmann, N=D, C=6, S=16) as watch:
        s = boltzmann.all_states(D)[:6]
        seeded(lambda: boltzmann.BoltzmannMachine(D), 0)(s, 1.0, generator(0))
        boltzmann.frequencies(boltzmann.state_number(s), 16)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(two_wells, N=D) as watch:
        two_wells.two_wells(D, generator(0))
    assert watch.reached
    assert not watch.unreached()


def test_restricted() -> None:
    W, b, c = torch.randn(D, M), torch.randn(D), torch.randn(M)
    v = boltzmann.all_states(D)[:6]
    with shapes_checked(restricted_boltzmann, B=6, D=D, M=M) as watch:
        restricted_boltzmann.log_likelihood(v, W, b, c)
        restricted_boltzmann.hidden_listed(v[0], W, c)
        restricted_boltzmann.product_of_units(torch.rand(M))
        restricted_boltzmann.rest_given_part(v, torch.arange(D) < 2, W, b, c)
        model = seeded(lambda: restricted_boltzmann.RestrictedBoltzmannMachine(D, M), 0)
        y, trace = model(v, generator(0))
        assert y.shape == trace.visible.shape == (6, D)
        assert trace.hidden.shape == trace.sampled.shape == (6, M)
    assert watch.reached
    assert not watch.unreached()


def test_contrastive_divergence() -> None:
    theta = Parameters(torch.randn(2, D, M), torch.randn(2, 1, D), torch.randn(2, 1, M))
    v = boltzmann.all_states(D)[:6].expand(2, -1, -1)
    with shapes_checked(contrastive_divergence, B=6, D=D, M=M) as watch:
        after = contrastive_divergence.chain(v, theta, 2, generator(0))
        contrastive_divergence.contrast(v, after, theta)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(bars_and_stripes, N=2, V=16) as watch:
        chosen = bars_and_stripes.bars_and_stripes(2)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(exact_gradient, V=16, D=D, M=M) as watch:
        p = exact_gradient.visible_probabilities(theta)
        exact_gradient.gradient(bars_and_stripes.uniform_over(chosen), p, theta)
        exact_gradient.transitions(theta)
    assert watch.reached
    assert not watch.unreached()
