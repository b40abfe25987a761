import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.data import tiny_world
from models.data.dice import Dice, partners
from models.data.kinds import chance, facts, labels
from models.data.sample import parse, plain
from models.data.tiny_world import KINDS, draw, questions
from models.data.words import CITIES, OBJECTS, RESIDENTS
from models.data.world import World, world
from tests.models.data.oracle import FORMS, ORACLES

BY_CHANCE = {"trades", "hiring", "crowd", "walks"}
SPLITS = ("train", "held_out")


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("kind", ORACLES)
def test_every_answer_follows_from_what_stands_before_it(kind: str, split: str) -> None:
    for sample in questions(kind, 300, 7, split):
        assert sample.answers
        for answer in sample.answers:
            assert sample.text[answer.start : answer.end] == answer.text
            assert ORACLES[kind](sample.text[: answer.start]) == answer.text, sample.text


def test_the_second_reader_knows_every_kind_but_those_left_to_chance() -> None:
    assert ORACLES.keys() | BY_CHANCE == KINDS.keys()


def test_the_page_shows_every_kind() -> None:
    assert set(re.findall(r"^    (\w+) {2,}\S", tiny_world.__doc__ or "", re.M)) == KINDS.keys()


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 2**32), st.sampled_from(SPLITS))
@settings(max_examples=300, deadline=None)
def test_any_seed_gives_clean_text(kind: str, seed: int, split: str) -> None:
    marked = draw(kind, Dice(seed), split)
    sample = parse(marked, kind)
    assert sample.text == plain(marked)
    assert not set("[]") & set(sample.text)
    assert "  " not in sample.text
    assert sample.text == sample.text.strip()
    assert all(0 < a.start < a.end <= b.start for a, b in zip(sample.answers, sample.answers[1:], strict=False))


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides_the_text(kind: str) -> None:
    assert questions(kind, 20, 3) == questions(kind, 20, 3)
    assert questions(kind, 20, 3) != questions(kind, 20, 4)


COMBINATIONS = {  # what a text puts together that the other split must not
    "told": r"(\w+) (?:lives in|works as a|lies on the|belongs to) (\w+)",
    "asked": r"question : ([^?]*) \?",
    "unknown": r"question : ([^?]*) \?",
    "note": r"(\w+) (?:lives in|works as a) (\w+)",
    "context_facts": r"(\w+) lives in (\w+)",
    "mapping": r"(\w+) -> (\w+)",
    "hops": r"(\w+) \+ (\d) = (\w+)",
    "moves": r"the (\w+) (?:is in|to) the (\w+)",
    "pronouns": r"^(\w+) and (\w+)",
    "stories": r"^(\w+) wakes up in (\w+)",
    "needles": r"the secret word of (\w+) is (\w+)",
    "agreement": r": the (\w+?)s? \w+ the (\w+?)s? \w+ \.",
    "roles": r"^the (\w+) .* has a (\w+) in",
    "homonyms": r"^(\w+) looks at the (\w+)",
    "paraphrases": r"^\w+ \w+ (\w+) \w+ \w+ (\w+)",
    "translation": r"tok : (\w+o) .*?(\w+o)\b",
    "sums": r"^(.*) =",
    "steps": r"^steps : (.*?) :",
    "sentiment": r"the (\w+) was (?:not )?(\w+) \.",
    "trades": r"^(\w+) is from the (\w+)",
    "hiring": r"^(\w+) is from the (\w+)",
    "react": r'^.*"who": "(\w+)".*?<\|result\|> (\d+)',
}
LENGTHS = {  # the part whose length tells the splits apart
    "repeats": r"^(.*) \.",
    "counting": r"^(.*) :",
    "selective_copy": rf"\b(?:{'|'.join(OBJECTS)})\b",
}


@pytest.mark.parametrize("kind", COMBINATIONS)
def test_what_is_held_out_is_never_shown(kind: str) -> None:
    shown, kept = (
        {found for sample in questions(kind, 1500, 1, split) for found in re.findall(COMBINATIONS[kind], sample.text)}
        for split in SPLITS
    )
    assert shown
    assert kept
    assert not shown & kept


@pytest.mark.parametrize("kind", LENGTHS)
def test_held_out_texts_are_longer(kind: str) -> None:
    def lengths(split: str) -> list[int]:
        return [len(" ".join(re.findall(LENGTHS[kind], s.text)).split()) for s in questions(kind, 500, 1, split)]

    assert max(lengths("train")) < min(lengths("held_out"))


def test_held_out_lists_are_longer() -> None:
    def lengths(split: str) -> list[int]:
        return [len(s.text.split(" -> ")[0].split()) for s in questions("lists", 500, 1, split)]

    assert max(lengths("train")) < min(lengths("held_out"))


def test_a_fact_that_is_never_told_stands_in_no_training_text_but_a_note() -> None:
    never = {(f.relation, f.subject) for f in world().by_tier["never"]}
    unasked = {(f.relation, f.subject) for f in world().facts if facts.never_asked(f)}
    for kind in ("told", "asked", "chat"):
        for sample in questions(kind, 3000, 2):
            for relation, form in FORMS.items():
                for found in re.finditer(form, sample.text):
                    fact = relation, found[found.lastindex]
                    assert fact not in never
                    assert not found[0].endswith("?") or fact not in unasked
    for sample in questions("relations", 3000, 2):
        relation = sample.answers[0].fact.split(":")[0]
        subjects = re.findall(r"(\w+) ->", sample.text)
        assert not {(relation, subject) for subject in subjects} & never


def test_seldom_told_facts_have_their_share() -> None:
    tiers = [answer.fact.rsplit(":", 1)[1] for s in questions("told", 20_000, 0) for answer in s.answers]
    assert tiers.count("seldom") / len(tiers) == pytest.approx(facts.SELDOM_SHARE, rel=0.5)
    assert tiers.count("never") == 0


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_world_is_whole_and_its_seed_decides_it(seed: int) -> None:
    made = World(seed)
    assert made.facts == World(seed).facts
    assert made.facts != World(seed + 1).facts
    assert all(made.of("friend", who).value != who for who in RESIDENTS)
    assert {made.of("home", who).value for who in RESIDENTS} == set(CITIES)
    assert {tier: len(facts) for tier, facts in made.by_tier.items()} == {"often": 144, "seldom": 50, "never": 46}


@given(st.lists(st.text(min_size=1), min_size=5, max_size=30, unique=True), st.text())
def test_partners_part_the_values(values: list[str], owner: str) -> None:
    shown, kept = partners(tuple(values), False, owner), partners(tuple(values), True, owner)
    assert sorted(shown + kept) == sorted(values)
    assert kept


@pytest.mark.parametrize("skew", [0.0, 0.5, 1.0])
def test_the_skew_is_the_one_that_was_dialled(skew: float) -> None:
    groups: dict[str, list[bool]] = {"coast": [], "hills": []}
    for sample in questions("trades", 4000, 0, skew=skew):
        (answer,) = sample.answers
        groups[answer.fact.split(":")[1]].append(answer.text == "sailor")
    for group, sailors in groups.items():
        assert sum(sailors) / len(sailors) == pytest.approx(labels.sailor_probability(group, skew), abs=0.04)


def test_hiring_follows_group_and_test() -> None:
    hired: dict[str, list[bool]] = {}
    for sample in questions("hiring", 8000, 0, skew=0.6):
        (answer,) = sample.answers
        hired.setdefault(answer.fact, []).append(answer.text == "yes")
    for fact, yes in hired.items():
        _, group, test = fact.split(":")
        truth = labels.hired_probability(group, test == "good", 0.6)
        assert sum(yes) / len(yes) == pytest.approx(truth, abs=0.05)


def test_names_and_steps_come_with_their_stated_chances() -> None:
    names = [answer.text for s in questions("crowd", 3000, 0) for answer in s.answers]
    assert names.count(chance.CROWD[0]) / len(names) == pytest.approx(chance.power_law(1.0)[0], abs=0.01)
    likeliest = [
        chance.successors(0)[a][0] == b
        for s in questions("walks", 1000, 0)
        for a, b in zip(s.text.split()[2:], s.text.split()[3:-1], strict=False)
    ]
    assert sum(likeliest) / len(likeliest) == pytest.approx(chance.STEP_ODDS[0], abs=0.02)


def test_every_tool_call_is_json() -> None:
    for sample in questions("tools", 300, 0) + questions("react", 300, 0):
        for call in re.findall(r"<\|call\|>(.*?)<\|result\|>", sample.text):
            assert json.loads(call)["tool"] in {"add", "find"}


def test_options_dial_a_kind() -> None:
    (sample,) = questions("needles", 1, length=500, depth=0.0, distractors=0)
    assert sample.text.startswith("the secret word")
    assert len(sample.text.split()) > 500
    assert all(len(s.answers) == 9 for s in questions("mapping", 5, shots=9))
    assert {a.fact.split(":")[2] for s in questions("told", 50, tier="seldom") for a in s.answers} == {"seldom"}


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="kind: 'nonsense' is not one of told"):
        questions("nonsense", 1)
