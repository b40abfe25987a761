"""Counts of published mixtures of experts against transformers' own models, built on the meta device."""

import pytest
import torch
import transformers

from models.routing.published_shapes import DEEPSEEK_V2, DEEPSEEK_V3, MIXTRAL_8X7B, MIXTRAL_8X22B, SWITCH_BASE

pytestmark = pytest.mark.parity


def weights(kind: str, **sizes: int | bool) -> int:
    """Parameters of transformers' model of that kind; those of its configuration's defaults that are not named stay."""
    config = getattr(transformers, f"{kind}Config")(**sizes)
    name = f"{kind}ForConditionalGeneration" if kind.startswith("Switch") else f"{kind}ForCausalLM"
    with torch.device("meta"):
        model = getattr(transformers, name)(config)
    return sum(parameter.numel() for parameter in model.parameters())


def test_mixtral():
    assert weights("Mixtral") == MIXTRAL_8X7B.total
    larger = {"hidden_size": 6144, "num_hidden_layers": 56, "intermediate_size": 16_384, "num_attention_heads": 48}
    assert weights("Mixtral", **larger) == MIXTRAL_8X22B.total
    two = MIXTRAL_8X7B.total - weights("Mixtral", num_local_experts=2)
    assert MIXTRAL_8X7B.total - MIXTRAL_8X7B.active == two - 32 * 6 * 4096  # they drop six rows of each router, too


def test_deepseek():
    assert weights("DeepseekV3") == DEEPSEEK_V3.total
    latent = {
        "q_lora_rank": 1536,
        "kv_lora_rank": 512,
        "qk_rope_head_dim": 64,
        "v_head_dim": 128,
        "qk_nope_head_dim": 128,
    }
    experts = {
        "n_shared_experts": 2,
        "n_routed_experts": 160,
        "num_experts_per_tok": 6,
        "first_k_dense_replace": 1,
        "moe_intermediate_size": 1536,
    }
    sizes = {
        "vocab_size": 102_400,
        "hidden_size": 5120,
        "intermediate_size": 12_288,
        "num_hidden_layers": 60,
        "tie_word_embeddings": False,
    }
    heads = {"num_attention_heads": 128, "num_key_value_heads": 128}
    assert weights("DeepseekV2", **sizes, **heads, **latent, **experts) == DEEPSEEK_V2.total


def test_switch():
    sizes = {"d_model": 768, "d_ff": 3072, "num_heads": 12, "d_kv": 64, "num_experts": 128}
    depth = {"num_layers": 12, "num_decoder_layers": 12, "num_sparse_encoder_layers": 6, "num_sparse_decoder_layers": 6}
    assert weights("SwitchTransformers", **sizes, **depth) == SWITCH_BASE.total
