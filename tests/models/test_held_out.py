"""Held-out texts: every purpose has its own, whatever the seed of a page."""

import itertools

import pytest
import torch

from models.language.held_out import SEEDS, mixture_of, packed, seed_of
from models.tokenization.tokenizer import END
from models.training.recipes import UNSEEN

LARGEST_SEED = 2**31 - 1


def test_no_two_purposes_share_a_number() -> None:
    for one, other in itertools.combinations(SEEDS.values(), 2):
        assert one.stop <= other.start or other.stop <= one.start
    assert all(UNSEEN not in numbers and numbers.start >= 10_000 for numbers in SEEDS.values())


@pytest.mark.parametrize("purpose", [one for one in SEEDS if one != "recorded curves"])
def test_every_seed_of_a_page_has_a_number(purpose: str) -> None:
    assert all(seed_of(purpose, seed) in SEEDS[purpose] for seed in (0, LARGEST_SEED))


def test_a_seed_outside_the_range_is_refused() -> None:
    with pytest.raises(IndexError):
        seed_of("recorded curves", 1)


def test_documents_stand_behind_end_of_text_tokens() -> None:
    ids = packed("recall", "evaluation", 3, rows=4, length=64)
    assert ids.shape == (4, 64)
    assert ids[0, 0] == END
    assert (ids == END).sum() > 4
    assert not ids.is_inference()
    torch.testing.assert_close(ids, packed("recall", "evaluation", 3, 4, 64))


def test_purposes_and_seeds_give_other_texts() -> None:
    drawn = [
        packed("recall", purpose, seed, rows=2, length=64)
        for purpose, seed in [("evaluation", 0), ("evaluation", 1), ("further training", 0), ("calibration", 0)]
    ]
    assert not any(torch.equal(one, other) for one, other in itertools.combinations(drawn, 2))


def test_the_kinds_of_text_are_read_from_the_card() -> None:
    assert mixture_of("decoder_multi_head") == "recall"
