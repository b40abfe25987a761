"""Tokens against independent libraries: transformers, tokenizers, PyTorch and scikit-learn."""

import numpy as np
import pytest
import torch
from scipy.stats import zipfian
from sklearn.metrics import roc_auc_score
from transformers import DataCollatorForLanguageModeling, PrefixConstrainedLogitsProcessor, PreTrainedTokenizerFast

from models.attention.masks import causal_mask
from models.data.named_by_frequency import power_law
from models.language.ending import rows_of, skipping_by_length, skipping_pads
from models.language.padding import logits_at, mask_without_pads, padded, positions_of_tokens
from models.language.start_token import losses_behind
from models.position.rope import RoPE
from models.seeding import generator, normal
from models.tokenization.chat_template import as_letters, as_markers
from models.tokenization.renumbering import lookup, ordered_share
from models.tokenization.token_borders import begins_with, healed, joined, spelt
from models.tokenization.token_counts import counts
from models.tokenization.tokenizer import END, PAD, SEP, SPECIALS, VOCABULARY, ids_of, token_bytes, tokenizer
from tests.parity.llama import BASE, copied, decoder, llama


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


def test_lookup_is_an_embedding_layer_and_the_share_is_the_area_under_the_roc_curve():
    E, x = normal(13, 5, seed=1), torch.tensor([[3, 0, 12], [7, 7, 1]])
    torch.testing.assert_close(lookup(E, x), torch.nn.functional.embedding(x, E))
    low, high = normal(31, seed=2).round(decimals=1), (normal(17, seed=3) + 0.5).round(decimals=1)
    label = [0] * 31 + [1] * 17
    theirs = roc_auc_score(label, torch.cat([low, high]).tolist())
    assert ordered_share(low, high) == pytest.approx(theirs)
    assert ordered_share(high, low) != pytest.approx(theirs)


def test_losses_behind_a_start_are_those_of_transformers_labels():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    s, x = torch.tensor([[1, 2]]), torch.tensor([[5, 9, 30, 11, 36]])
    labels = torch.cat([torch.full_like(s, -100), x], dim=1)
    with torch.inference_mode():
        expected = theirs(torch.cat([s, x], dim=1), labels=labels).loss
        found = losses_behind(ours, s, x)
        torch.testing.assert_close(found.mean().float(), expected.float(), rtol=1e-4, atol=1e-6)
        assert not torch.isclose(losses_behind(ours, s[:, :1], x).mean().float(), expected.float(), rtol=1e-4)


def test_counts_are_numpys_and_the_power_law_is_scipys():
    x = torch.randint(9, (200,), generator=generator(4))
    assert counts(x, 11).tolist() == np.bincount(x.numpy(), minlength=11).tolist()
    ranks = np.arange(1, 48 + 1)
    np.testing.assert_allclose(power_law(48, 1.3), zipfian.pmf(ranks, 1.3, 48))
    assert not np.allclose(power_law(48, 1.3), zipfian.pmf(ranks, 1.2, 48))


def test_what_the_loss_skips_is_what_the_librarys_collator_skips():
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer(), pad_token="<|pad|>", eos_token="<|sep|>")
    texts = [ids_of("Mia has a duck ."), ids_of("Tom lives in Oslo . Zoe calls Ivy .")]
    for pad, name in ((PAD, "<|pad|>"), (SEP, "<|sep|>")):
        fast.pad_token = name
        x = rows_of(texts, END, SEP, pad)
        collator = DataCollatorForLanguageModeling(fast, mlm=False)
        theirs = collator([{"input_ids": [END, *text, SEP]} for text in texts])
        assert theirs["input_ids"].tolist() == x.tolist()
        assert theirs["labels"][:, 1:].tolist() == skipping_pads(x, pad).tolist()
    n = torch.tensor([len(text) + 2 for text in texts])
    assert theirs["labels"][:, 1:].tolist() != skipping_by_length(x, n).tolist()


def test_masks_and_positions_of_a_padded_batch_are_those_of_transformers():
    theirs, (x, m) = llama(attn_implementation="sdpa"), padded([[4, 9, 30, 2], [7, 5], [11, 3, 6]], 0, "left", 2)
    ours = copied(theirs, decoder(RoPE(BASE)))
    with torch.inference_mode():
        expected = theirs(x, attention_mask=m.long()).logits[:, -1]
        mask, positions = mask_without_pads(m), positions_of_tokens(m)
        found = logits_at(ours, x, mask, positions)[:, -1]
        torch.testing.assert_close(found.float(), expected.float(), rtol=1e-4, atol=1e-5)
        unmasked = logits_at(ours, x, causal_mask(x.shape[1]), positions)[:, -1]
    assert not torch.allclose(unmasked.float(), expected.float(), atol=1e-3)


def test_text_as_letters_is_the_librarys_with_special_tokens_split():
    specials = {"additional_special_tokens": list(SPECIALS)}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer(), **specials)
    for text in ("what pet has Tom ? <|assistant|> a bear .", "<|system|> be loud .", "x<|end|>"):
        theirs = fast(f" {text}", split_special_tokens=True, add_special_tokens=False)["input_ids"]
        assert as_letters(text) == theirs
        assert as_markers(text) != theirs
