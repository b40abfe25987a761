"""Sentences of known meaning, their triples, the contrastive loss, and rankings by words, by vectors and by both."""

import math

import pytest
import torch

from models.data.dice import Dice, held_out
from models.data.search_passages import KINDS, search
from models.data.sentence_triples import triple, triples
from models.data.synonym_sentences import (
    DEEDS,
    KNOWN_NAMES,
    NEVER_SWAPPED,
    PEOPLE,
    WORDS,
    exchanged_synonyms,
    meaning,
    name_question,
    name_sentence,
    new_names,
    restated,
    swapped_words,
)
from models.data.synonym_tokens import PIECES, ids_of, padded
from models.language.contrastive_sentences import contrastive_loss, scores
from models.language.sentence_overlap import jaccard
from models.retrieval.bm25 import bm25, counted, lexical, plain_idf, positive_idf, saturated
from models.retrieval.hybrid import (
    combined,
    mean_ranks,
    min_max,
    picked_first,
    recall_at,
    reciprocal_rank_fusion,
)
from models.retrieval.latent_semantic import latent_scores, latent_space
from models.training.sentence_encoder import TRAININGS, never_swapped, pretrained, vectors


def test_every_word_has_one_synonym_and_one_token():
    assert len(set(WORDS)) == len(WORDS)
    assert len(set(PIECES)) == len(PIECES)
    assert all(restated(restated(word)) == word for word in WORDS)


def test_a_paraphrase_shares_no_word_and_a_swap_all():
    for seed in range(50):
        said = meaning(Dice(seed), held=False)
        first, swap = said.written(0), said.swapped.written(0)
        assert jaccard(first, said.written(1)) == 0
        assert restated(first) == said.written(1)
        assert sorted(first.split()) == sorted(swap.split())
        assert swapped_words(first) == swap
        assert set(first.split()) < set(said.written(0, fronted=True).split())


def test_swapping_needs_two_people():
    with pytest.raises(ValueError, match="two people"):
        swapped_words("the glad child sees a")


def test_letters_spell_what_is_no_word():
    assert [PIECES[i] for i in ids_of("Kalo sees a boss!")] == [
        "·k",
        "·a",
        "·l",
        "·o",
        "sees",
        "a",
        *map("·".__add__, "boss"),
    ]
    ids, real = padded(["a", "a boss"])
    assert ids.shape == (2, 2)
    assert real.tolist() == [[True, False], [True, True]]


def test_held_out_pairs_of_people_and_swaps_stay_out_of_training():
    dice = Dice("triples")
    for _ in range(300):
        one = triple(dice, "role swaps")
        people = [word for word in one.query.split() if any(word in pair for pair in PEOPLE)]
        if len(people) == 2:
            agent, patient = people if "whom" not in one.query else reversed(people)
            concept = {word: pair[0] for pair in PEOPLE for word in pair}
            assert not held_out("meaning", concept[agent], concept[patient])
            if sorted(one.query.split()) == sorted(one.negative.split()):
                deed = next(word for word in one.query.split() if any(word in pair for pair in DEEDS))
                assert not any(deed in pair for pair in NEVER_SWAPPED)


def test_the_variants_differ_in_the_negatives_or_in_the_words():
    swaps, random, shuffled = (
        triples(200, variant, 0) for variant in ("role swaps", "random sentences", "words shuffled")
    )
    assert torch.equal(swaps.query, random.query)
    assert torch.equal(swaps.positive, random.positive)
    assert not torch.equal(swaps.negative, random.negative)
    assert torch.equal(swaps.query.sort(dim=1).values, shuffled.query.sort(dim=1).values)
    assert exchanged_synonyms("the kid") == "the chief"
    assert exchanged_synonyms("the child") == "the child"


def test_new_names_are_new():
    names = new_names(150, Dice(0))
    assert len(set(names)) == 150
    assert not set(names) & set(KNOWN_NAMES)


def test_the_contrastive_loss_by_hand():
    z = torch.tensor([[1.0, 0.0, 2.0, 0.0], [0.0, 3.0, 0.0, 0.0]])
    none = torch.zeros(2, 2, dtype=torch.bool)
    parts = [math.log(math.e + 1 + math.e**2 + 1) - 1, math.log(3 + math.e**3) - 3]
    assert contrastive_loss(z, none).item() == pytest.approx(sum(parts) / 2, rel=1e-5)
    also = torch.tensor([[False, True], [False, False]])
    parts[0] = math.log(math.e + math.e**2 + 1) - 1
    assert contrastive_loss(z, also).item() == pytest.approx(sum(parts) / 2, rel=1e-5)
    u = torch.eye(2)
    assert scores(u, u, u.flip(0), 0.5).tolist() == [[2, 0, 0, 2], [0, 2, 2, 0]]


def test_sets_of_words():
    assert jaccard("a b", "b A") == 1
    assert jaccard("a b", "b c") == pytest.approx(1 / 3)
    assert jaccard("", "") == 0


def test_a_seldom_word_decides_and_a_word_in_most_passages_counts_against_under_the_plain_idf():
    texts = [["a", "cat"], ["a", "dog"], ["a", "hen"], ["hen"]]
    words = lexical(texts)
    asked = counted([["a", "dog", "unknown"]], words.words)
    assert asked.sum() == 2
    assert bm25(asked, words.counts, positive_idf(words.counts)).argmax() == 1
    only = counted([["a"]], words.words)
    assert bm25(only, words.counts, plain_idf(words.counts))[0].tolist()[0] < 0
    assert bm25(only, words.counts, plain_idf(words.counts)).argmax() == 3
    assert (positive_idf(words.counts) > 0).all()


def test_repeating_a_word_saturates():
    counts = torch.tensor([[1.0], [2.0], [4.0]]).double()
    found = saturated(counts, b=0.0)[:, 0]
    assert found.tolist() == pytest.approx([1.0, 2 * 2.2 / 3.2, 4 * 2.2 / 5.2])
    assert found.diff()[1] < 2 * found.diff()[0]


def test_latent_semantic_analysis_finds_a_passage_without_a_common_word():
    texts = [["boat", "sea"], ["ship", "sea"], ["ship", "sail"], ["bread", "salt"], ["bread", "milk"]]
    words = lexical(texts)
    space = latent_space(words.counts, 2)
    found = latent_scores(counted([["boat"]], words.words), space)[0]
    assert words.counts[2, words.words["boat"]] == 0
    assert found[2] > 0.9
    assert found[3].abs() < 1e-6


def test_ranks_of_equal_scores_are_shared():
    s = torch.tensor([[3.0, 1.0, 1.0, 0.0]])
    assert mean_ranks(s).tolist() == [[1, 2.5, 2.5, 4]]
    assert min_max(s).tolist() == [[1, pytest.approx(1 / 3), pytest.approx(1 / 3), 0]]
    assert min_max(torch.ones(1, 3)).tolist() == [[0, 0, 0]]
    assert combined(s, -s, 0.5).abs().max() == 0
    assert reciprocal_rank_fusion(s, s).argmax() == 0


def test_recall_counts_equal_scores_as_a_random_order():
    s = torch.tensor([[2.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    assert recall_at(s, torch.tensor([2, 0]), 1).tolist() == [0, 0.25]
    assert recall_at(s, torch.tensor([2, 0]), 2).tolist() == [pytest.approx(1 / 3), 0.5]
    assert recall_at(s, torch.tensor([0, 0]), 1).tolist() == [1, 0.25]


def test_a_cascade_keeps_only_what_the_first_has_picked():
    first, second = torch.tensor([[3.0, 2.0, 0.0, 0.0]]), torch.tensor([[0.1, 0.5, 0.9, 0.2]])
    assert picked_first(first, second, 2).argmax() == 1
    assert torch.isinf(picked_first(torch.zeros(1, 30), torch.rand(1, 30), 10)).all()


def test_each_query_has_its_right_passage():
    found = search(0, "new")
    assert len(found.passages) == 400
    assert tuple(found.queries) == KINDS
    assert "what does Kalo do" in found.queries["a name"].texts
    for query, at in zip(found.queries["other words"].texts, found.queries["other words"].right.tolist()):
        assert restated(query) == found.passages[at]
    for query, at in zip(found.queries["a name"].texts, found.queries["a name"].right.tolist()):
        assert query == name_question(found.passages[at].split()[0])
    names = [text.split()[0] for text in found.queries["both"].texts]
    assert {names.count(name) for name in names} == {5}
    known = search(0, "known", 0.5)
    assert set(known.queries["a name"].texts) <= set(map(name_question, KNOWN_NAMES))
    assert len(known.queries["other words"].texts) == 100
    assert name_sentence("Mia", DEEDS[1], PEOPLE[3], 0) == "Mia helps a guest"


def test_vectors_have_length_one_and_do_not_depend_on_padding():
    model = pretrained("role swaps", 0)
    texts = ["the glad child sees a thief", "Kalo helps a guest who is very far away"]
    both, alone = vectors(model, texts), vectors(model, texts[:1])
    torch.testing.assert_close(both.norm(dim=1), torch.ones(2))
    torch.testing.assert_close(both[:1], alone)


def test_held_out_meanings_have_verbs_that_were_never_swapped():
    said = never_swapped(50, 0)
    assert {one.deed for one in said} <= set(NEVER_SWAPPED)
    assert all(held_out("meaning", one.agent[0], one.patient[0]) for one in said)
    assert TRAININGS == 3
