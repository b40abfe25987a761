"""Weights of a model from its settings as the hub stores them: a config.json, counted by component.

Sources: the configurations of the transformers library for Llama, Mistral, Mixtral, Gemma 2, Qwen2, Qwen3, GPT-2,
DeepSeek-V2 and V3, BERT, ViT and T5. What a file leaves out has the library's default; what is wrong is named.

Symbols as in ``models/published/configs.py``.
"""

from dataclasses import replace

from models.published.configs import Experts, LatentAttention, ModelConfig, gpt
from models.published.json_settings import Settings, size, switch, whole_share
from models.published.t5_settings import t5
from models.published.vit_settings import vit
from models.published.weights import weights_by_component

TIED = {"gemma2": True, "gpt2": True}
"""Whether the output matrix is the embedding where a file does not say so; else not."""


def components(settings: Settings) -> dict[str, int]:
    """Component → weights; ValueError names what is missing, wrong or of a kind that is not counted here."""
    kind = settings.get("model_type")
    if kind == "bert":
        return bert(settings)
    if kind == "vit":
        return vit(settings)
    if kind == "t5":
        return t5(settings)
    if kind == "gpt2":
        return weights_by_component(gpt2(settings))
    if kind not in ("llama", "mistral", "mixtral", "gemma2", "qwen2", "qwen3", "deepseek_v2", "deepseek_v3"):
        known = "llama, mistral, mixtral, gemma2, qwen2, qwen3, gpt2, bert, vit, t5, deepseek_v2 or deepseek_v3"
        raise ValueError(f"model_type: takes {known}; here it is {str(kind)[:30]!r}")
    if switch(settings, "mlp_bias", False):
        raise ValueError("mlp_bias: takes false; biases in a gated MLP are not counted here")
    c = decoder(settings, str(kind))
    found = weights_by_component(c)
    queries, keys = c.heads * c.head_width, c.kv_heads * c.head_width
    if kind == "qwen2" or switch(settings, "attention_bias", False):
        found["attention"] += c.layers * (queries + 2 * keys + (c.width if kind != "qwen2" else 0))
    if kind == "qwen3":
        found["norms"] += c.layers * 2 * c.head_width
    return found


def decoder(settings: Settings, kind: str) -> ModelConfig:
    """The sizes of a decoder of the Llama kind."""
    width, heads, layers = (
        size(settings, name) for name in ("hidden_size", "num_attention_heads", "num_hidden_layers")
    )
    latent = latent_of(settings) if kind.startswith("deepseek") else None
    own = settings.get("head_dim") is not None
    head_width = size(settings, "head_dim") if own else 0 if latent else whole_share(width, heads)
    kv_heads = size(settings, "num_key_value_heads", heads)
    if heads % kv_heads:
        raise ValueError(f"num_key_value_heads: takes a divisor of {heads}, the number of heads; here it is {kv_heads}")
    return ModelConfig(
        "pasted", layers, width, heads, kv_heads, head_width, 0,
        size(settings, "intermediate_size"), size(settings, "vocab_size"), norms=4 if kind == "gemma2" else 2,
        tied=switch(settings, "tie_word_embeddings", TIED.get(kind, False)), latent=latent,
        experts=experts_of(settings, kind, layers),
    )  # fmt: skip


def experts_of(settings: Settings, kind: str, layers: int) -> Experts | None:
    if kind == "mixtral":
        hidden, chosen = size(settings, "intermediate_size"), size(settings, "num_experts_per_tok", 2)
        return Experts(size(settings, "num_local_experts", 8), chosen, hidden)
    if not kind.startswith("deepseek"):
        return None
    dense = settings.get("first_k_dense_replace", 0)
    if isinstance(dense, bool) or not isinstance(dense, int) or not 0 <= dense <= layers:
        raise ValueError(
            f"first_k_dense_replace: takes a whole number from 0 to {layers}; here it is {str(dense)[:30]!r}"
        )
    return Experts(
        size(settings, "n_routed_experts"), size(settings, "num_experts_per_tok"),
        size(settings, "moe_intermediate_size"), size(settings, "n_shared_experts"), dense,
    )  # fmt: skip


def latent_of(settings: Settings) -> LatentAttention:
    plain, value = size(settings, "qk_nope_head_dim"), size(settings, "v_head_dim")
    if plain != value:
        raise ValueError(f"v_head_dim: takes {plain}, as qk_nope_head_dim; here it is {value}")
    rotary = size(settings, "qk_rope_head_dim")
    return LatentAttention(size(settings, "q_lora_rank"), size(settings, "kv_lora_rank"), plain, rotary)


def gpt2(settings: Settings) -> ModelConfig:
    width, heads = size(settings, "n_embd"), size(settings, "n_head")
    found = gpt("pasted", size(settings, "n_layer"), width, heads, size(settings, "n_positions", 1024))
    hidden = size(settings, "n_inner", 4 * width)
    tied = switch(settings, "tie_word_embeddings", True)
    return replace(found, hidden=hidden, vocabulary=size(settings, "vocab_size"), tied=tied)


def bert(settings: Settings) -> dict[str, int]:
    """An encoder with its pooler: three embeddings, biases everywhere, two norms a layer and one in front."""
    D, L, F = (size(settings, name) for name in ("hidden_size", "num_hidden_layers", "intermediate_size"))
    positions, kinds = size(settings, "max_position_embeddings", 512), size(settings, "type_vocab_size", 2)
    return {
        "token embedding": size(settings, "vocab_size") * D,
        "position embedding": (positions + kinds) * D,
        "attention": L * 4 * (D * D + D),
        "feed-forward": L * (2 * D * F + F + D),
        "norms": (2 * L + 1) * 2 * D,
        "pooler": D * D + D,
    }
