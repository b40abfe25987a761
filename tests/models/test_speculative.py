"""The test of proposed tokens: by hand, in the limit of many samples, and in a whole text."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.language import exactness, speculative
from models.language.exactness import chi_square, verified_tokens
from models.language.generation import continuation
from models.language.sampling import greedy
from models.language.speculative import (
    LookupDraft,
    ModelDraft,
    Proposal,
    acceptance,
    accepted,
    followed,
    residual,
    speculate,
    speed_up,
    tokens_per_call,
    verified,
)
from models.layers.softmax import total_variation
from models.seeding import generator, normal
from tests.models.test_decoder import decoder, some_ids
from tests.shape_comments import shapes_checked

COLD = 1e-4
two_rows = st.integers(0, 999).map(lambda seed: (2 * normal(2, 9, seed=seed)).softmax(dim=-1))


def test_by_hand():
    p, q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.2, 0.6])
    assert acceptance(p, q).item() == pytest.approx(0.6)
    torch.testing.assert_close(residual(p, q), torch.tensor([0.75, 0.25, 0.0]))
    assert residual(p, p).tolist() == p.tolist(), "nothing is left, and nothing is ever rejected"
    u = torch.tensor([0.99, 0.32, 0.34])
    assert accepted(torch.tensor([0.5, 0.2, 0.2]), torch.tensor([0.2, 0.6, 0.6]), u).tolist() == [True, True, False]
    assert tokens_per_call(0.5, 3) == 1 + 0.5 + 0.25 + 0.125
    assert tokens_per_call(0.8, 5) == pytest.approx((1 - 0.8**6) / (1 - 0.8))
    assert speed_up(3, 4, 0.25) == 1.5
    assert followed([7, 1, 2, 3, 4, 1, 2], 3) == [3, 4, 1]
    assert followed([1, 2, 3, 2], 3) == [3, 2]
    assert followed([1, 2, 3], 3) == []


@given(two_rows)
def test_acceptance_is_one_minus_total_variation_and_test_and_replacement_add_up_to_p(rows):
    p, q = rows
    beta = acceptance(p, q)
    torch.testing.assert_close(beta, 1 - total_variation(p, q))
    torch.testing.assert_close(torch.minimum(p, q) + (1 - beta) * residual(p, q), p)


def test_many_samples_have_the_targets_distribution_and_each_slip_is_caught():
    p, q = (2 * normal(2, 12, seed=4)).softmax(dim=-1)

    def per_degree(x: torch.Tensor, *parts) -> float:
        drawn = verified_tokens(p, q, x, generator(1), *parts)
        return chi_square(drawn.bincount(minlength=12), len(x) * p).per_degree

    x = torch.multinomial(q, 50_000, replacement=True, generator=generator(0))
    assert per_degree(x) < 2.5
    assert per_degree(x, lambda p, q, u: torch.ones_like(u, dtype=torch.bool)) > 50
    assert per_degree(x, accepted, lambda p, q: p) > 50
    assert per_degree(q.argmax().expand(50_000)) > 50, "the draft takes its likeliest token, the test uses q"


def test_chi_square_pools_what_is_rare():
    found = chi_square(torch.tensor([12.0, 8.0, 3.0, 4.0, 1.0]), torch.tensor([10.0, 10.0, 3.0, 2.0, 3.0]))
    assert found.degrees == 2
    assert found.statistic == pytest.approx(0.4 + 0.4 + 0.0)
    assert chi_square(torch.tensor([3.0]), torch.tensor([3.0])).per_degree == 1.0


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("kind", ["another model", "itself", "lookup"])
def test_near_temperature_0_the_text_is_the_greedy_one(kind, count):
    target, ids = decoder(), some_ids(1, 6)
    drafts = {"another model": lambda: ModelDraft(decoder("alibi"), COLD), "itself": lambda: ModelDraft(target, COLD),
              "lookup": lambda: LookupDraft(41)}  # fmt: skip
    rounds = list(speculate(target, ids[0], 12, drafts[kind](), count, COLD, generator(0)))
    new = [token for one in rounds for token in one.tokens]
    assert new[:12] == continuation(target, ids, 12)[0].tolist()
    if kind == "itself":
        assert all(one.kept == count for one in rounds), "a draft that is the target is never rejected"


def test_a_rejected_token_is_replaced_and_what_follows_is_dropped():
    p = torch.eye(5)[[1, 2, 3, 4]].clamp(min=1e-9)
    q = torch.eye(5)[[1, 0, 3]].clamp(min=1e-9)
    one = verified(Proposal(torch.tensor([1, 0, 3]), q), p, generator(0))
    assert (one.kept, one.own, one.tokens) == (1, 2, [1, 2])


def test_greedy_choices_of_a_draft_are_its_likeliest_tokens():
    model, ids = decoder(), some_ids(1, 4)
    found = ModelDraft(model, 1.0, lambda z, _: greedy(z)).propose(ids[0], 3, generator(0))
    assert found.tokens.tolist() == continuation(model, ids, 3)[0].tolist()


def test_shapes():
    target, ids = decoder(), some_ids(1, 6)
    with shapes_checked(speculative, V=41) as watch:
        list(speculate(target, ids[0], 5, ModelDraft(decoder("alibi"), 1.0), 3, 1.0, generator(0)))
        LookupDraft(41).propose(torch.tensor([1, 2, 1, 2]), 2, generator(0))
    assert watch.unreached() == []
    with shapes_checked(exactness, N=7) as watch:
        p = torch.full((4,), 0.25)
        verified_tokens(p, p, torch.arange(7) % 4, generator(0))
        chi_square(torch.tensor([9.0, 8.0, 3.0, 4.0]), torch.tensor([10.0, 10.0, 3.0, 4.0]))
    assert watch.unreached() == []
