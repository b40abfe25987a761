"""T5 of transformers: the same weights, the same states and logits; its buckets both ways; slips are caught."""

from functools import partial

import pytest
import torch
import transformers
from transformers.models.t5.modeling_t5 import T5Attention as TheirAttention

from models.position.relative_bias import both_ways
from models.seeding import generator, seeded
from models.transformer.encoder import padding_mask
from models.transformer.t5 import T5, T5Config
from models.transformer.t5_mistakes import mistaken
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=2e-5, rtol=1e-4)  # the library's norm computes in single precision
CONFIG = T5Config(41, width=12, layers=3, heads=3, head_width=5, hidden=17, buckets=10, furthest=23)
B, S, T = 2, 31, 29
NAMES = {
    "shared": "embedding", "layer.0.SelfAttention.relative_attention_bias.weight": "BIAS",
    "layer.0.SelfAttention": "attention", "layer.0.layer_norm": "attention_norm",
    "layer.1.EncDecAttention": "cross", "layer.2.layer_norm": "feed_forward_norm",
    "DenseReluDense.wi": "to_hidden", "DenseReluDense.wo": "to_out", ".block.": ".", ".q.": ".to_q.", ".k.": ".to_k.",
    ".v.": ".to_v.", ".o.": ".to_out.", "coder.final_layer_norm": "coder_norm", "coder.0.BIAS": "coder_bias.table",
}  # fmt: skip


def ours_of(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    found = {}
    for key, value in state.items():
        if "embed_tokens" in key or key.startswith("lm_head"):
            continue
        for theirs, ours in NAMES.items():
            key = key.replace(theirs, ours)
        encoder = key.startswith("encoder")
        key = key.replace("layer.1.layer_norm", "feed_forward_norm" if encoder else "cross_norm")
        key = key.replace("layer.1.to_", "feed_forward.to_").replace("layer.2.to_", "feed_forward.to_")
        found[key] = value
    return found


@pytest.fixture(scope="module")
def pair():
    c = CONFIG
    config = transformers.T5Config(
        vocab_size=c.vocabulary, d_model=c.width, d_kv=c.head_width, d_ff=c.hidden, num_layers=c.layers,
        num_heads=c.heads, relative_attention_num_buckets=c.buckets, relative_attention_max_distance=c.furthest,
        attn_implementation="eager",
    )  # fmt: skip
    theirs = transformers.T5ForConditionalGeneration(config).double().eval()
    redraw(theirs, 0)
    theirs.tie_weights()
    ours = seeded(lambda: T5(c), 0).double()
    ours.load_state_dict(ours_of(theirs.state_dict()))
    return theirs, ours


def read() -> tuple[torch.Tensor, torch.Tensor]:
    source, target = (torch.randint(2, 41, (B, n), generator=generator(n)) for n in (S, T))
    source[1, -4:] = 0  # padding
    return source, target


@torch.no_grad()
def test_states_and_logits(pair):
    theirs, ours = pair
    source, target = read()
    expected = theirs(input_ids=source, attention_mask=(source != 0).long(), decoder_input_ids=target,
                      output_attentions=True)  # fmt: skip
    encoded = ours.encode(source, padding_mask(source, 0))
    close(encoded.states[source != 0], expected.encoder_last_hidden_state[source != 0])
    logits, crossed = ours.decode(target, encoded)
    close(logits, expected.logits)
    for weights, wanted in zip(crossed, expected.cross_attentions, strict=True):
        close(weights, wanted)


@torch.no_grad()
def test_slips_are_caught(pair):
    theirs, ours = pair
    source, target = read()
    expected = theirs(input_ids=source, attention_mask=(source != 0).long(), decoder_input_ids=target).logits
    mask = padding_mask(source, 0)
    assert not torch.allclose(mistaken(ours, "scores divided by √K")(source, target, mask)[0], expected, atol=1e-3)
    close(mistaken(ours, "divided, keys rescaled")(source, target, mask)[0], expected)
    assert not torch.allclose(ours(source, target)[0], expected, atol=1e-3)  # padding attended to
    swapped = seeded(lambda: T5(CONFIG), 0).double()
    swapped.load_state_dict(ours.state_dict())
    swapped.encoder_bias.causal = True
    assert not torch.allclose(swapped(source, target, mask)[0], expected, atol=1e-3)


@pytest.mark.parametrize(("buckets", "furthest"), [(32, 128), (16, 64), (20, 77)])
def test_buckets_both_ways(buckets, furthest):
    ahead = torch.arange(-300, 301)
    theirs = TheirAttention._relative_position_bucket(ahead, True, buckets, furthest)
    assert torch.equal(both_ways(ahead, buckets, furthest), theirs)
    assert not torch.equal(both_ways(-ahead, buckets, furthest), theirs)
