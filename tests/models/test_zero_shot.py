"""Prompts of four tasks in several forms, the answer that is chosen, and the twins that are asked."""

import torch

from models.data.kinds.facts import never_asked
from models.data.tiny_world import world
from models.language.pretrained_decoders import pretrained as decoder
from models.language.zero_shot import (
    OPENING,
    SEPARATOR,
    TASKS,
    accuracy,
    answers,
    asked,
    chance,
    choose,
    reformed,
)
from models.tokenization.tokenizer import ids_of
from models.training.task_lines import OTHER, TASK_LINES, TEXTS, TOLD


def test_the_likeliest_of_the_given_answers_is_chosen():
    z = torch.tensor([[0.0, 9.0, 2.0, 3.0], [5.0, 0.0, 4.0, 1.0]])
    assert choose(z, torch.tensor([2, 3])).tolist() == [1, 0]


def test_chance_is_the_mean_of_one_over_the_choices():
    assert chance(asked("reviews", 8, 0)) == 0.5
    assert chance(asked("topics", 9, 0)) == 1 / 3


def test_questions_are_about_facts_that_training_never_asked():
    facts = {fact.value for fact in world().by_tier["often"] if never_asked(fact)}
    assert all(prompt.answer in facts and prompt.answer in prompt.choices for prompt in asked("questions", 32, 3))


def test_every_answer_is_known_by_its_first_token():
    for task in TASKS:
        for prompt in asked(task, 32, 1):
            firsts = [ids_of(choice)[0] for choice in prompt.choices]
            assert len(set(firsts)) == len(firsts)


def test_only_one_token_of_a_prompt_changes_with_its_form():
    for task in TASKS:
        prompt = asked(task, 1, 2)[0]
        words = prompt.text.split()
        other = reformed(prompt, "unseen separator").text.split()
        assert other == [*words[:-1], SEPARATOR]
        opening = reformed(prompt, "unseen opening").text.split()
        assert opening[0] == OPENING
        assert opening[-len(words) + 1 :] == words[1:]
        assert reformed(prompt, "as in training") == prompt


def test_training_texts_hold_neither_of_the_unseen_tokens():
    kinds = {kind for texts in TEXTS.values() for kind in texts}
    assert kinds == {*TOLD, *TASK_LINES, *OTHER}
    assert "sums" not in kinds  # the only kinds with “=”
    assert "hops" not in kinds


def test_task_lines_and_other_lines_are_equally_many():
    assert abs(sum(TASK_LINES.values()) - sum(OTHER.values())) <= 2


def test_a_decoder_that_read_no_reviews_does_not_label_them():
    model = decoder("decoder")
    assert accuracy(model, asked("questions", 32, 0)) > 0.9
    assert accuracy(model, asked("reviews", 64, 0)) < 0.7
    assert set(answers(model, asked("topics", 4, 0))) <= {"food", "music", "sea"}
