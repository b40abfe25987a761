"""A buffer of W slots, read token by token, is the sliding window; and a few steps of further training help."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention.masks import causal_mask, sliding_window_mask
from models.language.evaluation import token_losses
from models.seeding import generator, seeded
from models.serving.rolling_buffer import EVERYTHING_HELD, rolling_cache, slot
from models.training.uptraining import uptrain
from models.transformer.decoder import Decoder, DecoderConfig

LAYERS, TOKENS = 3, 13


def small_decoder() -> Decoder:
    return seeded(lambda: Decoder(DecoderConfig(17, 12, LAYERS, 4, 2, 4, 10, TOKENS)), 3)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, TOKENS + 2), st.integers(0, 3), st.sampled_from([(), (1,), (0, 2)]))
@torch.no_grad()
def test_reading_through_the_buffer_is_reading_through_the_band(window, sinks, full):
    model = small_decoder()
    ids = torch.randint(17, (2, TOKENS), generator=generator(window))
    cache = rolling_cache(LAYERS, window, sinks, full)
    steps = [model(ids[:, i : i + 1], cache, mask=EVERYTHING_HELD)[0] for i in range(TOKENS)]
    causal = causal_mask(TOKENS)
    band = sliding_window_mask(TOKENS, window) | (causal & (torch.arange(TOKENS) < sinks))
    x = model.embedding(ids)
    for layer, block in enumerate(model.blocks):
        x, _ = block(x, causal if layer in full else band, None, None)
    torch.testing.assert_close(torch.cat(steps, dim=1), model.unembed(x), atol=1e-5, rtol=1e-4)
    held = [layer.keys.shape[-2] for layer in cache.layers]
    assert held == [TOKENS if layer in full else min(TOKENS, window + sinks) for layer in range(LAYERS)]
    assert len(cache) == TOKENS


def test_slots_go_round_and_spare_the_sinks():
    assert [slot(i, window=3) for i in range(7)] == [0, 1, 2, 0, 1, 2, 0]
    assert [slot(i, window=3, sinks=2) for i in range(9)] == [0, 1, 2, 3, 4, 2, 3, 4, 2]


def test_two_tokens_at_once_are_refused():
    with pytest.raises(ValueError, match="one token at a time, got 2"):
        small_decoder()(torch.zeros(1, 2, dtype=torch.long), rolling_cache(LAYERS, 4), mask=EVERYTHING_HELD)


def test_uptraining_lowers_the_loss_and_counts_its_steps():
    model = small_decoder()
    before = copy.deepcopy(model.state_dict())
    rows = torch.arange(17).repeat(4)[None, :TOKENS].expand(40, -1)
    loss = [token_losses(model(rows)[0], rows).mean().item()]
    assert list(uptrain(model, rows, batch=8)) == [1, 2, 3, 4, 5]
    loss.append(token_losses(model(rows)[0], rows).mean().item())
    assert loss[1] < loss[0] - 0.05
    assert any(not torch.equal(before[name], weight) for name, weight in model.state_dict().items())
