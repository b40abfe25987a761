"""What the pages of gan and wasserstein-gan say beyond their claims."""

from functools import cache

import torch

from app.experiments.generative.critic_slope.run import CriticSlopeControls, CriticSlopeResult
from app.experiments.generative.critic_slope.run import measure as critic_measured
from app.experiments.generative.critic_slope.run import run as critic_run
from app.experiments.generative.two_players.figures import PULL, pulls_of
from app.experiments.generative.two_players.games import BATCH, POOL, mixture_of, seeds_of
from app.experiments.generative.two_players.run import TwoPlayersControls, TwoPlayersResult, measure, run
from models.generative.adversarial import adam, discriminator_step, generator_step, players


@cache
def played() -> TwoPlayersResult:
    return list(run(TwoPlayersControls(), "cpu"))[-1]


@cache
def judged() -> CriticSlopeResult:
    return list(critic_run(CriticSlopeControls(), "cpu"))[-1]


def test_clicked_points_are_the_modes() -> None:
    mixture = mixture_of("ring of 8", "a1_1 b-2_0")
    assert torch.equal(mixture.means, torch.tensor([[1.0, 1.0], [-2.0, 0.0]]))
    assert torch.equal(mixture.weights, torch.tensor([0.5, 0.5]))


def test_untrained_players_have_gradients_of_one_size_and_a_lead_parts_them() -> None:
    found = played().gradients
    assert found is not None
    ratio = found.non_saturating / found.saturating
    assert 0.8 < ratio[0] < 1.3
    assert ratio[-1] > 5


def test_the_pulls_raise_the_discriminators_estimate() -> None:
    result = played()
    points = result.generated[:40]
    pulls = pulls_of(result, points)
    moved = pulls[:, 1] - pulls[:, 0]
    assert bool((moved.norm(dim=-1) <= PULL + 1e-9).all())
    short = 0.01 * moved / PULL
    assert (result.both.judge(points + short) >= result.both.judge(points) - 1e-6).float().mean() > 0.95


def test_the_run_is_the_algorithm_step_by_step() -> None:
    """What the browser repeats: both players on the same batches, in turn."""
    result = played()
    both = players(0)
    first, second = adam(both.discriminator, 0.004), adam(both.generator, 0.002)
    for taken in range(1000):
        at = taken * BATCH % POOL
        discriminator_step(both, first, result.real[at : at + BATCH], result.noise[at : at + BATCH])
        generator_step(both, second, result.noise[at : at + BATCH], "non-saturating")
    assert torch.allclose(both.generate(result.noise), result.both.generate(result.noise), atol=1e-6)


def test_games_differ_and_the_first_is_the_one_shown() -> None:
    result = played()
    assert len(set(seeds_of(2**31 - 1))) == result.shares.shape[1] == 5
    assert not torch.equal(result.shares[-1, 0], result.shares[-1, 1])
    assert measure(result)["modes_covered"] == result.covered[-1, 0]
    assert result.covered[0].max() <= 2  # untrained


def test_at_equal_densities_the_best_d_is_a_half_and_the_learned_one_is_near_it_everywhere() -> None:
    equal = played().equal
    assert equal is not None
    assert torch.equal(equal.best, torch.full_like(equal.best, 0.5))
    assert (equal.learned - 0.5).abs().max() < 0.06


def test_a_generator_stands_still_with_the_saturating_loss_alone() -> None:
    found = critic_measured(judged())
    assert found["distance_left_with_saturating_discriminator"] > 3.5
    assert found["distance_left_with_non_saturating_discriminator"] < 1
    assert found["too_high_percent"] > 10


def test_the_extremes_give_finite_pages() -> None:
    own = " ".join(f"a{x / 2}_{y / 2}" for x in range(-4, 4) for y in range(-2, 3))
    controls = TwoPlayersControls(own=own, generator_rate=0.02, discriminator_rate=0.02, stopped=300)
    result = list(run(controls, "cpu"))[-1]
    assert result.shares.shape[-1] == 40
    assert all(value == value for value in measure(result).values())
