"""BERT, ViT and Mamba of transformers, the transformer layers and GRU of torch: the same weights, the same numbers.

Each has a mutation beside it that must be caught.
"""

from functools import partial

import pytest
import torch
from torch import nn

from models.attention.masks import causal_mask
from models.recurrence.gru import GRU
from models.seeding import generator, seeded
from models.statespace.mamba import Mamba
from models.statespace.retention import chunkwise, decays, parallel, recurrent
from models.statespace.selective_scan import hidden_attention, parallel_scan, sequential_scan
from models.transformer.encoder import Encoder, EncoderConfig, padding_mask
from models.transformer.encoder_decoder import CrossBlock
from models.transformer.vision_transformer import VisionTransformer
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=1e-9, rtol=1e-7)
B, T, S, D, H, F = 2, 7, 5, 12, 3, 17


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def renamed(state: dict[str, torch.Tensor], names: dict[str, str]) -> dict[str, torch.Tensor]:
    """Their state under our names; ``names`` maps parts of their keys to parts of ours, in order."""
    found = {}
    for key, value in state.items():
        for theirs, ours in names.items():
            key = key.replace(theirs, ours)
        found[key] = value
    return found


@pytest.fixture(scope="module")
def bert():
    import transformers

    config = transformers.BertConfig(
        vocab_size=41, hidden_size=D, num_hidden_layers=2, num_attention_heads=H, intermediate_size=F,
        max_position_embeddings=T + 2, attn_implementation="eager",
    )  # fmt: skip
    theirs = transformers.BertModel(config, add_pooling_layer=False).double().eval()
    redraw(theirs, 0)
    names = {
        "embeddings.word_embeddings": "embedding", "embeddings.position_embeddings": "position_embedding",
        "embeddings.token_type_embeddings": "segment_embedding", "embeddings.LayerNorm": "norm",
        "encoder.layer": "blocks", "attention.self.query": "attention.to_q", "attention.self.key": "attention.to_k",
        "attention.self.value": "attention.to_v", "attention.output.dense": "attention.to_out",
        "attention.output.LayerNorm": "attention_norm", "intermediate.dense": "feed_forward.to_hidden",
        "output.dense": "feed_forward.to_out", "output.LayerNorm": "feed_forward_norm",
    }  # fmt: skip
    ours = seeded(lambda: Encoder(EncoderConfig(41, D, 2, H, F, T + 2)), 0).double()
    ours.load_state_dict({k: v for k, v in renamed(theirs.state_dict(), names).items() if "position_ids" not in k})
    return theirs, ours


def test_bert(bert):
    theirs, ours = bert
    ids = torch.randint(2, 41, (B, T), generator=generator(1))
    ids[1, -2:] = 1  # padding
    segments = (torch.arange(T) > 3).long().expand(B, T)
    expected = theirs(ids, (ids != 1).long(), segments, output_hidden_states=True)
    _, trace = ours(ids, segments, padding_mask(ids, pad=1))
    for state, hidden in zip(trace.states, expected.hidden_states, strict=True):
        close(state[ids != 1], hidden[ids != 1])
    assert not torch.allclose(ours(ids, None, padding_mask(ids, pad=1))[0], expected.last_hidden_state)  # no segments
    assert not torch.allclose(ours(ids, segments)[0][1, :-2], expected.last_hidden_state[1, :-2])  # padding seen


def test_the_published_counts_of_bert_and_vit():
    def count(build):
        with torch.device("meta"):
            return sum(parameter.numel() for parameter in build().parameters())

    pooler = 768 * 768 + 768
    assert count(lambda: Encoder(EncoderConfig(30522, 768, 12, 12, 3072, 512))) + pooler == 109_482_240
    assert count(lambda: VisionTransformer(16, 224, 3, 768, 12, 12, 3072, 1000)) == 86_567_656


def test_a_layer_of_the_first_transformer():
    theirs = nn.TransformerDecoderLayer(D, H, F, dropout=0.0, batch_first=True).double().eval()
    redraw(theirs, 0)
    state = theirs.state_dict()
    names = {
        "self_attn": "self_attention", "multihead_attn": "cross_attention", "out_proj": "to_out",
        "linear1": "feed_forward.to_hidden", "linear2": "feed_forward.to_out", "norm1": "self_attention_norm",
        "norm2": "cross_attention_norm", "norm3": "feed_forward_norm",
    }  # fmt: skip
    for kind in ("self_attn", "multihead_attn"):
        for part in ("weight", "bias"):
            for name, value in zip("qkv", state.pop(f"{kind}.in_proj_{part}").chunk(3), strict=True):
                state[f"{kind}.to_{name}.{part}"] = value
    ours = seeded(lambda: CrossBlock(D, H, F), 0).double()
    ours.load_state_dict(renamed(state, names))
    x, source = doubles(B, T, D, seed=1), doubles(B, S, D, seed=2)
    seen = torch.arange(S) < torch.tensor([[S], [S - 2]])  # (B, S)
    expected = theirs(x, source, ~causal_mask(T), memory_key_padding_mask=~seen)
    memory = ours.cross_attention.remember(source)
    close(ours(x, memory, causal_mask(T), seen[:, None, None])[0], expected)
    assert not torch.allclose(ours(x, memory, causal_mask(T), None)[0], expected)


def test_vit():
    import transformers

    config = transformers.ViTConfig(
        hidden_size=D, num_hidden_layers=2, num_attention_heads=H, intermediate_size=F, image_size=8, patch_size=2,
        num_channels=3, num_labels=10, layer_norm_eps=1e-5, attn_implementation="eager",
    )  # fmt: skip
    theirs = transformers.ViTForImageClassification(config).double().eval()
    redraw(theirs, 0)
    ours = seeded(lambda: VisionTransformer(2, 8, 3, D, 2, H, F, 10), 0).double()
    mine, state = {}, theirs.state_dict()
    names = {
        "vit.embeddings.cls_token": "class_token", "vit.embeddings.position_embeddings": "position",
        "vit.embeddings.patch_embeddings.projection": "patch_embedding", "vit.encoder.layer": "blocks",
        "vit.layers": "blocks",
        "attention.attention.query": "attention.to_q",
        "attention.output.dense": "attention.to_out",
        "attention.attention.key": "attention.to_k", "attention.attention.value": "attention.to_v",
        "attention.q_proj": "attention.to_q", "attention.k_proj": "attention.to_k",
        "attention.v_proj": "attention.to_v",
        "attention.o_proj": "attention.to_out", "mlp.fc1": "feed_forward.to_hidden", "mlp.fc2": "feed_forward.to_out",
        "intermediate.dense": "feed_forward.to_hidden", "output.dense": "feed_forward.to_out",
        "layernorm_before": "attention_norm", "layernorm_after": "feed_forward_norm", "vit.layernorm": "norm",
        "classifier": "to_logits",
    }  # fmt: skip
    for key, value in renamed(state, names).items():
        mine[key] = value.view(dict(ours.named_parameters())[key].shape)
    ours.load_state_dict(mine)
    x = doubles(B, 3, 8, 8, seed=1)
    torch.testing.assert_close(ours(x)[0], theirs(x).logits, atol=5e-6, rtol=0)  # their softmax is in float32
    assert not torch.allclose(ours(x.transpose(2, 3))[0], theirs(x).logits)  # patches column by column


@pytest.mark.parametrize("scan", [sequential_scan, parallel_scan])
def test_mamba(scan):
    import transformers.models.mamba.modeling_mamba as modeling

    config = modeling.MambaConfig(hidden_size=D, state_size=5, conv_kernel=4, expand=2, time_step_rank=3)
    theirs = modeling.MambaMixer(config, layer_idx=0).double().eval()
    redraw(theirs, 0)
    theirs.A_log.data = theirs.A_log.data.abs()
    names = {
        "in_proj": "to_signal_and_gate", "conv1d": "convolution", "x_proj": "to_step_write_read", "dt_proj": "to_step",
        "A_log": "log_a", "out_proj": "to_out",
    }  # fmt: skip
    state = renamed(theirs.state_dict(), names)
    state["skip_weight"] = state.pop("D")
    ours = seeded(lambda: Mamba(D, state=5, rank=3, scan=scan), 0).double()
    ours.load_state_dict(state)
    x = doubles(B, 13, D, seed=1)
    expected = theirs.float()(x.float()).double()
    y, trace = ours(x)
    torch.testing.assert_close(y, expected, atol=1e-4, rtol=2e-4)  # theirs runs in float32
    late, _ = ours(x.roll(1, dims=1))
    assert not torch.allclose(late, expected, atol=1e-3)
    weights = hidden_attention(trace.decay, trace.delta, trace.B, trace.C)
    by_attention = torch.einsum("bcij,bjc->bic", weights, trace.signal) + ours.skip_weight * trace.signal
    close(ours.to_out(by_attention * nn.functional.silu(trace.gate)), y)


def test_the_three_forms_of_retention_and_their_gradients():
    gamma = decays(H).double()
    results = []
    for form in (parallel, recurrent, partial(chunkwise, chunk=4), partial(chunkwise, chunk=64)):
        q, k, v = (doubles(B, H, 13, 6, seed=s).requires_grad_() for s in range(3))
        y = form(q, k, v, gamma)
        results.append((y, *torch.autograd.grad(y.square().sum(), (q, k, v))))
    for other in results[1:]:
        for mine, theirs in zip(results[0], other, strict=True):
            close(mine, theirs)
    assert not torch.allclose(recurrent(q, k, v, gamma**2), results[0][0])


def test_gru():
    theirs = nn.GRU(D, D, batch_first=True).double()
    redraw(theirs, 0)
    ours = seeded(lambda: GRU(D), 0).double()
    state = theirs.state_dict()
    ours.load_state_dict({
        "from_input.weight": state["weight_ih_l0"], "from_input.bias": state["bias_ih_l0"],
        "from_state.weight": state["weight_hh_l0"], "from_state.bias": state["bias_hh_l0"],
    })  # fmt: skip
    x = doubles(B, T, D, seed=1)
    close(ours(x)[0], theirs(x)[0])
    ours.from_state.weight.data = ours.from_state.weight.roll(D, dims=0)  # the gates in another order
    assert not torch.allclose(ours(x)[0], theirs(x)[0])
