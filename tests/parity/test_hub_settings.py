"""Counts from pasted settings against transformers' models, built on the meta device at odd sizes."""

import json

import pytest
import torch
import transformers

from models.published.hub_settings import components
from models.published.json_settings import settings_of

pytestmark = pytest.mark.parity

SIZES = {"vocab_size": 101, "hidden_size": 60, "intermediate_size": 77, "num_hidden_layers": 3,
         "num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 10}  # fmt: skip
LATENT = SIZES | {"num_key_value_heads": 6, "q_lora_rank": 14, "kv_lora_rank": 12, "qk_nope_head_dim": 8,
                  "qk_rope_head_dim": 6, "v_head_dim": 8, "n_routed_experts": 8, "n_shared_experts": 1,
                  "moe_intermediate_size": 11, "num_experts_per_tok": 2, "first_k_dense_replace": 1, "n_group": 2,
                  "topk_group": 1}  # fmt: skip
T5 = {"vocab_size": 101, "d_model": 60, "d_ff": 77, "num_layers": 3, "num_heads": 5, "d_kv": 14,
      "relative_attention_num_buckets": 24}  # fmt: skip
MODELS = {
    "llama": ("Llama", SIZES),
    "llama, tied": ("Llama", SIZES | {"tie_word_embeddings": True}),
    "llama with biases": ("Llama", SIZES | {"attention_bias": True}),
    "mistral": ("Mistral", SIZES),
    "mixtral": ("Mixtral", SIZES | {"num_local_experts": 5}),
    "gemma2": ("Gemma2", SIZES),
    "qwen2": ("Qwen2", {name: value for name, value in SIZES.items() if name != "head_dim"}),
    "qwen3": ("Qwen3", SIZES),
    "deepseek_v3": ("DeepseekV3", LATENT),
    "gpt2": ("GPT2", {"vocab_size": 101, "n_embd": 60, "n_layer": 3, "n_head": 6, "n_positions": 40, "n_inner": 77}),
    "t5": ("T5", T5),
    "t5, fewer decoder layers": ("T5", T5 | {"num_decoder_layers": 2}),
    "t5, gated": ("T5", T5 | {"feed_forward_proj": "gated-gelu"}),
    "bert": ("Bert", {name: SIZES[name] for name in list(SIZES)[:5]} | {"max_position_embeddings": 40}),
}
VIT = {"hidden_size": 60, "intermediate_size": 77, "num_hidden_layers": 3, "num_attention_heads": 6}
CLASSES = {"GPT2": "GPT2LMHeadModel", "Bert": "BertModel", "T5": "T5ForConditionalGeneration"}
VISION = [
    VIT | {"image_size": 37, "patch_size": 5}, VIT | {"image_size": 30, "patch_size": 7, "num_channels": 1},
    VIT | {"image_size": [21, 35], "patch_size": [7, 5], "qkv_bias": False}, VIT | {"pooler_output_size": 11}, {},
]  # fmt: skip
"""Odd sizes of a vision transformer, and the library's own defaults."""


def pair(kind: str) -> tuple[int, dict[str, object]]:
    name, sizes = MODELS[kind]
    config = getattr(transformers, f"{name}Config")(**sizes)
    with torch.device("meta"):
        model = getattr(transformers, CLASSES.get(name, f"{name}ForCausalLM"))(config)
    model.tie_weights()
    return sum(weight.numel() for weight in model.parameters()), config.to_dict()


@pytest.mark.parametrize("kind", MODELS)
def test_the_count_is_the_librarys(kind):
    expected, settings = pair(kind)
    assert sum(components(settings_of(json.dumps(settings, default=str))).values()) == expected


@pytest.mark.parametrize("kind", ["llama", "gpt2", "bert", "t5", "deepseek_v3"])
def test_a_changed_setting_is_caught(kind):
    expected, settings = pair(kind)
    changed = {name: value + 1 if name in ("vocab_size",) else value for name, value in settings.items()}
    assert sum(components(changed).values()) != expected


def test_bert_base_and_smollm2():
    bert = {"model_type": "bert", "vocab_size": 30_522, "hidden_size": 768, "num_hidden_layers": 12,
            "intermediate_size": 3072, "num_attention_heads": 12}  # fmt: skip
    assert sum(components(bert).values()) == 109_482_240
    smol = {"model_type": "llama", "vocab_size": 49_152, "hidden_size": 576, "num_hidden_layers": 30,
            "intermediate_size": 1536, "num_attention_heads": 9, "num_key_value_heads": 3,
            "tie_word_embeddings": True}  # fmt: skip
    assert sum(components(smol).values()) == 134_515_008


def vision(name: str, sizes: dict[str, object]) -> tuple[int, dict[str, object]]:
    config = transformers.ViTConfig(**sizes)
    with torch.device("meta"):
        model = getattr(transformers, name)(config)
    settings = json.loads(json.dumps(config.to_dict() | {"architectures": [name]}))
    return sum(weight.numel() for weight in model.parameters()), settings


@pytest.mark.parametrize("sizes", VISION)
@pytest.mark.parametrize(("name", "more"), [("ViTModel", {}), ("ViTForImageClassification", {"num_labels": 7})])
def test_a_vision_transformer_is_counted(name, more, sizes):
    expected, settings = vision(name, sizes | more)
    assert sum(components(settings).values()) == expected
    for changed in ({"num_hidden_layers": 4}, {"patch_size": 6}, {"num_channels": 2}):
        assert sum(components(settings | changed).values()) != expected


def test_vit_base_as_published():
    head = {"model_type": "vit", "architectures": ["ViTForImageClassification"], "num_labels": 1000}
    assert sum(components(head).values()) == 86_567_656


T5_SIZES = {
    "small": (512, 2048, 6, 8, 64), "base": (768, 3072, 12, 12, 64), "large": (1024, 4096, 24, 16, 64),
}  # fmt: skip


def t5_settings(D: int, F: int, L: int, heads: int, key: int) -> dict[str, object]:
    return {"model_type": "t5", "vocab_size": 32_128, "d_model": D, "d_ff": F, "num_layers": L, "num_heads": heads,
            "d_kv": key}  # fmt: skip


@pytest.mark.parametrize(("name", "count"), [("small", 60_506_624), ("base", 222_903_552), ("large", 737_668_096)])
def test_the_first_t5_at_its_published_sizes(name, count):
    settings = t5_settings(*T5_SIZES[name])
    assert sum(components(settings).values()) == count == library_count(settings)


@pytest.mark.parametrize(
    ("sizes", "count"), [((512, 1024, 8, 6, 64), 76_961_152), ((768, 2048, 12, 12, 64), 247_577_856)]
)
def test_t5_version_1_1_is_gated_and_untied(sizes, count):
    settings = t5_settings(*sizes) | {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
    assert sum(components(settings).values()) == count == library_count(settings)
    assert sum(components(settings | {"tie_word_embeddings": True}).values()) < count


def library_count(settings: dict[str, object]) -> int:
    """Each stored tensor once. The library ties every T5 whatever its settings say; here it is untied."""
    config = transformers.T5Config(**{k: v for k, v in settings.items() if k != "model_type"})
    config.tie_word_embeddings = bool(settings.get("tie_word_embeddings", True))
    with torch.device("meta"):
        model = transformers.T5ForConditionalGeneration(config)
    model.tie_weights()
    model.set_input_embeddings(model.shared)  # both stacks read the same one
    return sum(weight.numel() for weight in model.parameters())
