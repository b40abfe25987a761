import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention.masks import sliding_window_mask
from models.language.generation import Hypothesis, beam_search, continuation, generate
from models.language.sampling import draw, greedy, min_p, repetition_penalty, tempered, top_k, top_p
from models.layers.softmax import tempered_softmax
from models.seeding import generator, normal
from tests.models.test_decoder import decoder, some_ids

rows_of_logits = st.integers(0, 999).map(lambda seed: 3 * normal(2, 17, seed=seed))


def kept(z: torch.Tensor) -> torch.Tensor:
    return z > -math.inf


@given(rows_of_logits, st.integers(1, 30), st.floats(0.01, 1), st.floats(0, 1))
def test_every_rule_keeps_the_likeliest_token_and_changes_no_kept_logit(z, k, p, low):
    for ruled in (top_k(z, k), top_p(z, p), min_p(z, low)):
        assert torch.equal(greedy(ruled), greedy(z))
        assert torch.equal(ruled[kept(ruled)], z[kept(ruled)])


@given(rows_of_logits, st.integers(1, 17))
def test_top_k_keeps_k(z, k):
    assert kept(top_k(z, k)).sum(-1).tolist() == [k, k]


@given(rows_of_logits, st.floats(0.01, 0.999))
def test_the_nucleus_is_the_smallest_that_holds_p(z, p):
    probabilities = z.softmax(-1)
    for row, inside in zip(probabilities, kept(top_p(z, p))):
        assert row[inside].sum() >= p - 1e-5
        assert row[inside].sum() - row[inside].min() < p + 1e-5


@given(rows_of_logits, st.floats(0.01, 1))
def test_min_p_keeps_what_is_within_a_factor_of_the_likeliest(z, p):
    probabilities = z.softmax(-1)
    assert torch.equal(kept(min_p(z, p)), probabilities >= p * probabilities.amax(-1, keepdim=True))


def test_a_penalty_makes_seen_tokens_less_likely_whatever_their_sign():
    z = torch.tensor([[2.0, -2.0, 1.0, -1.0]])
    assert repetition_penalty(z, torch.tensor([[0, 1, 1]]), 2.0).tolist() == [[1.0, -4.0, 1.0, -1.0]]
    assert torch.equal(repetition_penalty(z, torch.tensor([[0, 1]]), 1.0), z)


def test_draws_follow_the_probabilities_and_repeat_with_their_seed():
    z = torch.tensor([0.5, 0.3, 0.2, 0.0]).log().expand(20_000, 4)
    counts = draw(z, generator(0)).bincount(minlength=4) / 20_000
    assert counts.tolist() == pytest.approx([0.5, 0.3, 0.2, 0], abs=0.015)
    assert torch.equal(draw(z, generator(3)), draw(z, generator(3)))


@pytest.mark.parametrize("temperature", [1e-30, 1e-40, 1e-60, 5e-324])
def test_any_tiny_temperature_leaves_only_the_largest_logit(temperature):
    z = torch.tensor([[-90.0, 30.0, 29.9, -torch.inf]])
    for p in (tempered(z, temperature).softmax(dim=-1), tempered_softmax(z, temperature)):
        assert p.tolist() == [[0, 1, 0, 0]]
    assert draw(tempered(z, temperature), generator(0)).equal(greedy(z))


@pytest.mark.parametrize(
    ("rule", "value", "says"),
    [(tempered, 0, "above 0"), (top_k, 0, "at least 1"), (top_p, 0, "above 0"), (min_p, 1.5, "between 0 and 1")],
)
def test_impossible_settings_are_refused(rule, value, says):
    with pytest.raises(ValueError, match=says):
        rule(torch.zeros(1, 3), value)


@settings(max_examples=12)
@given(st.sampled_from(["rope", "alibi", "learned"]), st.integers(1, 3), st.integers(1, 5), st.integers(1, 6))
def test_generation_with_and_without_cache_says_the_same(position, rows, tokens, steps):
    model, ids = decoder(position), some_ids(rows, tokens)
    cached, whole = (list(generate(model, ids, steps, cached=flag)) for flag in (True, False))
    for one, other in zip(cached, whole, strict=True):
        assert torch.equal(one.tokens, other.tokens)
        torch.testing.assert_close(one.logits, other.logits, atol=1e-5, rtol=1e-4)
    assert whole[-1].trace.weights[0].shape[-2:] == (tokens + steps - 1,) * 2
    assert cached[-1].trace.weights[0].shape[-2:] == ((1 if steps > 1 else tokens), tokens + steps - 1)


def test_generation_in_a_batch_is_generation_alone():
    model, ids = decoder(), some_ids(3, 4)
    together = continuation(model, ids, 6)
    assert torch.equal(together, torch.cat([continuation(model, row[None], 6) for row in ids]))


@pytest.mark.parametrize("tokens", [1, 6])
def test_a_prompt_may_be_read_once_for_many_continuations(tokens):
    model, prompt = decoder(), some_ids(1, tokens)
    cache = model.new_cache()
    model(prompt, cache)
    cache.truncate(tokens - 1)
    cache.reorder(torch.zeros(3, dtype=torch.long))
    rows = prompt.expand(3, -1)
    assert torch.equal(continuation(model, rows, 4, held=cache), continuation(model, rows, 4))


def test_generation_takes_any_pipeline_and_any_mask():
    model, ids, draws = decoder(), some_ids(2, 4), generator(0)

    def choose(z: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        return draw(top_k(repetition_penalty(z, seen, 1.3), 5), draws)

    steps = list(generate(model, ids, 5, choose, mask=lambda n, **at: sliding_window_mask(n, window=2, **at)))
    for step in steps:
        assert (step.trace.weights[0][..., -1, :-2] == 0).all()
        assert all(token in row.topk(17).indices for token, row in zip(step.tokens, step.logits))


def test_a_continuation_stops_at_its_end():
    model, ids = decoder(), some_ids(1, 4)
    free = continuation(model, ids, 9)[0]
    stopped = continuation(model, ids, 9, end=int(free[3]))[0]
    assert torch.equal(stopped, free[: free.tolist().index(free[3]) + 1])


def test_one_beam_is_greedy_and_all_beams_find_the_best_text():
    model, ids = decoder(), some_ids(1, 4)[0]
    *_, narrow = beam_search(model, ids, width=1, steps=5)
    assert list(narrow.hypotheses[0].tokens) == continuation(model, ids[None], 5)[0].tolist()
    texts = torch.tensor(list(itertools.product(range(41), repeat=2)))
    whole = torch.cat([ids.expand(len(texts), -1), texts], dim=1)
    log_p = model(whole)[0].log_softmax(-1)
    exact = log_p[:, 3].gather(1, texts[:, :1]) + log_p[:, 4].gather(1, texts[:, 1:])
    *_, wide = beam_search(model, ids, width=41, steps=2)
    assert list(wide.hypotheses[0].tokens) == texts[exact.argmax()].tolist()
    assert wide.hypotheses[0].log_probability == pytest.approx(exact.max().item(), abs=1e-4)


def test_beams_that_end_are_set_aside_and_parents_tell_the_tree():
    model, ids = decoder(), some_ids(1, 4)[0]
    end = int(continuation(model, ids[None], 1)[0, 0])
    steps = list(beam_search(model, ids, width=3, steps=4, end=end))
    assert steps[0].finished[0].tokens == (end,)
    assert all(end not in h.tokens for step in steps for h in step.hypotheses)
    for before, after in itertools.pairwise(steps):
        for parent, hypothesis in zip(after.parents, after.hypotheses, strict=True):
            assert before.hypotheses[parent].tokens == hypothesis.tokens[:-1]
    assert steps[-1].ranked(0.0)[0].log_probability == max(
        h.log_probability for h in steps[-1].finished + steps[-1].hypotheses
    )


def test_a_length_penalty_favours_long_texts():
    short, long = Hypothesis((1,), -1.0), Hypothesis((1, 2, 3), -2.0)
    assert short.score(0) > long.score(0)
    assert short.score(1) < long.score(1)
