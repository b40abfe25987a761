"""A chat's markers are single tokens that typed letters never give."""

import math

import pytest
import torch

from models.data import corpus
from models.seeding import normal
from models.tokenization import chat_template
from models.tokenization.chat_template import (
    as_letters,
    as_markers,
    asked_to_reply,
    chat,
    exchanged,
    reply_probability,
)
from models.tokenization.token_borders import joined
from models.tokenization.tokenizer import ASSISTANT, END, SEP, SPECIALS, USER, ids_of
from tests.shape_comments import shapes_checked


@pytest.mark.parametrize("typed", [*SPECIALS, "a<|user|>b", "<|end|><|end|>", "plain words"])
def test_letters_never_give_a_special_token_and_keep_the_text(typed):
    found = as_letters(typed)
    assert min(found) >= len(SPECIALS)
    assert joined(found).decode() == f" {typed}"


def test_markers_do():
    assert as_markers("<|assistant|>") == [ASSISTANT]
    assert len(as_letters("<|assistant|>")) > 5
    assert as_letters("") == []


def test_a_chat_is_that_of_the_training_texts():
    (sample,) = corpus.questions("chat", 1, 3, "train", told=True)
    before = sample.text.split("<|assistant|>", 1)[0]
    system, user = before.removeprefix("<|system|> ").split("<|user|> ")
    assert asked_to_reply(chat(system, ids_of(user))) == [END, *ids_of(f"{before}<|assistant|>")]
    assert chat("", [40]) == [END, USER, 40]


def test_an_exchanged_marker_keeps_the_length():
    x = chat("be loud .", ids_of("what pet has Tom ?"))
    other = exchanged(x, USER, SEP)
    assert len(other) == len(x)
    assert [i for i, (a, b) in enumerate(zip(x, other)) if a != b] == [x.index(USER)]


def test_the_probability_of_a_reply_by_hand():
    z = torch.tensor([[0.0, math.log(3.0)], [0.0, 0.0]])
    torch.testing.assert_close(reply_probability(z, torch.tensor([1, 0])), torch.tensor([0.75, 0.5]))


def test_shape_comments():
    with shapes_checked(chat_template, N=2, V=5) as watch:
        reply_probability(normal(2, 5, seed=0), torch.tensor([1, 4]))
    assert watch.reached
    assert not watch.unreached()
