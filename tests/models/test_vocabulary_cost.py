"""Costs of vocabularies, scores of borders, lines that repeat and spell: values worked out by hand."""

import math

import pytest

from models.cost.decoding_cost import forward_flops
from models.cost.vocabulary_cost import bits_per_character, flops_per_character, vocabulary_parameters
from models.data.dice import Dice
from models.data.letter_texts import windows
from models.data.planted_borders import borders
from models.data.spelling_lines import line, made_up, spell_as_stated, spell_later, spelt_words, words
from models.tokenization.border_score import f1, f1_at_random
from models.tokenization.byte_pair_encoding import ranks
from models.tokenization.other_cuts import other_cut, with_dropout
from models.training.vocabulary_sizes import config_of


def test_bits_per_character_of_characters_themselves():
    assert bits_per_character(math.log(2), 7, 7) == pytest.approx(1)
    assert bits_per_character(math.log(16), 3, 12) == pytest.approx(1)


def test_compute_without_a_part_is_smaller_by_that_part():
    config, tokens = config_of(40), [5, 9]
    whole = flops_per_character(config, tokens, 10)
    assert whole == sum(forward_flops(config, T, T) for T in tokens) / 10
    output = flops_per_character(config, tokens, 10, "all but the output layer")
    assert whole - output == 2 * 14 * 32 * 40 / 10
    scores = flops_per_character(config, tokens, 10, "all but attention over positions")
    assert whole - scores == pytest.approx(4 * 2 * (25 + 81) * 32 / 10)
    assert vocabulary_parameters(config) == 40 * 32


def test_f1_of_borders():
    assert borders(["ab", "c", "de"]) == {2, 3}
    assert f1([{2, 3}, {1}], [2, 4]) == 2 * 1 / (3 + 2)
    assert f1([{2}], [2]) == 1
    assert f1_at_random([{2, 3}, set()], [5, 4]) == 2 * (2 / 4) / (2 + 2)


def test_random_cuts_score_what_is_expected_of_them():
    dice = Dice("cuts")
    lengths, counts, true = [6, 7, 5], [2, 1, 3], [3, 4, 2]
    drawn = [[set(dice.some(range(1, n), k)) for n, k in zip(lengths, counts)] for _ in range(4000)]
    mean = sum(f1(cuts, true) for cuts in drawn) / len(drawn)
    assert mean == pytest.approx(f1_at_random(drawn[0], lengths), abs=0.01)


def test_dropout_leaves_pairs_out():
    rank = ranks([("a", "b"), ("ab", "c")])
    assert with_dropout("abc", rank, 0.0, Dice("x")) == ("abc",)
    assert with_dropout("abc", rank, 1.0, Dice("x")) == ("a", "b", "c")
    assert other_cut("abc", ("abc",), rank, Dice("x")) in {("ab", "c"), ("a", "b", "c")}
    assert other_cut("xy", ("x", "y"), rank, Dice("x")) == ("x", "y")


def test_words_that_are_held_out_are_never_spelt_in_training():
    held, dice = set(spelt_words(True)), Dice("lines")
    assert held
    assert held.isdisjoint(spelt_words(False))
    for _ in range(3000):
        given = line(dice)
        if given.prompt.startswith("spell"):
            assert given.prompt.split()[1] not in held
        assert given.text == f"{given.prompt} {given.answer} ."


def test_stated_letters_are_asked_for_and_other_lines_state_none():
    assert spell_as_stated("cat", "xyz").text == "cat is x y z . spell cat : x y z ."
    assert spell_later("cat", "dog").text == "say dog : dog . spell cat : c a t ."


def test_made_up_words_are_no_words():
    dice = Dice("made up")
    assert all(made_up(dice) not in words() for _ in range(200))


@pytest.mark.parametrize("order", ["as written", "letters shuffled", "words shuffled"])
def test_windows_are_whole_words_of_at_most_so_many_characters(order: str):
    found = windows(order, 5, 30, 80)
    assert len(found) == 30
    assert all(40 < len(text) <= 80 and text == text.strip() for text in found)
    if order == "letters shuffled":
        plain = windows("as written", 5, 30, 80)
        assert sorted(plain[0].replace(" ", "")) == sorted(found[0].replace(" ", ""))
        assert plain[0] != found[0]
