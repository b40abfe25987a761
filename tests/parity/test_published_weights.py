"""Counts of published models against transformers' own, built on the meta device."""

import pytest
import torch
import transformers

from models.published.configs import CONFIGS
from models.published.mixtures import DEEPSEEK_V2, DEEPSEEK_V3, MIXTRAL_8X7B, MIXTRAL_8X22B
from models.published.weights import total_weights, weights_by_component

pytestmark = pytest.mark.parity

DENSE = {"Llama 2 7B": "Llama", "Llama 3 8B": "Llama", "Llama 2 70B": "Llama", "DeepSeek 67B": "Llama",
         "SmolLM2 135M": "Llama", "SOLAR 10.7B": "Llama", "Mistral 7B": "Mistral", "Gemma 2 9B": "Gemma2"}  # fmt: skip


def weights(kind: str, **sizes: int | bool) -> int:
    """Parameters of transformers' model of that kind; those of its configuration's defaults that are not named stay."""
    config = getattr(transformers, f"{kind}Config")(**sizes)
    name = "GPT2LMHeadModel" if kind == "GPT2" else f"{kind}ForCausalLM"
    with torch.device("meta"):
        model = getattr(transformers, name)(config)
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize(("name", "kind"), DENSE.items())
def test_dense(name, kind):
    c = CONFIGS[name]
    sizes = {"num_hidden_layers": c.layers, "hidden_size": c.width, "intermediate_size": c.hidden}
    heads = {"num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads, "head_dim": c.head_width}
    assert weights(kind, **sizes, **heads, vocab_size=c.vocabulary, tie_word_embeddings=c.tied) == total_weights(c)


@pytest.mark.parametrize("name", [name for name in CONFIGS if name.startswith("GPT")])
def test_gpt(name):
    c = CONFIGS[name]
    sizes = {"n_layer": c.layers, "n_embd": c.width, "n_head": c.heads, "n_positions": c.context}
    assert weights("GPT2", **sizes) == total_weights(c)


def test_components_of_gpt_2_as_its_own_layers_hold_them():
    with torch.device("meta"):
        model = transformers.GPT2LMHeadModel(transformers.GPT2Config())
    held = {"token embedding": "wte", "position embedding": "wpe", "attention": ".attn.", "feed-forward": ".mlp."}
    named = {name: part.numel() for name, part in model.named_parameters()}
    found = {part: sum(count for name, count in named.items() if key in name) for part, key in held.items()}
    found["norms"] = sum(count for name, count in named.items() if ".ln_" in name)
    assert found == weights_by_component(CONFIGS["GPT-2"])


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
