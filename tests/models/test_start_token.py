"""Losses behind a start: by hand on uniform logits, and where nothing stands before a text."""

import math

import pytest
import torch

from models.language import start_token
from models.language.evaluation import token_losses
from models.language.pretrained_decoders import pretrained
from models.language.start_token import first_word_probabilities, losses_behind, mean_from_second
from models.tokenization.tokenizer import END, VOCABULARY, ids_of
from tests.shape_comments import shapes_checked

TEXT = torch.tensor([ids_of("Mia has a duck .")])


@torch.inference_mode()
def test_losses_are_those_of_the_whole_row():
    model, start = pretrained("decoder_small"), torch.tensor([[END, END]])
    found = losses_behind(model, start, TEXT)
    ids = torch.cat([start, TEXT], dim=1)
    torch.testing.assert_close(found[0], token_losses(model(ids)[0], ids)[0, 1:])
    other = losses_behind(model, torch.tensor([[END]]), TEXT)
    assert not torch.allclose(found, other)


@torch.inference_mode()
def test_behind_nothing_the_first_word_is_not_a_number():
    found = losses_behind(pretrained("decoder_small"), TEXT[:, :0], TEXT)
    assert found.shape == TEXT.shape
    assert found[0, 0].isnan()
    assert found[0, 1:].isfinite().all()
    assert mean_from_second(found).isfinite()


def test_the_mean_leaves_out_the_first_word():
    assert mean_from_second(torch.tensor([[9.0, 1.0, 3.0], [math.nan, 2.0, 2.0]])).item() == pytest.approx(2.0)


@torch.inference_mode()
def test_first_words_are_a_mean_of_distributions():
    starts = torch.tensor([[END], [5]])
    p = first_word_probabilities(pretrained("decoder_small"), starts)
    each = [first_word_probabilities(pretrained("decoder_small"), one[None]) for one in starts]
    assert p.sum().item() == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(p, (each[0] + each[1]) / 2)


@torch.inference_mode()
def test_shape_comments():
    with shapes_checked(start_token, N=2, S=1, T=3, V=VOCABULARY) as watch:
        model, s = pretrained("decoder_small"), torch.tensor([[END], [END]])
        losses_behind(model, s, torch.tensor([[20, 21, 22], [23, 24, 25]]))
        first_word_probabilities(model, s)
    assert watch.reached
    assert not watch.unreached()
