"""Skip-gram, its pairs and texts, principal components, neighbours and analogies, and the embedding layer."""

import math

import pytest
import torch

from models.data.word_vector_text import (
    LENGTH,
    PAIRS,
    arranged,
    replaced_tokens,
    shuffled_documents,
    shuffled_words,
    text,
    words,
)
from models.language.skip_gram import SkipGram, kept_probability, negative_sampling_loss, noise_distribution, started
from models.language.skip_gram_training import PairSampler, SkipGramTraining
from models.language.word_vectors import (
    analogies,
    analogy_accuracy,
    closest_words,
    cosine,
    cosines,
    mean_cosine,
    nearest,
    offset_answer,
    purity,
)
from models.layers.embedding import NextToken, changed_rows, lookup, one_hot_product
from models.layers.embedding_training import TableTraining, batches, built
from models.linear.principal_components import principal_components, projected, turned
from models.seeding import generator, normal
from models.tokenization.tokenizer import END, VOCABULARY, ids_of


def test_the_loss_of_a_pair_by_hand():
    loss = negative_sampling_loss(torch.tensor([0.0]), torch.tensor([[0.0, math.log(3)]]))
    assert loss.item() == pytest.approx(math.log(2) + math.log(2) + math.log(4))


def test_the_gradient_of_the_centre_word_is_that_of_the_paper():
    model = started(7, 3, generator(0))
    with torch.no_grad():
        model.contexts.copy_(normal(7, 3, seed=1))
    model(torch.tensor([2]), torch.tensor([4]), torch.tensor([[5, 6]]))[0].sum().backward()
    u, v, n = model.vectors[2].detach(), model.contexts[4].detach(), model.contexts[[5, 6]].detach()
    expected = -(1 - torch.sigmoid(u @ v)) * v + (torch.sigmoid(n @ u)[:, None] * n).sum(dim=0)
    torch.testing.assert_close(model.vectors.grad[2], expected)
    assert model.vectors.grad[[0, 1, 3, 4, 5, 6]].abs().max() == 0


def test_without_negatives_only_the_pair_counts():
    losses, trace = SkipGram(5, 2)(torch.tensor([1]), torch.tensor([2]), torch.empty(1, 0, dtype=torch.long))
    assert losses.shape == (1,)
    assert trace.negative.shape == (1, 0)


def test_noise_is_sampled_by_the_power_of_the_counts():
    found = noise_distribution(torch.tensor([0, 1, 16]), 0.75)
    torch.testing.assert_close(found, torch.tensor([0, 1 / 9, 8 / 9]).double())
    uniform = noise_distribution(torch.tensor([0, 3, 9]), 0.0)
    torch.testing.assert_close(uniform, torch.tensor([0, 0.5, 0.5]).double())


def test_frequent_words_are_dropped_and_seldom_ones_kept():
    kept = kept_probability(torch.tensor([900, 99, 1]), 0.01)
    torch.testing.assert_close(kept, torch.tensor([math.sqrt(0.01 / 0.9), math.sqrt(0.01 / 0.099), 1.0]))


def test_pairs_stand_within_the_window_and_noise_follows_its_distribution():
    ids = torch.arange(400) % 40
    sampler = PairSampler(ids, 50, window=3, exponent=1.0, threshold=10.0, draws=generator(0))
    pairs = sampler.draw(500, 4)
    apart = (pairs.centre - pairs.context) % 40
    assert set(apart.tolist()) == {1, 2, 3, 37, 38, 39}
    assert int(pairs.noise.max()) < 40
    assert len(pairs.noise.unique()) == 40


def test_orders_keep_the_tokens_and_the_documents():
    ids, draws = text(3), generator(3)
    assert len(ids) == LENGTH
    for moved in (shuffled_words(ids, draws), shuffled_documents(ids, draws)):
        assert torch.equal(moved.sort().values, ids.sort().values)
        assert not torch.equal(moved, ids)
    first = ids[: int((ids == END).nonzero()[0]) + 1].tolist()
    kept = shuffled_documents(ids, generator(3)).tolist()
    at = [place for place, token in enumerate(kept) if token == first[0]]
    assert any(kept[place : place + len(first)] == first for place in at)


def test_exchanged_partners_and_pairs_keep_the_counts_of_a_side():
    king, queen = (ids_of(word)[0] for word in PAIRS[0])
    man, woman = (ids_of(word)[0] for word in PAIRS[1])
    given = torch.tensor([king, queen, 99])
    assert arranged(given, "partners exchanged", 0).tolist() == [king, woman, 99]
    assert arranged(given, "pairs exchanged", 0).tolist() == [man, woman, 99]
    assert torch.equal(arranged(given, "as written", 0), given)
    assert replaced_tokens(torch.tensor([1, 2]), {1: 2, 2: 1}).tolist() == [2, 1]


def test_the_words_looked_at_are_listed_and_often_enough():
    shown = words(0)
    counts = torch.bincount(text(0), minlength=VOCABULARY)
    assert int(counts[shown.ids].min()) >= 15
    assert {"Rome", "king", "queen"} <= set(shown.names)
    assert int((shown.classes == 8).sum()) == 12


def test_training_lowers_the_loss_and_is_repeated_by_its_seed():
    one, other = (SkipGramTraining(text(0), VOCABULARY, seed=4, batch=256) for _ in range(2))
    for run in (one, other):
        for _ in range(30):
            run.step()
    assert torch.equal(one.model.vectors, other.model.vectors)
    assert one.losses[-1] < one.losses[0]


def test_principal_components_keep_distances_where_all_are_kept():
    X = normal(30, 4, seed=0)
    found = principal_components(X, 4)
    torch.testing.assert_close(found.shares.sum(), torch.tensor(1.0))
    torch.testing.assert_close(torch.pdist(projected(X, found)), torch.pdist(X))
    torch.testing.assert_close(projected(X, found).var(dim=0), found.variances)


def test_turning_keeps_lengths_and_a_quarter_turn_brings_the_depth_to_the_side():
    points = normal(5, 3, seed=1)
    torch.testing.assert_close(turned(points, 0.7).norm(dim=1), points.norm(dim=1))
    torch.testing.assert_close(turned(torch.tensor([[0.0, 2.0, 1.0]]), math.pi / 2)[0], torch.tensor([1.0, 2.0, 0.0]))


def test_neighbours_and_purity_of_two_clusters():
    X = torch.tensor([[1.0, 0.1], [2.0, 0.0], [0.0, 1.0], [0.1, 3.0]])
    near = nearest(cosines(X), 1)
    assert near[:, 0].tolist() == [1, 0, 3, 2]
    assert purity(near, torch.tensor([0, 0, 1, 1])).tolist() == [1, 1, 1, 1]
    assert purity(near, torch.tensor([0, 1, 1, 1])).tolist() == [0, 0, 1, 1]


def test_a_common_offset_raises_the_mean_cosine_and_centring_undoes_it():
    X = normal(200, 16, seed=2)
    moved = X + 5
    assert abs(mean_cosine(X)) < 0.05
    assert mean_cosine(moved) > 0.9
    assert abs(mean_cosine(moved - moved.mean(dim=0))) < 0.05
    assert cosine(X[0], 3 * X[1]).item() == pytest.approx(cosines(X)[0, 1].item(), abs=1e-6)


def test_an_exact_offset_answers_every_analogy():
    base, offset = normal(4, 64, seed=0), normal(1, 64, seed=1)
    X = torch.cat([base, base + offset])
    pairs = torch.stack([torch.arange(4), torch.arange(4) + 4], dim=1)
    asked = analogies(pairs)
    assert asked.shape == (24, 4)
    assert [0, 4, 1, 5] in asked.tolist()
    assert [4, 0, 5, 1] in asked.tolist()
    assert all(a != c for a, _, c, _ in asked.tolist())
    assert analogy_accuracy(X, asked, asked[:, :3]) > 0.9
    y = offset_answer(X, *asked.T[:3])
    assert not (closest_words(X, y, asked[:, :3])[:, None] == asked[:, :3]).any()


def test_a_lookup_is_the_one_hot_product_also_in_its_gradient():
    E, ids = normal(11, 5, seed=0).requires_grad_(), torch.tensor([3, 3, 10, 0])
    torch.testing.assert_close(lookup(ids, E), one_hot_product(ids, E))
    weight = normal(4, 5, seed=1)
    one, other = (torch.autograd.grad((of(ids, E) * weight).sum(), E)[0] for of in (lookup, one_hot_product))
    torch.testing.assert_close(one, other)


@pytest.mark.parametrize(
    ("rule", "earlier", "tied", "which"),
    [
        ("SGD", 5, False, "batch"),
        ("SparseAdam", 5, False, "batch"),
        ("Adam", 0, False, "batch"),
        ("Adam", 1, False, "both batches"),
        ("SGD with momentum", 1, False, "both batches"),
        ("AdamW", 0, False, "all"),
        ("SGD", 0, True, "all"),
    ],
)
def test_which_rows_a_step_changes(rule, earlier, tied, which):
    run = TableTraining(built(60, 4, tied, 0), rule)
    drawn, seen = batches(torch.arange(500) % 50, 6, generator(0)), set()
    for _ in range(earlier + 1):
        ids, following = next(drawn)
        seen |= set(ids.tolist())
        step = run.step(ids, following)
    moved = set(step.change.nonzero()[:, 0].tolist())
    assert moved == {"batch": set(ids.tolist()), "both batches": seen, "all": set(range(60))}[which]
    assert set(step.gradient.nonzero()[:, 0].tolist()) == (set(range(60)) if tied else set(ids.tolist()))


def test_a_tied_model_has_one_table():
    assert sum(p.numel() for p in NextToken(10, 3, tied=True).parameters()) == 30
    assert sum(p.numel() for p in NextToken(10, 3, tied=False).parameters()) == 60
    assert changed_rows(torch.zeros(2, 2), torch.tensor([[3.0, 4.0], [0.0, 0.0]])).tolist() == [5.0, 0.0]
