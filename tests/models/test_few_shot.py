"""Prompts with examples: what they hold, and what changes with them."""

import torch

from models.data.dice import Dice
from models.data.tiny_world import world
from models.language import few_shot
from models.language.few_shot import (
    RELATIONS,
    WORDS,
    Prompt,
    best_possible,
    changed,
    completions,
    drawn,
    known,
    likeliest,
    made_up,
    right,
)
from models.language.pretrained_decoders import pretrained
from models.tokenization.tokenizer import ids_of
from tests.shape_comments import shapes_checked

EXCHANGED = "labels exchanged"


def test_a_prompt_ends_where_the_value_is_due():
    prompt = Prompt((("dax", "7"), ("wug", "3")), "dax", "7", "7")
    assert prompt.text == "dax -> 7 ; wug -> 3 ; dax ->"
    assert Prompt((), "dax", "7", "7").text == "dax ->"


def test_examples_go_through_the_table_before_any_pair_comes_again():
    for number in range(20):
        prompt = made_up(8, Dice(f"test {number}"))
        table = dict(prompt.examples)
        assert len(prompt.examples) == 8
        assert len(table) == WORDS == len({word for word, _ in prompt.examples[:WORDS]})
        assert prompt.answer == table[prompt.word]
        assert len(set(table.values())) == WORDS, "four different digits"


def test_known_facts_are_true_and_of_one_relation():
    for number in range(20):
        prompt = known(5, Dice(f"test {number}"))
        tables = [world().told_values(relation) for relation in RELATIONS]
        assert any(all(table.get(who) == value for who, value in prompt.examples) for table in tables)
        assert prompt.word not in dict(prompt.examples)


def test_changes_of_the_examples():
    plain = drawn("made-up pairs", 8, "as drawn", 12, 5)
    for change in ("examples reordered", "asked word's examples removed", "another word's examples removed"):
        for one, other in zip(plain, drawn("made-up pairs", 8, change, 12, 5), strict=True):
            assert (one.word, one.answer) == (other.word, other.answer)
            left = {word for word, _ in other.examples}
            assert (len(left) == WORDS) == (change == "examples reordered")
            assert (one.word in left) == (change != "asked word's examples removed")


def test_exchanged_labels_form_another_table():
    for one in drawn("made-up pairs", 8, EXCHANGED, 12, 5):
        table = dict(one.examples)
        assert table[one.word] == one.relabelled != one.answer
        assert all(table[word] == value for word, value in one.examples), "one value per word"


def test_exchanged_labels_of_known_facts_are_the_others_values():
    plain = known(6, Dice("a"))
    other = changed(plain, "known facts", EXCHANGED, Dice("b"))
    assert sorted(value for _, value in plain.examples) == sorted(value for _, value in other.examples)
    assert [word for word, _ in plain.examples] == [word for word, _ in other.examples]
    assert other.answer == plain.answer


def test_a_completion_is_judged_by_its_first_token():
    assert right(Prompt((), "Mia", "Oslo", "Oslo"), "Oslo")
    assert not right(Prompt((), "Mia", "Oslo", "Oslo"), "Rome")
    assert not right(Prompt((), "Mia", "Oslo", "Oslo"), "")
    assert len(ids_of("7")) == 1


def test_the_likeliest_token():
    assert likeliest(torch.tensor([[0.0, 2, 1], [3, 0, 0]])).tolist() == [1, 0]


def test_what_copying_and_guessing_reach():
    assert best_possible(0, 4, 10) == 0.1
    assert best_possible(1, 4, 10) == 0.25 + 0.75 / 10
    assert best_possible(4, 4, 10) == best_possible(9, 4, 10) == 1.0


def test_shapes():
    prompts = drawn("made-up pairs", 2, "as drawn", 3, 0)
    with shapes_checked(few_shot, N=3, V=1024) as watch:
        assert len(completions(pretrained("decoder_small"), prompts)) == 3
    assert watch.reached
    assert not watch.unreached()
