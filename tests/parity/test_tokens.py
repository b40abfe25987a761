"""Tokens against independent libraries: transformers' constrained generation, and the tokenizers library's decoding."""

import torch
from transformers import PrefixConstrainedLogitsProcessor

from models.seeding import normal
from models.tokenization.token_borders import begins_with, healed, joined, spelt
from models.tokenization.tokenizer import SPECIALS, VOCABULARY, token_bytes, tokenizer


def test_healing_is_a_prefix_constraint():
    z, prefix = normal(3, VOCABULARY, seed=5), b" t"
    table = token_bytes()
    allowed = [i for i in range(len(SPECIALS), VOCABULARY) if table[i][: len(prefix)] == prefix]
    library = PrefixConstrainedLogitsProcessor(lambda batch, ids: allowed, num_beams=1)
    theirs = library(torch.zeros(3, 1, dtype=torch.long), z)
    torch.testing.assert_close(healed(z, begins_with(prefix)), theirs)
    mutated = healed(z, begins_with(prefix[:1]))
    assert (mutated.isfinite() != theirs.isfinite()).any()


def test_bytes_join_as_the_library_decodes():
    for text in ("Rosa has a hen .", "née 7 ✓", "a  b"):
        assert joined(spelt(text)).decode() == tokenizer().decode(spelt(text))
        assert tokenizer().decode(spelt(text)[:-1]) != text
