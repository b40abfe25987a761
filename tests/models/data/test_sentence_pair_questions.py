"""Pairs that differ from true ones in one respect."""

from models.data import sentence_pair_questions as questions
from models.data.words import GUESTS, pronoun


def test_endings_of_the_same_form_follow_first_halves_of_the_same_form():
    found = questions.told(20, "of three kinds", 0, 45)
    for (first, true), (one, fitting), (same, random) in zip(found.true, found.fitting, found.random, strict=True):
        assert first == one == same
        assert len(f"{first} {fitting}".split()) <= 45
        assert true not in (fitting, random)
    assert questions.form("Ada takes the cup . Ada wakes up in Oslo .") == "X takes the O . X wakes up in C ."


def test_other_names_are_of_the_same_gender_and_not_in_the_text():
    text = " ".join(GUESTS[:6])
    names = questions.other_names(text)
    assert list(names) == list(GUESTS[:6])
    assert not set(names.values()) & set(names)
    assert len(set(names.values())) == 6
    assert all(pronoun(name) == pronoun(other) for name, other in names.items())
    assert questions.other_names(" ".join(GUESTS)) == {name: name for name in GUESTS}


def test_people_are_renamed_where_it_is_said():
    pair = ("Ada has a hat .", "she gives Ben the hat of Ada .")
    assert questions.renamed(pair, "nowhere") == pair
    both, second = (questions.renamed(pair, where) for where in ("in both halves", "in the second half"))
    assert questions.share_a_name(both)
    assert not questions.share_a_name(second)
    assert second[0] == pair[0]
    assert both[1] == second[1]
