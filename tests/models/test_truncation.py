"""Rules that cut a distribution, how a cut fits, and a search over several prompts: by hand, and identities."""

import math

import pytest
import torch

from models.language.beam_search_batch import Doubled, Found, PromptAlone, repeated_share, search
from models.language.generation import Hypothesis, beam_search, continuation
from models.language.pretrained_decoders import pretrained
from models.language.sampling import min_p, tempered, top_k
from models.language.truncation import (
    choices_by_entropy,
    epsilon,
    impossible_mass,
    matched_threshold,
    misfit,
    nucleus_without_crossing,
    top_each,
)
from models.seeding import normal
from models.tokenization.tokenizer import END, ids_of

P = torch.tensor([[0.5, 0.3, 0.15, 0.05], [0.97, 0.01, 0.01, 0.01]])
Z = P.double().log()


def kept(z: torch.Tensor) -> list[list[int]]:
    return [row.isfinite().nonzero()[:, 0].tolist() for row in z]


def test_cuts_by_hand():
    assert kept(top_each(Z, torch.tensor([3, 1]))) == [[0, 1, 2], [0]]
    assert kept(nucleus_without_crossing(Z, 0.9)) == [[0, 1], [0]]  # 0.15 crosses 0.9; 0.97 alone is kept
    assert kept(epsilon(Z, 0.1)) == [[0, 1, 2], [0]]
    assert kept(epsilon(Z, 0.6)) == [[0], [0]], "the likeliest is always kept"


def test_as_many_choices_as_a_uniform_distribution_of_that_entropy():
    assert choices_by_entropy(torch.zeros(1, 7)).tolist() == [7]
    assert choices_by_entropy(Z).tolist() == [3, 1]  # exp 1.142 = 3.1, exp 0.168 = 1.2


def test_the_matched_threshold_keeps_as_many_on_average():
    z = 3 * normal(40, 60, seed=0).double()
    wanted = min_p(z, 0.05).isfinite().sum(dim=-1).double().mean()
    found = epsilon(z, matched_threshold(z, wanted.item())).isfinite().sum(dim=-1).double().mean()
    assert abs(found - wanted) <= 1 / 40 + 1e-9


def test_misfit_and_impossible_mass_by_hand():
    possible = torch.tensor([[True, True, False, False], [True, False, False, False]])
    assert misfit(torch.tensor([[True, False, True, False]] * 2), possible).tolist() == pytest.approx([2 / 3, 0.5])
    assert misfit(possible, possible).tolist() == [0, 0]
    torch.testing.assert_close(impossible_mass(Z, possible), torch.tensor([0.2, 0.03], dtype=torch.double))


def test_min_p_after_a_temperature_is_its_power_before_it():
    z = 4 * normal(30, 50, seed=1).double()
    after = min_p(tempered(z, 2.0), 0.05).isfinite()
    assert torch.equal(after, min_p(z, 0.05**2).isfinite())
    assert not torch.equal(after, min_p(z, 0.05).isfinite())
    assert torch.equal(top_k(tempered(z, 2.0), 5).isfinite(), top_k(z, 5).isfinite())


@pytest.mark.parametrize(("width", "end"), [(1, None), (3, None), (4, END)])
def test_several_prompts_at_once_are_searched_as_each_alone(width, end):
    model = pretrained("decoder_medium")
    prompts = torch.tensor([[END, *ids_of(word)] for word in ("Mia", "Tom", "Oslo")])
    for prompt, found in zip(prompts, search(model, prompts, width, 6, end), strict=True):
        *_, last = beam_search(model, prompt, width, 6, end)
        for ours, theirs in ((found.open, last.hypotheses), (found.finished, last.finished)):
            assert [one.tokens for one in ours] == [one.tokens for one in theirs]
            assert [one.log_probability for one in ours] == pytest.approx([o.log_probability for o in theirs], abs=1e-4)


def test_one_beam_is_greedy_where_texts_may_end():
    model = pretrained("decoder_medium")
    prompts = torch.tensor([[END, *ids_of(word)] for word in ("Mia", "Tom", "Oslo", "today", "Bern")])
    greedy = continuation(model, prompts, 28, end=END).tolist()
    for path, found in zip(greedy, search(model, prompts, 1, 28, END), strict=True):
        whole = path[: path.index(END) + 1] if END in path else path
        assert list(found.best().tokens) == whole


def test_greedy_is_the_best_where_no_choice_changes_a_later_one():
    model = PromptAlone(pretrained("decoder_medium"))
    prompts = torch.tensor([[END, *ids_of("Mia")]])
    one, many = (search(model, prompts, width, 5)[0] for width in (1, 8))
    assert one.best().tokens == many.best().tokens == one.best().tokens[:1] * 5


def test_doubled_logits_leave_the_greedy_path_alone():
    model = pretrained("decoder_medium")
    prompts = torch.tensor([[END, *ids_of("Mia")]])
    plain, doubled = (search(one, prompts, 1, 6)[0].best() for one in (model, Doubled(model)))
    assert plain.tokens == doubled.tokens
    assert doubled.log_probability > plain.log_probability


def test_scores_by_length():
    found = Found((Hypothesis((1,), -2.0),), (Hypothesis((1, 2, 3), -3.0),))
    assert len(found.best().tokens) == 1
    assert len(found.best(1.0).tokens) == 3
    assert len(found.best(1.0, constant=True).tokens) == 1
    assert len(found.best(1.0, added=20).tokens) == 1, "counted with a long prompt, the penalty hardly works"
    assert Hypothesis((1, 2, 3), -3.0).score(1.0) == -1.0


def test_repeated_n_grams_by_hand():
    assert repeated_share(torch.tensor([[1, 2, 3, 1, 2, 3, 1]]), n=3) == pytest.approx(2 / 5)
    assert repeated_share(torch.arange(10)[None]) == 0
    assert math.isclose(repeated_share(torch.zeros(1, 10, dtype=torch.long)), 6 / 7)
