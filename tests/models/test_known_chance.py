"""Texts of known chance, the decoder that learned them, tables of counts, samples, and surprise."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.checkpoints import load_card
from models.data.dice import Dice
from models.data.kinds.chance import STEP_ENTROPY_NATS, WALKED, crowd, successors
from models.data.kinds.labels import hiring, trades
from models.data.known_chance import drawn, recognised, seen, trade
from models.data.sample import plain
from models.data.walks_of_other_odds import LENGTH, exchanged, walks
from models.data.world import world
from models.language.evaluation import token_losses
from models.language.next_word import (
    last_residual,
    next_logits,
    next_probabilities,
    over_vocabulary,
    unnormalised_logits,
)
from models.language.pretrained_decoders import pretrained
from models.probability.joint import bayes, conditional, joint, marginal
from models.probability.sampling_error import frequencies, sampling_error
from models.probability.sequence_surprise import coin_surprise, negative_log_likelihood, shifted_twice, surprises
from models.seeding import generator, normal
from models.tokenization.tokenizer import END, ids_of
from models.training.chance_decoder import NAME, RECIPE, metrics


def test_a_beginning_is_recognised_as_what_it_was_made_as():
    for one in drawn(Dice("beginnings"), 12):
        assert recognised(one.text) == one
        assert sum(one.q.values()) == pytest.approx(1)
    for other in ("walk : key elephant", "walk :", "today went Ada", "Ada is from the coast . Ben works as a", "Mia"):
        assert recognised(other) is None


def test_the_stated_probabilities_are_those_of_the_generator():
    dice, count = Dice("generated"), 3000
    texts = {name: [plain(make(world(), dice, False)) for _ in range(count)] for name, make in
             (("trades", trades), ("hiring", hiring), ("crowd", crowd))}  # fmt: skip
    for text in texts["trades"][:200]:
        assert recognised(text.rsplit(" ", 2)[0]) is not None
    coast = [text for text in texts["trades"] if "the coast" in text]
    sailors = sum("sailor" in text for text in coast) / len(coast)
    assert sailors == pytest.approx(trade("Ada", "coast").q["sailor"], abs=0.05)
    good = [text for text in texts["hiring"] if "the coast" in text and "was good" in text]
    beginning = recognised(good[0].rsplit(" ", 2)[0])
    assert sum(text.endswith("yes .") for text in good) / len(good) == pytest.approx(beginning.q["yes"], abs=0.06)
    first = sum(text.split()[2] == "Ada" for text in texts["crowd"]) / count
    assert first == pytest.approx(recognised("today came").q["Ada"], abs=0.03)


def test_people_of_the_measurement_were_never_seen_in_their_group():
    pairs = [one.text.split() for one in drawn(Dice(0), 30) if one.kind in ("trades", "hiring")]
    assert pairs
    assert not any(seen(words[0], words[4]) for words in pairs)


def test_the_card_tells_what_the_decoder_does_and_the_recipe_made_it():
    card, now = load_card(NAME), metrics(pretrained(NAME), RECIPE.mixture)
    assert card["metrics"] == pytest.approx(now, abs=0.01)
    assert card["architecture"] == RECIPE.architecture
    assert card["steps"] == RECIPE.plan.steps
    assert max(value for name, value in now.items() if name.startswith("distance")) < 0.05


@torch.inference_mode()
def test_texts_of_any_length_are_read_together_as_alone():
    model = pretrained(NAME)
    texts = ["walk : cat", "today came Ada Ben Cleo", "Ada is from the coast . Ada works as a"]
    together = next_probabilities(next_logits(last_residual(model, texts), model))
    for text, p in zip(texts, together):
        alone = model(torch.tensor([[END, *ids_of(text)]]))[0][0, -1].softmax(-1)
        torch.testing.assert_close(p, alone, atol=1e-5, rtol=1e-4)
        assert p.sum().item() == pytest.approx(1, abs=1e-5)
    x = last_residual(model, texts)
    torch.testing.assert_close(unnormalised_logits(x, model), x @ model.embedding.weight.T)
    assert not torch.allclose(unnormalised_logits(x, model), next_logits(x, model), atol=1)


@torch.inference_mode()
def test_what_is_withheld_reaches_nothing_and_everything_else_does():
    model = pretrained(NAME)
    coast, hills = trade("Ben", "coast").text, trade("Ben", "hills").text
    seeing, blind = (last_residual(model, [coast, hills], hidden) for hidden in (None, [4, 4]))
    torch.testing.assert_close(blind[0], blind[1])
    assert not torch.allclose(seeing[0], seeing[1])
    other = last_residual(model, [coast, hills], [3, 3])
    assert not torch.allclose(other[0], other[1])


def test_a_word_counts_by_its_first_token():
    p = over_vocabulary({"cat": 0.25, "Ada": 0.75}, 1024)
    assert p.sum() == 1
    assert p[ids_of("Ada")[0]] == 0.75


def test_a_table_by_hand():
    counts = torch.tensor([[16.0, 4.0], [16.0, 64.0]])
    together = joint(counts)
    assert together.sum() == 1
    assert marginal(together, 0).tolist() == pytest.approx([0.2, 0.8])
    assert marginal(together, 1).tolist() == pytest.approx([0.32, 0.68])
    assert conditional(together).flatten().tolist() == pytest.approx([0.8, 0.2, 0.2, 0.8])
    assert bayes(marginal(together, 0), conditional(together))[0, 0].item() == pytest.approx(0.5)


@given(st.integers(2, 5), st.integers(2, 5), st.integers(0, 99))
def test_bayes_rule_is_an_identity_on_one_table(a, b, seed):
    together = joint(normal(a, b, seed=seed).double().exp())
    reverse = bayes(marginal(together, 0), conditional(together))
    torch.testing.assert_close(reverse, conditional(together.T).T)
    torch.testing.assert_close(reverse.sum(dim=0), torch.ones(b).double())


def test_the_error_of_frequencies_falls_with_the_root_of_their_number():
    p = torch.tensor([0.6, 0.25, 0.1, 0.05]).double()
    few, many = (frequencies(p, n, 400, generator(0)) for n in (100, 10_000))
    assert few.sum(-1).tolist() == pytest.approx([1.0] * 400)
    torch.testing.assert_close(many.mean(0), p, atol=2e-3, rtol=0)
    normal_theory = (2 * p * (1 - p) / (math.pi * 100)).sqrt().sum() / 2
    assert sampling_error(few, p).item() == pytest.approx(normal_theory.item(), rel=0.1)
    assert sampling_error(few, p) / sampling_error(many, p) == pytest.approx(10, rel=0.15)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.integers(3, 9), st.integers(2, 11), st.integers(0, 99))
def test_surprises_are_the_losses_that_training_uses(B, T, V, seed):
    z, ids = normal(B, T, V, seed=seed), torch.randint(V, (B, T), generator=generator(seed))
    torch.testing.assert_close(surprises(z, ids), token_losses(z, ids))
    late = -z.softmax(-1)[:, :-2].gather(-1, ids[:, 2:, None])[..., 0].log()
    torch.testing.assert_close(shifted_twice(z, ids), late)
    total = torch.distributions.Categorical(logits=z[:, :-1]).log_prob(ids[:, 1:]).sum(-1)
    torch.testing.assert_close(negative_log_likelihood(surprises(z, ids)), -total / (T - 1))


def test_the_least_surprising_coin_has_the_share_of_heads():
    theta = torch.linspace(0, 1, 101)
    for heads in range(21):
        curve = coin_surprise(theta, heads, 20 - heads)
        assert theta[curve.argmin()].item() == pytest.approx(heads / 20)
    assert coin_surprise(torch.tensor([0.5]), 3, 4).item() == pytest.approx(math.log(2))
    assert coin_surprise(torch.tensor([0.0]), 1, 19) == math.inf


def test_exchanged_odds_keep_the_entropy_and_walks_follow_them():
    for pair in ((0, 0), (0, 1), (2, 3)):
        odds = exchanged(*pair)
        assert -sum(p * math.log(p) for p in odds) == pytest.approx(STEP_ENTROPY_NATS)
    texts, follow = walks(exchanged(0, 1), 300, 0), successors(0)
    steps = [pair for text in texts for words in [text.split()[2:]] for pair in itertools.pairwise(words)]
    assert len(steps) == 300 * (LENGTH - 1)
    assert {word for pair in steps for word in pair} <= set(WALKED)
    ranks = [follow[before].index(after) for before, after in steps]
    assert ranks.count(1) / len(ranks) == pytest.approx(0.6, abs=0.03)
    assert ranks.count(0) / len(ranks) == pytest.approx(0.25, abs=0.03)
