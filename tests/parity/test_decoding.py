"""Sampling rules against transformers' processors; greedy, beam search and assisted text against its generate."""

import pytest
import torch
import transformers.generation.logits_process as processors
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers.generation.utils import _speculative_sampling

from models.language.beam_search_batch import search
from models.language.exactness import chi_square
from models.language.generation import beam_search, continuation
from models.language.sampling import min_p, repetition_penalty, tempered, top_k, top_p
from models.language.speculative import ModelDraft, Proposal, accepted, residual, speculate, verified
from models.language.truncation import epsilon, nucleus_without_crossing
from models.position.rope import RoPE
from models.seeding import generator
from tests.parity.llama import BASE, CONFIG, copied, decoder, llama

pytestmark = pytest.mark.parity
share = st.floats(0.01, 0.99)
NO_END = {"eos_token_id": None, "pad_token_id": None}


@settings(max_examples=60)
@given(st.integers(0, 999), st.integers(2, 40), st.integers(1, 50), share, st.floats(0.1, 5), st.data())
def test_every_rule_equals_its_processor(seed, vocabulary, k, p, strength, data):
    z = 4 * torch.randn(3, vocabulary, generator=generator(seed))
    seen = torch.randint(vocabulary, (3, 6), generator=generator(seed))
    pairs = [
        (tempered(z, strength), processors.TemperatureLogitsWarper(strength)),
        (top_k(z, k), processors.TopKLogitsWarper(k)),
        (top_p(z, p), processors.TopPLogitsWarper(p)),
        (min_p(z, p), processors.MinPLogitsWarper(p)),
        (repetition_penalty(z, seen, strength), processors.RepetitionPenaltyLogitsProcessor(strength)),
    ]
    for ours, theirs in pairs:
        torch.testing.assert_close(ours, theirs(seen, z.clone()))


@pytest.fixture(scope="module")
def models():
    theirs = llama(seed=3)
    return copied(theirs, decoder(RoPE(BASE))), theirs


def test_greedy_equals_generate(models):
    ours, theirs = models
    ids = torch.randint(CONFIG.vocabulary, (3, 7), generator=generator(5))
    expected = theirs.generate(ids, max_new_tokens=12, do_sample=False, attention_mask=torch.ones_like(ids), **NO_END)
    assert torch.equal(continuation(ours, ids, 12), expected[:, 7:])


@pytest.mark.parametrize("width", [1, 2, 5])
def test_beam_search_equals_generate(models, width):
    ours, theirs = models
    ids = torch.randint(CONFIG.vocabulary, (1, 7), generator=generator(6))
    expected = theirs.generate(
        ids, max_new_tokens=9, num_beams=width, num_return_sequences=width, do_sample=False,
        attention_mask=torch.ones_like(ids), **NO_END, return_dict_in_generate=True, output_scores=True,
    )  # fmt: skip
    *_, last = beam_search(ours, ids[0], width, steps=9)
    found = last.ranked(length_penalty=1.0)
    assert [list(h.tokens) for h in found] == expected.sequences[:, 7:].tolist()
    if width > 1:
        scores = torch.tensor([h.score(1.0) for h in found])
        torch.testing.assert_close(scores, expected.sequences_scores.float(), atol=1e-4, rtol=1e-4)


@settings(max_examples=30)
@given(st.integers(0, 999), st.integers(2, 40), st.floats(1e-4, 0.5))
def test_epsilon_equals_its_processor(seed, vocabulary, threshold):
    z = 4 * torch.randn(3, vocabulary, generator=generator(seed))
    theirs = processors.EpsilonLogitsWarper(threshold)(torch.zeros(3, 1, dtype=torch.long), z.clone())
    torch.testing.assert_close(epsilon(z, threshold), theirs)


def test_the_dropped_crossing_token_is_caught():
    z = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    theirs = processors.TopPLogitsWarper(0.9)(torch.zeros(1, 1, dtype=torch.long), z.clone())
    torch.testing.assert_close(top_p(z, 0.9), theirs)
    assert not torch.equal(nucleus_without_crossing(z, 0.9), theirs)
    assert not torch.equal(top_p(z, 0.75), theirs)
    assert not torch.equal(min_p(z, 0.5), processors.MinPLogitsWarper(0.2)(torch.zeros(1, 1, dtype=torch.long), z))


@pytest.mark.parametrize("width", [2, 5])
def test_several_prompts_equal_generate_with_beams(models, width):
    ours, theirs = models
    ids = torch.randint(CONFIG.vocabulary, (3, 7), generator=generator(8))
    expected = theirs.generate(
        ids, max_new_tokens=9, num_beams=width, do_sample=False, attention_mask=torch.ones_like(ids), **NO_END
    )
    found = [list(one.best(1.0).tokens) for one in search(ours, ids, width, steps=9)]
    assert found == expected[:, 7:].tolist()
    assert found != [list(one.best(1.0).tokens) for one in search(ours, ids, 1, steps=9)]


def test_the_test_of_proposed_tokens_equals_transformers(monkeypatch):
    """The same random numbers give the same accepted tokens; many samples the same counts of what follows."""
    for seed in range(200):
        G, V = 1 + seed % 5, 23
        z = 2 * torch.randn(2, 1, G + 1, V, generator=generator(seed))
        p, q = z.softmax(dim=-1)
        x = torch.multinomial(q[0, :G], 1, generator=generator(seed + 1))[:, 0]
        u = torch.rand(G, generator=generator(seed))
        monkeypatch.setattr(torch, "rand_like", lambda like, u=u: u.view(like.shape))
        _, matches = _speculative_sampling(x[None], z[1][:, :G], G, z[0])
        ours = verified(Proposal(x, q[0, :G]), p[0], generator(seed))
        assert ours.kept == int(matches)


def test_assisted_texts_have_the_same_distribution_as_transformers():
    """χ² of homogeneity: two tokens, 30,000 texts by each; the slip that resamples from p is caught."""
    V, G, N = 7, 2, 30_000
    z = 1.5 * torch.randn(2, G + 1, V, generator=generator(3))
    p, q = z.softmax(dim=-1)

    def counts(texts: list[list[int]]) -> torch.Tensor:
        first = torch.tensor([text[0] for text in texts])
        return (first * (G + 1) + torch.tensor([len(text) - 1 for text in texts])).bincount(minlength=V * (G + 1))

    x = torch.multinomial(q[:G], N, replacement=True, generator=generator(4)).T  # (N, G)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = counts([_speculative_sampling(row[None], z[1:, :G], G, z[:1])[0][0].tolist() for row in x])

    def per_degree(replacement) -> float:
        chance = generator(5)
        ours = counts([verified(Proposal(row, q[:G]), p, chance, accepted, replacement).tokens for row in x])
        both = (ours + theirs) / 2
        return 2 * chi_square(ours, both).statistic / chi_square(ours, both).degrees

    assert per_degree(residual) < 2.5
    assert per_degree(lambda p, q: p) > 10


def test_assisted_greedy_text_equals_generate(models):
    ours, theirs = models
    ids = torch.randint(CONFIG.vocabulary, (1, 7), generator=generator(9))
    helper = llama(seed=11)
    expected = theirs.generate(
        ids, max_new_tokens=16, do_sample=False, assistant_model=helper, attention_mask=torch.ones_like(ids), **NO_END
    )
    draft = ModelDraft(copied(helper, decoder(RoPE(BASE))), 1e-4)
    new = [token for one in speculate(ours, ids[0], 16, draft, 4, 1e-4, generator(0)) for token in one.tokens]
    assert new[:16] == expected[0, 7:].tolist()
