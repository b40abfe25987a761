"""The shape comments of truncation and of beam search on several prompts, executed."""

import torch

from models.language import beam_search_batch, truncation
from models.language.pretrained_decoders import pretrained
from models.seeding import normal
from models.tokenization.tokenizer import END, ids_of
from tests.shape_comments import shapes_checked


def test_cuts():
    with shapes_checked(truncation, B=3, V=11) as watch:
        truncation.top_each(normal(3, 11, seed=0), torch.tensor([1, 2, 3]))
        truncation.nucleus_without_crossing(normal(3, 11, seed=0), 0.9)
    assert watch.reached
    assert not watch.unreached()


def test_beams():
    prompts = torch.tensor([[END, *ids_of(word)] for word in ("Mia", "Tom", "Oslo")])
    with shapes_checked(beam_search_batch, B=3, W=2, V=1024) as watch:
        beam_search_batch.search(pretrained("draft"), prompts, 2, 1)
    assert watch.reached
    assert not watch.unreached()
