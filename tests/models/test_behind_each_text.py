"""Logits behind texts of several lengths in one batch: those that each text has by itself."""

import torch

from models.language import behind_each_text
from models.language.behind_each_text import logits_behind
from models.language.pretrained_decoders import pretrained
from models.tokenization.tokenizer import END, VOCABULARY, ids_of
from tests.shape_comments import shapes_checked

TEXTS = [[END, *ids_of(text)] for text in ("Mia has a", "Ada lives in Lund . Ada lives in", "the")]


@torch.inference_mode()
def test_they_are_those_of_each_text_alone():
    model = pretrained("decoder_small")
    with shapes_checked(behind_each_text, N=3, T=len(TEXTS[1]), V=VOCABULARY) as watch:
        found = logits_behind(model, TEXTS)
    assert not watch.unreached()
    assert found.shape == (3, VOCABULARY)
    for row, ids in zip(found, TEXTS, strict=True):
        torch.testing.assert_close(row, model(torch.tensor([ids]))[0][0, -1])
