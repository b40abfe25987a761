"""Padded batches: masks and positions by hand, and equality with each text alone."""

import pytest
import torch

from models.language import padding
from models.language.padding import Batch, last_real, logits_at, mask_without_pads, padded, positions_of_tokens
from models.language.pretrained_decoders import pretrained
from models.seeding import normal
from models.tokenization.tokenizer import END, PAD, VOCABULARY, ids_of
from tests.shape_comments import shapes_checked

TEXTS = [[END, *ids_of("Mia has a")], [END, *ids_of("Tom lives in")[:1]]]


def test_rows_by_hand():
    left, right = padded([[5, 6], [7]], 0, "left", 1), padded([[5, 6], [7]], 0, "right", 1)
    assert left.x.tolist() == [[0, 5, 6], [0, 0, 7]]
    assert right.x.tolist() == [[5, 6, 0], [7, 0, 0]]
    assert left.m.tolist() == [[False, True, True], [False, False, True]]
    assert right.m.tolist() == [[True, True, False], [True, False, False]]


def test_mask_and_positions_by_hand():
    m = torch.tensor([[False, True, True]])
    assert mask_without_pads(m)[0, 0].long().tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    assert positions_of_tokens(m).tolist() == [[0, 0, 1]]
    assert positions_of_tokens(~m).tolist() == [[0, 0, 0]]


def test_the_last_real_token_is_found_on_either_side():
    values = torch.arange(3.0).expand(2, 3)[..., None]
    m = torch.tensor([[False, True, True], [True, True, False]])
    assert last_real(values, m)[:, 0].tolist() == [2, 1]


@torch.inference_mode()
@pytest.mark.parametrize("name", ["decoder_learned_position", "decoder_medium"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_padded_batch_is_every_text_alone(name, side):
    model, (x, m) = pretrained(name), padded(TEXTS, PAD, side, 3)
    z = last_real(logits_at(model, x, mask_without_pads(m), positions_of_tokens(m)), m)
    alone = torch.stack([model(torch.tensor([text]))[0][0, -1] for text in TEXTS])
    torch.testing.assert_close(z, alone, rtol=1e-4, atol=1e-4)
    shifted = last_real(logits_at(model, x, mask_without_pads(m), positions_of_tokens(m) + 2), m)
    assert torch.allclose(shifted, alone, rtol=1e-3, atol=1e-3) is (name == "decoder_medium")


@torch.inference_mode()
def test_shape_comments():
    with shapes_checked(padding, B=2, T=5, D=96, V=VOCABULARY) as watch:
        x, m = Batch(*padded(TEXTS, PAD, "left", 1))
        z = logits_at(pretrained("decoder_medium"), x, mask_without_pads(m), positions_of_tokens(m))
        last_real(z, m)
    assert watch.reached
    assert not watch.unreached()


def test_pads_have_no_gradient_from_real_tokens():
    x, m = padded([[1, 2], [3]], 0, "left")
    values = normal(2, 2, 4, seed=0).requires_grad_()
    last_real(values, m).sum().backward()
    assert values.grad[~m].abs().sum() == 0
    assert x.shape == m.shape
