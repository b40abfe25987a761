"""The parts of a decoder against other implementations: transformers' states and layers, SciPy's hull."""

from functools import partial

import numpy as np
import pytest
import torch
import transformers
from scipy.spatial import ConvexHull

from app.experiments.transformers.wiring_mistakes.run import symbols_of
from models.interpretability.logit_lens import lens
from models.layers.feed_forward import FeedForward
from models.layers.softmax import softmax
from models.layers.swiglu import SwiGLU
from models.position.rope import RoPE
from models.seeding import generator, normal, seeded
from models.transformer.block_wiring import rewired
from models.transformer.llama_mistakes import mistaken
from models.transformer.softmax_head import head, winners
from tests.parity.llama import BASE, CONFIG, copied, decoder, llama

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=5e-5, rtol=0.0)
IDS = torch.randint(CONFIG.vocabulary, (2, 17), generator=generator(1))


@torch.inference_mode()
def test_the_lens_reads_llamas_hidden_states():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    states = theirs(IDS, output_hidden_states=True).hidden_states
    _, trace = ours(IDS)
    for level in range(3):
        expected = theirs.lm_head(theirs.model.norm(states[level])).softmax(dim=-1)
        close(lens(ours, trace.residual[level]), expected)
        raw = (states[level] @ theirs.lm_head.weight.mT).softmax(dim=-1)  # the mutation: no last norm
        assert (raw - expected).abs().max() > 1e-2


@torch.inference_mode()
def test_a_block_without_attention_is_llamas_with_its_projection_at_zero():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    theirs.model.layers[1].self_attn.o_proj.weight.data.zero_()
    expected = theirs(IDS).logits
    close(rewired(ours, IDS, "no attention", 1), expected)
    assert (rewired(ours, IDS, "parallel", 1) - expected).abs().max() > 0.1


@torch.inference_mode()
def test_the_plain_mlp_is_gpt_2s():
    config = transformers.GPT2Config(n_embd=30, n_head=5, activation_function="gelu", resid_pdrop=0.0)
    theirs = transformers.models.gpt2.modeling_gpt2.GPT2MLP(37, config).eval()
    ours = seeded(lambda: FeedForward(30, 37), 5)
    for mine, other in (("to_hidden", "c_fc"), ("to_out", "c_proj")):
        getattr(theirs, other).weight.data = getattr(ours, mine).weight.data.mT
        getattr(theirs, other).bias.data = getattr(ours, mine).bias.data
    x = normal(2, 7, 30, seed=2)
    close(ours(x)[0], theirs(x))
    assert (ours(x)[0] - theirs(x.roll(1, dims=1))).abs().max() > 0.1  # the mutation: the token before


@torch.inference_mode()
def test_the_gated_mlp_is_llamas():
    config = transformers.LlamaConfig(hidden_size=30, intermediate_size=37, num_attention_heads=3, hidden_act="silu")
    theirs = transformers.models.llama.modeling_llama.LlamaMLP(config).eval()
    ours = seeded(lambda: SwiGLU(30, 37), 5)
    for mine, other in (("to_gate", "gate_proj"), ("to_value", "up_proj"), ("to_out", "down_proj")):
        getattr(theirs, other).weight.data = getattr(ours, mine).weight.data
    x = normal(2, 7, 30, seed=2)
    close(ours(x)[0], theirs(x))
    theirs.gate_proj, theirs.up_proj = theirs.up_proj, theirs.gate_proj  # the mutation: gate and value exchanged
    assert (ours(x)[0] - theirs(x)).abs().max() > 1e-2


@pytest.mark.parametrize("seed", range(5))
def test_who_can_be_first_are_the_corners_of_scipys_hull(seed):
    E = normal(37, 2, seed=seed)
    expected = np.zeros(37, dtype=bool)
    expected[ConvexHull(E.numpy()).vertices] = True
    assert winners(E, 20_000, 0).numpy().tolist() == expected.tolist()
    assert winners(E, 4, 0).numpy().tolist() != expected.tolist()


def test_the_head_is_torchs_linear_and_softmax():
    h, E = normal(5, 7, seed=0), normal(11, 7, seed=1)
    z = head(h, E)
    close(z, torch.nn.functional.linear(h, E))
    close(softmax(z), torch.nn.functional.softmax(z, dim=-1))


@torch.inference_mode()
def test_pairs_in_halves_with_the_librarys_own_rows_are_llama():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    moved = mistaken(ours, "pairs in halves, rows moved")
    for number, block in enumerate(moved.blocks):
        close(block.attention.to_q.weight, theirs.model.layers[number].self_attn.q_proj.weight)
        close(block.attention.to_k.weight, theirs.model.layers[number].self_attn.k_proj.weight)
    expected = theirs(IDS).logits
    close(moved(IDS)[0], expected)
    assert (mistaken(ours, "rotary pairs in halves")(IDS)[0] - expected).abs().max() > 0.1


@torch.inference_mode()
def test_repeated_heads_are_llamas_and_tiled_ones_are_not():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    expected = theirs(IDS).logits
    close(mistaken(ours, "KV heads tiled, heads reordered")(IDS)[0], expected)
    assert (mistaken(ours, "KV heads tiled")(IDS)[0] - expected).abs().max() > 0.1


@torch.inference_mode()
def test_a_whole_block_is_llamas_layer():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    states = theirs(IDS, output_hidden_states=True).hidden_states
    _, trace = ours(IDS)
    found = symbols_of(ours, trace, layer=1, head=4, at=9)
    close(found.x, states[1][0, 9])
    close(found.out, states[2][0, 9])
    layer = theirs.model.layers[1]
    close(found.normed, layer.input_layernorm(states[1])[0, 9])
    v = layer.self_attn.v_proj(layer.input_layernorm(states[1])).unflatten(-1, (CONFIG.kv_heads, -1))
    close(found.v, v[0, 9, 4 * CONFIG.kv_heads // CONFIG.heads])
    assert (found.v - v[0, 9, 0]).abs().max() > 0.1
