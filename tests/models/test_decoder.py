import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention.masks import causal_mask, sliding_window_mask
from models.language.pretrained_decoders import FEED_FORWARDS, POSITIONS, build
from models.layers.swiglu import SwiGLUTrace
from models.routing.mixture_of_experts import RoutingTrace
from models.seeding import generator, seeded
from models.serving.kv_cache import cache_bytes
from models.transformer.decoder import Decoder, DecoderConfig

CONFIG = {
    "vocabulary": 41, "width": 20, "layers": 3, "heads": 4, "kv_heads": 2, "head_width": 6, "hidden": 17, "context": 16,
}  # fmt: skip
positions, feed_forwards = st.sampled_from(sorted(POSITIONS)), st.sampled_from(sorted(FEED_FORWARDS))


def decoder(position: str = "rope", feed_forward: str = "swiglu", seed: int = 0) -> Decoder:
    return seeded(lambda: build(CONFIG, position, feed_forward), seed).requires_grad_(False)


def some_ids(rows: int, tokens: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(CONFIG["vocabulary"], (rows, tokens), generator=generator(seed))


@settings(max_examples=30)
@given(positions, feed_forwards, st.integers(1, 3), st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_cached_and_uncached_logits_agree(position, feed_forward, rows, parts):
    model, ids = decoder(position, feed_forward), some_ids(rows, sum(parts))
    whole, trace = model(ids)
    cache, logits = model.new_cache(), []
    for part in ids.split(parts, dim=1):
        one, last = model(part, cache)
        logits.append(one)
    torch.testing.assert_close(torch.cat(logits, dim=1), whole, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(last.blocks[1].attention.k, trace.blocks[1].attention.k, atol=1e-5, rtol=1e-4)
    assert len(cache) == ids.shape[1]


@settings(max_examples=20)
@given(st.integers(1, 4), st.integers(0, 12))
def test_cache_bytes_equal_the_formula(rows, tokens):
    model, cache = decoder(), decoder().new_cache()
    assert cache.bytes() == 0
    if tokens:
        model(some_ids(rows, tokens), cache)
    assert cache.bytes() == cache_bytes(
        layers=3, kv_heads=2, head_width=6, tokens=tokens, bytes_per_value=4, batch=rows
    )


def test_cache_bytes_of_published_models():
    assert cache_bytes(32, 32, 128, tokens=1, bytes_per_value=2) == 524_288  # LLaMA-2 7B
    assert cache_bytes(80, 8, 128, tokens=8192, bytes_per_value=2) == 2_684_354_560  # LLaMA-2 70B


def test_a_cache_can_forget_and_reorder():
    model, ids = decoder(), some_ids(2, 8)
    cache = model.new_cache()
    model(ids, cache)
    cache.truncate(5)
    torch.testing.assert_close(model(ids[:, 5:], cache)[0], model(ids)[0][:, 5:], atol=1e-5, rtol=1e-4)
    cache.truncate(7)
    cache.reorder(torch.tensor([1, 1, 0]))
    again = model(ids[[1, 1, 0], 7:], cache)[0]
    torch.testing.assert_close(again, model(ids)[0][[1, 1, 0], 7:], atol=1e-5, rtol=1e-4)


@settings(max_examples=20)
@given(positions, st.integers(2, 9), st.data())
def test_the_future_changes_nothing(position, tokens, data):
    model, ids = decoder(position), some_ids(1, tokens)
    changed = data.draw(st.integers(1, tokens - 1))
    other = ids.clone()
    other[:, changed] = (other[:, changed] + 1) % CONFIG["vocabulary"]
    logits, moved = model(ids)[0], model(other)[0]
    assert torch.equal(logits[:, :changed], moved[:, :changed])
    assert not torch.equal(logits[:, changed], moved[:, changed])


def test_a_mask_of_ones_own_replaces_the_causal_one():
    model, ids = decoder(), some_ids(1, 9)
    plain, _ = model(ids)
    assert torch.equal(model(ids, mask=causal_mask(9))[0], plain)
    narrow, trace = model(ids, mask=sliding_window_mask(9, window=2))
    assert torch.equal(narrow[:, :2], plain[:, :2])
    assert not torch.allclose(narrow[:, -1], plain[:, -1])
    assert (trace.weights[0][..., 8, :7] == 0).all()


def test_a_window_of_w_in_l_layers_reaches_l_times_w_minus_one_back():
    model, window = decoder(), 3
    embedded = model.embedding(some_ids(1, 16)).requires_grad_()
    x = embedded
    for block in model.blocks:
        x, _ = block(x, sliding_window_mask(16, window), None, None)
    x[0, -1].sum().backward()
    reached = embedded.grad[0].abs().sum(-1).nonzero().flatten()
    assert 16 - reached[0] == CONFIG["layers"] * (window - 1) + 1


def test_the_trace_adds_up():
    model, ids = decoder(), some_ids(2, 7)
    logits, trace = model(ids)
    assert len(trace.blocks) == len(trace.weights) == 3
    assert len(trace.residual) == 4
    assert torch.equal(model.unembed(trace.residual[-1]), logits)
    attention = trace.blocks[1].attention
    torch.testing.assert_close(attention.scores.softmax(-1), attention.weights)
    assert isinstance(trace.blocks[0].feed_forward, SwiGLUTrace)
    assert isinstance(decoder(feed_forward="mixture")(ids)[1].blocks[0].feed_forward, RoutingTrace)


def test_an_edit_reaches_one_layer():
    model, ids = decoder(), some_ids(1, 7)
    plain, _ = model(ids)
    assert torch.equal(model(ids, edit=lambda layer, heads: heads)[0], plain)
    silenced, trace = model(ids, edit=lambda layer, heads: heads * (layer != 1))
    assert not trace.blocks[1].attention.output.any()
    assert trace.blocks[2].attention.output.any()
    assert not torch.allclose(silenced, plain)


def test_forward_leaves_the_model_as_it_was():
    model = decoder("learned", "mixture")
    before = {name: dict(vars(module)) for name, module in model.named_modules()}
    model(some_ids(1, 5))
    assert {name: dict(vars(module)) for name, module in model.named_modules()} == before


def test_both_ends_share_one_matrix():
    model = seeded(lambda: Decoder(DecoderConfig(**CONFIG)), 0)
    assert [name for name, weight in model.named_parameters() if CONFIG["vocabulary"] in weight.shape] == [
        "embedding.weight"
    ]


@pytest.mark.parametrize("position", POSITIONS)
def test_texts_longer_than_the_context_are_read(position):
    assert decoder(position)(some_ids(1, 3 * CONFIG["context"]))[0].isfinite().all()
