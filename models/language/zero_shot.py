"""Tasks that a language model is given by the form of a text alone, its weights as they are.

Papers: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2 (a task is text before the
answer); Brown et al. 2020, "Language Models are Few-Shot Learners", section 2.4 (the likeliest of the given answers).

Symbols
    z  logits after the prompt (..., V)     c  first tokens of the answers to choose from (C,)     V  vocabulary
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice, partners
from models.data.kinds.facts import QUESTIONS, never_asked
from models.data.kinds.labels import TOPICS, sentiment, topics
from models.data.sample import parse
from models.data.tiny_world import world
from models.data.words import ANIMALS, CITIES, JOBS, RESIDENTS
from models.language.next_word import last_residual, next_logits
from models.tokenization.tokenizer import ids_of
from models.transformer.decoder import Decoder

Task = Literal["questions", "pairs", "reviews", "topics"]
Form = Literal["as in training", "unseen separator", "unseen opening", "nothing but the subject"]
TASKS: tuple[Task, ...] = "questions", "pairs", "reviews", "topics"
VALUES: Mapping[str, tuple[str, ...]] = {"home": CITIES, "job": JOBS, "pet": ANIMALS, "friend": RESIDENTS}
SEPARATOR, OPENING = "=", "ask"
"""Tokens that no training text of these models holds."""
EXAMPLES = 3


class Prompt(NamedTuple):
    """A text that ends where the answer is due."""

    text: str
    answer: str
    choices: tuple[str, ...]


def choose(z: Tensor, c: Tensor) -> Tensor:
    """argmax over the given answers of p(answer | prompt), which has the order of the logits: (...,)"""
    return z[..., c].argmax(dim=-1)


def question(dice: Dice) -> Prompt:
    """question : where does Mia live ? — of facts that training told and never asked."""
    known = [f for f in world().by_tier["often"] if f.relation in VALUES and never_asked(f)]
    fact = dice.pick(known)
    return Prompt(f"question : {QUESTIONS[fact.relation].format(fact.subject)}", fact.value, VALUES[fact.relation])


def pair(dice: Dice) -> Prompt:
    """Tom -> Oslo ; Zoe -> Turin ; Max -> Bern ; Mia -> — the last person is one that training never paired so."""
    relation = dice.pick(tuple(VALUES))
    table = world().told_values(relation)
    last = dice.pick(partners(tuple(table), True, "arrow", relation))
    shown = dice.some(partners(tuple(table), False, "arrow", relation), EXAMPLES)
    text = " ; ".join(f"{subject} -> {table[subject]}" for subject in shown)
    return Prompt(f"{text} ; {last} ->", table[last], VALUES[relation])


def _labelled(marked: str, choices: tuple[str, ...]) -> Prompt:
    sample = parse(marked, "")
    return Prompt(sample.text[: sample.answers[0].start - 1], sample.answers[0].text, choices)


def review(dice: Dice) -> Prompt:
    """review : the soup was not great . label : — a noun and an adjective that training never showed together."""
    return _labelled(sentiment(world(), dice, True), ("good", "bad"))


def topic(dice: Dice) -> Prompt:
    """text : bread salt wave milk . topic : — an odd word that training never showed with that topic."""
    return _labelled(topics(world(), dice, True), tuple(TOPICS))


DRAWS = {"questions": question, "pairs": pair, "reviews": review, "topics": topic}


def reformed(prompt: Prompt, form: Form) -> Prompt:
    """The same question in another form: the token before the answer, or the first token, replaced by an unseen one."""
    words = prompt.text.split(" ")
    if form == "unseen separator":
        words = [*words[:-1], SEPARATOR]
    elif form == "unseen opening":
        words = [OPENING, *words[1:]] if words[1] == ":" else [OPENING, ":", *words]
    return prompt._replace(text=" ".join(words))


@cache
def asked(task: Task, count: int, seed: int) -> tuple[Prompt, ...]:
    """Prompts of one task, held out from training."""
    dice = Dice(f"zero-shot {task} {seed}")
    return tuple(DRAWS[task](dice) for _ in range(count))


@torch.inference_mode()
def answers(model: Decoder, prompts: Sequence[Prompt]) -> list[str]:
    """The likeliest of its choices for each prompt."""
    logits = next_logits(last_residual(model, [prompt.text for prompt in prompts]), model)
    firsts = [
        torch.tensor([ids_of(choice)[0] for choice in prompt.choices], device=logits.device) for prompt in prompts
    ]
    return [prompt.choices[int(choose(z, c))] for z, c, prompt in zip(logits, firsts, prompts, strict=True)]


def accuracy(model: Decoder, prompts: Sequence[Prompt]) -> float:
    """The share of prompts that are answered."""
    found = answers(model, prompts)
    return sum(said == prompt.answer for said, prompt in zip(found, prompts, strict=True)) / len(prompts)


def chance(prompts: Sequence[Prompt]) -> float:
    """What guessing among the choices would get: the mean of 1 / C."""
    return sum(1 / len(prompt.choices) for prompt in prompts) / len(prompts)
