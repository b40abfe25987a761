"""OpenAI GPT, BERT's two heads and its classifier of transformers: the same weights, the same numbers.

Each has a mutation beside it that must be caught.
"""

from functools import partial

import pytest
import torch
from torch.nn.functional import gelu

from models.published.first_readers import READERS, total_weights, weights_by_component
from models.seeding import generator, seeded
from models.transformer.encoder import EncoderConfig, padding_mask
from models.transformer.generative_pretraining import GPT1, GPT1Config
from models.transformer.pretraining_heads import PretrainingEncoder
from tests.parity.test_encoders_and_sequences import renamed
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=1e-9, rtol=1e-7)
B, T, D, H, V = 3, 7, 12, 3, 41
LAYER = {
    "attention.self.query": "attention.to_q", "attention.self.key": "attention.to_k",
    "attention.self.value": "attention.to_v", "attention.output.dense": "attention.to_out",
    "attention.output.LayerNorm": "attention_norm", "intermediate.dense": "feed_forward.to_hidden",
    "output.dense": "feed_forward.to_out", "output.LayerNorm": "feed_forward_norm",
}  # fmt: skip


def test_gpt_1():
    import transformers

    config = transformers.OpenAIGPTConfig(
        vocab_size=V, n_positions=T + 2, n_embd=D, n_layer=2, n_head=H, layer_norm_epsilon=1e-12,
        attn_implementation="eager",
    )  # fmt: skip
    theirs = transformers.OpenAIGPTLMHeadModel(config).double().eval()
    redraw(theirs, 0)
    ours = seeded(lambda: GPT1(GPT1Config(V, D, 2, H, 4 * D, T + 2), partial(gelu, approximate="tanh")), 0).double()
    names = {
        "transformer.tokens_embed": "embedding", "transformer.positions_embed": "position_embedding",
        "transformer.h.": "blocks.", "attn.c_proj": "attention.to_out", "ln_1": "attention_norm",
        "ln_2": "feed_forward_norm", "mlp.c_fc": "feed_forward.to_hidden", "mlp.c_proj": "feed_forward.to_out",
    }  # fmt: skip
    state = {}
    for name, value in renamed(theirs.state_dict(), names).items():
        value = value.T if value.ndim == 2 and "embedding" not in name and "lm_head" not in name else value
        if "c_attn" in name:  # queries, keys and values in one matrix
            for letter, part in zip("qkv", value.chunk(3), strict=True):
                state[name.replace("attn.c_attn", f"attention.to_{letter}")] = part
        elif "lm_head" not in name:
            state[name] = value
    ours.load_state_dict(state)
    ids = torch.randint(V, (B, T), generator=generator(1))
    close(ours(ids)[0], theirs(ids).logits)
    exact = seeded(lambda: GPT1(GPT1Config(V, D, 2, H, 4 * D, T + 2)), 0).double()  # another GELU
    exact.load_state_dict(state)
    assert not torch.allclose(exact(ids)[0], theirs(ids).logits)
    later = ids.clone()
    later[:, -1] = (ids[:, -1] + 1) % V
    close(ours(later)[0][:, :-1], ours(ids)[0][:, :-1])  # causal


def test_the_heads_of_bert():
    import transformers

    config = transformers.BertConfig(
        vocab_size=V, hidden_size=D, num_hidden_layers=2, num_attention_heads=H, intermediate_size=17,
        max_position_embeddings=T + 2, attn_implementation="eager",
    )  # fmt: skip
    theirs = transformers.BertForPreTraining(config).double().eval()
    redraw(theirs, 0)
    ours = seeded(lambda: PretrainingEncoder(EncoderConfig(V, D, 2, H, 17, T + 2)), 0).double()
    names = {
        "bert.embeddings.word_embeddings": "encoder.embedding",
        "bert.embeddings.position_embeddings": "encoder.position_embedding",
        "bert.embeddings.token_type_embeddings": "encoder.segment_embedding",
        "bert.embeddings.LayerNorm": "encoder.norm", "bert.encoder.layer": "encoder.blocks",
        "bert.pooler.dense": "next_sentence.pool", "cls.seq_relationship": "next_sentence.to_logits",
        "cls.predictions.transform.dense": "masked_language.transform",
        "cls.predictions.transform.LayerNorm": "masked_language.norm", "cls.predictions.bias": "masked_language.bias",
        **LAYER,
    }  # fmt: skip
    ours.load_state_dict({k: v for k, v in renamed(theirs.state_dict(), names).items() if k in ours.state_dict()})
    ids = torch.randint(2, V, (B, T), generator=generator(1))
    ids[1, -2:] = 1  # padding
    segments = (torch.arange(T) > 3).long().expand(B, T)
    expected = theirs(ids, (ids != 1).long(), segments)
    said, _ = ours(ids, segments, padding_mask(ids, 1))
    close(said.words[ids != 1], expected.prediction_logits[ids != 1])
    close(said.next_sentence, expected.seq_relationship_logits)
    ours.next_sentence.pool.weight.data.neg_()
    assert not torch.allclose(ours(ids, segments, padding_mask(ids, 1))[0].next_sentence, expected[1])


def test_the_counts_are_those_of_transformers():
    import transformers

    def count(build):
        with torch.device("meta"):
            return sum(parameter.numel() for parameter in build().parameters())

    large = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
    roberta = {"vocab_size": 50_265, "max_position_embeddings": 514, "type_vocab_size": 1}
    expected = {
        "BERT base": count(lambda: transformers.BertModel(transformers.BertConfig())),
        "BERT large": count(lambda: transformers.BertModel(transformers.BertConfig(**large))),
        "RoBERTa large": count(lambda: transformers.RobertaModel(transformers.RobertaConfig(**large, **roberta))),
        "GPT-1": count(lambda: transformers.OpenAIGPTModel(transformers.OpenAIGPTConfig())),
    }
    assert {name: total_weights(name) for name in READERS} == expected
    assert {name: sum(weights_by_component(name).values()) for name in READERS} == expected
    assert expected["BERT base"] == 109_482_240
    assert expected["BERT large"] == 335_141_888
    assert expected["RoBERTa large"] == 355_359_744
    assert expected["GPT-1"] == 116_534_784
