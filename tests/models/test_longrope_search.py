import torch

from models.position.longrope_search import Candidate, LongRoPE, crossed, legal, mutated, search
from models.position.rope import RoPE, frequencies
from models.seeding import generator, normal

EVEN = Candidate(torch.full((8,), 4.0), 0)


def test_factors_of_one_and_untouched_positions_are_plain_rope():
    x, here = normal(2, 3, 9, 16, seed=0), torch.arange(9)
    plain = RoPE().turn(x, here)
    assert torch.equal(LongRoPE(frequencies(16), Candidate(torch.ones(8), 0)).turn(x, here), plain)
    slowed = LongRoPE(frequencies(16), EVEN._replace(untouched=4)).turn(x, here)
    assert torch.equal(slowed[..., :4, :], plain[..., :4, :])
    assert not torch.allclose(slowed[..., 4:, :], plain[..., 4:, :])


def test_children_are_legal():
    draws = generator(0)
    for _ in range(50):
        other = mutated(EVEN, 4, draws)
        for child in (other, crossed(EVEN, other, 4, draws)):
            assert torch.equal(child.factors, legal(child.factors, 4))
            assert (child.factors.diff() >= 0).all()
            assert child.factors.min() >= 1
            assert child.factors.max() <= 5


def test_the_search_never_gets_worse_and_finds_a_planted_optimum():
    wanted = torch.tensor([1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 4.5, 5.0])

    def loss(candidate: Candidate) -> float:
        return (candidate.factors - wanted).square().mean().item() + 0.1 * (candidate.untouched != 8)

    rounds = list(search(loss, [EVEN], 4, rounds=80, children=8, parents=4, draws=generator(1)))
    best = [population[0].loss for population in rounds]
    assert best == sorted(best, reverse=True)
    assert best[-1] < 0.1 * best[0]
    assert rounds[-1][0].candidate.untouched == 8
