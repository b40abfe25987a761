"""Boltzmann machines, restricted ones and contrastive divergence against sums over all states."""

import math

import pytest
import torch

from models.data.bars_and_stripes import bars_and_stripes, uniform_over
from models.data.two_wells import two_wells
from models.energy import boltzmann, exact_gradient
from models.energy import restricted_boltzmann as rbm
from models.energy.contrastive_divergence import Parameters, ascended, chain, contrast, statistics
from models.seeding import generator, normal, seeded

D, M = 5, 3


def parameters(seed: int = 0, scale: float = 1.0) -> Parameters:
    draws = generator(seed)
    return Parameters(*(scale * torch.randn(*shape, generator=draws) for shape in ((D, M), (1, D), (1, M))))


def machine(N: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    upper = normal(N, N, seed=seed).triu(1)
    return upper + upper.T, normal(N, seed=seed + 1)


def test_states_are_counted_and_found_again() -> None:
    states = boltzmann.all_states(3)
    assert states.tolist()[:3] == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert torch.equal(boltzmann.state_number(states), torch.arange(8))


def test_energy_by_hand() -> None:
    W = torch.tensor([[0.0, 2.0], [2.0, 0.0]])
    b = torch.tensor([0.5, -1.0])
    assert boltzmann.energy(boltzmann.all_states(2), W, b).tolist() == [0, 1, -0.5, -1.5]


def test_a_unit_is_on_with_the_chance_that_the_exact_probabilities_give() -> None:
    W, b = machine(4)
    states = boltzmann.all_states(4)
    p = boltzmann.probabilities(boltzmann.energy(states, W, b), 0.7)
    on = boltzmann.on_probability(states, W, b, 0.7)
    for number, s in enumerate(states):
        for unit in range(4):
            other = s.clone()
            other[unit] = 1 - s[unit]
            pair = p[number] + p[boltzmann.state_number(other)]
            mine = p[number] if s[unit] else pair - p[number]
            assert on[number, unit].item() == pytest.approx((mine / pair).item(), abs=1e-5)


def test_one_by_one_keeps_the_exact_probabilities_and_all_at_once_does_not() -> None:
    W, b = machine(4, seed=3)
    states = boltzmann.all_states(4)
    p = boltzmann.probabilities(boltzmann.energy(states, W, b), 1.0)
    starts = states[torch.multinomial(p, 60_000, True, generator=generator(0))]
    kept = boltzmann.one_by_one(starts, W, b, 1.0, range(4), generator(1))
    lost = boltzmann.all_at_once(starts, W, b, 1.0, generator(1))
    distance = lambda s: boltzmann.total_variation(boltzmann.frequencies(boltzmann.state_number(s), 16), p).item()
    assert distance(kept) < 0.01
    assert distance(lost) > 0.05


def test_the_module_is_a_sweep_in_the_order_of_its_units() -> None:
    model = seeded(lambda: boltzmann.BoltzmannMachine(4), 0)
    s = torch.bernoulli(torch.full((7, 4), 0.5), generator=generator(1))
    before = s.clone()
    after, trace = model(s, 0.8, generator(2))
    expected = boltzmann.one_by_one(s, model.weight, model.bias, 0.8, [0, 1, 2, 3], generator(2))
    assert torch.equal(after, expected)
    assert torch.equal(s, before)
    torch.testing.assert_close(trace.on, boltzmann.on_probability(after, model.weight, model.bias, 0.8))


def test_total_variation() -> None:
    p, q = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.25, 0.25, 0.5])
    assert boltzmann.total_variation(p, q).item() == 0.5
    assert boltzmann.frequencies(torch.tensor([[0, 2], [2, 2]]), 3).tolist() == [0.25, 0, 0.75]


def test_the_planted_state_and_its_opposite_are_the_two_deepest_wells() -> None:
    for seed in range(5):
        weight, bias, planted = two_wells(10, generator(seed))
        assert torch.equal(weight, weight.T)
        assert weight.diag().abs().max() == 0
        E = boltzmann.energy(boltzmann.all_states(10), weight, bias)
        own, opposite = (boltzmann.state_number((sign * planted > 0).float()) for sign in (1, -1))
        assert E.argmin() == own
        neighbours = opposite ^ (1 << torch.arange(10))
        assert (E[neighbours] > E[opposite]).all()


def test_free_energy_and_partition_are_sums_over_all_states() -> None:
    theta = parameters()
    W, (b,), (c,) = theta
    v, h = boltzmann.all_states(D), boltzmann.all_states(M)
    E = torch.stack([rbm.energy(v, one.expand(len(v), -1), W, b, c) for one in h], dim=1)  # (32, 8)
    torch.testing.assert_close(rbm.free_energy(v, W, b, c), -torch.logsumexp(-E, 1))
    torch.testing.assert_close(rbm.log_partition(W, b, c), torch.logsumexp(-E.flatten(), 0))
    assert rbm.log_likelihood(v, W, b, c).exp().sum().item() == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(exact_gradient.visible_probabilities(theta), rbm.log_likelihood(v, W, b, c).exp())
    listed = rbm.hidden_listed(v[11], W, c)
    torch.testing.assert_close(listed, torch.softmax(-E[11], 0))
    torch.testing.assert_close(listed, rbm.product_of_units(rbm.hidden_given_visible(v[11], W, c)))
    assert (rbm.hidden_listed(v[11], W, c, 2.0) - listed).abs().max() > 0.01


def test_the_rest_of_an_image_is_what_bayes_gives() -> None:
    W, (b,), (c,) = parameters(4)
    v = boltzmann.all_states(D)
    p = rbm.log_likelihood(v, W, b, c).exp()
    known = torch.tensor([True, True, False, False, True])
    like = (v[:, known] == v[19, known]).all(1)
    expected = (p[like, None] * v[like]).sum(0) / p[like].sum()
    found = rbm.rest_given_part(v[19:20], known, W, b, c)[0]
    torch.testing.assert_close(found[~known], expected[~known])


def test_exact_gradient_is_that_of_autograd() -> None:
    theta = parameters(1)
    d = torch.softmax(normal(2**D, seed=2), 0)
    leaves = [part.clone().requires_grad_() for part in theta]
    W, b, c = leaves
    (d * rbm.log_likelihood(boltzmann.all_states(D), W, b[0], c[0])).sum().backward()
    found = exact_gradient.gradient(d, exact_gradient.visible_probabilities(theta), theta)
    for ours, leaf in zip(found, leaves, strict=True):
        torch.testing.assert_close(ours, leaf.grad, atol=1e-5, rtol=1e-4)


def test_transitions_keep_the_machines_probabilities_and_forget_the_start() -> None:
    theta = parameters(2)
    up, down = exact_gradient.transitions(theta)
    p = exact_gradient.visible_probabilities(theta)
    torch.testing.assert_close(up.sum(1), torch.ones(2**D))
    torch.testing.assert_close(down.sum(1), torch.ones(2**M))
    torch.testing.assert_close(exact_gradient.after_one_step(p, up, down), p)
    q = torch.zeros(2**D)
    q[7] = 1
    for _ in range(200):
        q = exact_gradient.after_one_step(q, up, down)
    torch.testing.assert_close(q, p, atol=1e-4, rtol=0)


@pytest.mark.parametrize("k", [1, 3])
def test_sampled_chains_are_distributed_as_the_transitions_say(k: int) -> None:
    theta = parameters(3)
    up, down = exact_gradient.transitions(theta)
    q = torch.zeros(2**D)
    q[19] = 1
    for _ in range(k):
        q = exact_gradient.after_one_step(q, up, down)
    v = chain(boltzmann.all_states(D)[19].expand(40_000, -1), theta, k, generator(5))
    seen = boltzmann.frequencies(boltzmann.state_number(v), 2**D)
    assert boltzmann.total_variation(seen, q) < 0.02
    driven = chain(boltzmann.all_states(D)[19].expand(40_000, -1), theta, k, generator(5), "probabilities")
    assert boltzmann.total_variation(boltzmann.frequencies(boltzmann.state_number(driven), 2**D), q) > 0.03


def test_contrast_vanishes_where_chains_are_the_data_and_climbs_otherwise() -> None:
    theta = parameters(6, 0.5)
    v = torch.bernoulli(torch.full((9, D), 0.5), generator=generator(7))
    assert all(part.abs().max() == 0 for part in contrast(v, v, theta))
    by_hand = statistics(v, theta)
    torch.testing.assert_close(by_hand.W[1, 2], (v[:, 1] * torch.sigmoid(v @ theta.W + theta.c)[:, 2]).mean())
    d = uniform_over(torch.arange(2**D) % 5 == 0)
    step = exact_gradient.gradient(d, exact_gradient.visible_probabilities(theta), theta)
    likelihood = lambda t: (d * exact_gradient.visible_probabilities(t).log()).sum()
    assert likelihood(ascended(theta, step, 0.05)) > likelihood(theta)


def test_there_are_fourteen_bars_and_stripes() -> None:
    chosen = bars_and_stripes(3)
    assert chosen.sum() == 2**3 + 2**3 - 2
    assert uniform_over(chosen).max().item() == pytest.approx(1 / 14)
    assert not chosen[1]  # a single pixel


def test_relative_bias_and_mean_field_by_hand() -> None:
    one = Parameters(torch.full((1, 1), 3.0), torch.zeros(1, 1), torch.full((1, 1), 4.0))
    two = Parameters(torch.full((1, 1), 3.0), torch.full((1, 1), 5.0), torch.full((1, 1), 4.0))
    assert exact_gradient.relative_bias(two, one).item() == pytest.approx(1)
    theta = Parameters(torch.tensor([[2.0]]), torch.tensor([[-1.0]]), torch.tensor([[0.5]]))
    h = 1 / (1 + math.exp(-2.5))
    assert exact_gradient.mean_field_step(torch.ones(1, 1), theta).item() == pytest.approx(
        1 / (1 + math.exp(1 - 2 * h))
    )
    assert exact_gradient.flat(two).tolist() == [3, 5, 4]
