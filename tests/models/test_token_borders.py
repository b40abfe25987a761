"""Tokens and their bytes: cuts of one text, and the tokens that may follow what was taken back."""

import math

import pytest
import torch

from models.seeding import normal
from models.tokenization import token_borders
from models.tokenization.token_borders import begins_with, healed, joined, spelt
from models.tokenization.tokenizer import SPECIALS, VOCABULARY, ids_of, labels, token_bytes
from tests.shape_comments import shapes_checked

TEXTS = ("Mia has a duck .", "naïve 12 €", "👩‍🚀", " ", "<|end|>x")


@pytest.mark.parametrize("text", TEXTS)
def test_every_cut_joins_to_the_same_bytes(text):
    assert joined(spelt(text)) == text.encode()
    assert joined(ids_of(text)) in (f" {text}".encode(), text.encode())


def test_letters_are_single_bytes_and_no_special_tokens():
    assert [labels()[i] for i in spelt("ab")] == ["·a", "·b"]
    assert len(spelt("€")) == 3
    assert min(spelt("<|end|>")) >= len(SPECIALS)


def test_what_begins_with_a_space_is_every_word_and_the_space_itself():
    allowed = begins_with(b" ")
    assert allowed.shape == (VOCABULARY,)
    assert allowed[ids_of("duck")[0]]
    assert allowed[spelt(" ")[0]]
    assert not allowed[spelt("d")[0]]
    assert begins_with(b"").sum() == VOCABULARY - len(SPECIALS)
    assert not begins_with(token_bytes()[0])[0]


def test_healing_keeps_what_begins_alike_and_nothing_else():
    z, allowed = normal(2, VOCABULARY, seed=0), begins_with(b" M")
    cut = healed(z, allowed)
    torch.testing.assert_close(cut[:, allowed], z[:, allowed])
    assert (cut[:, ~allowed] == -math.inf).all()


def test_shape_comments():
    with shapes_checked(token_borders, V=VOCABULARY) as watch:
        healed(normal(VOCABULARY, seed=0), begins_with(b" "))
    assert watch.reached
    assert not watch.unreached()
