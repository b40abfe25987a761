"""Decoders of the Llama kind as published: their settings and tensor names, in this project's own decoder.

Sources: the configurations and ``state_dict`` names of transformers' Llama, Mistral, Qwen2 and Qwen3.

A published projection keeps rotary pair i in rows i and i + K/2; ours, as the paper, in rows 2i and 2i + 1.

Symbols
    H  heads of a projection        K  head width        D  width
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from models.layers.rmsnorm import RMSNorm
from models.position.rope import RoPE, frequencies
from models.position.scaled_rope import ScaledRoPE, full_rotations, interpolated, kept_share, ntk_by_parts
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.qwen import with_biases, with_normed_heads
from models.transformer.untied_decoder import UntiedDecoder

Settings = Mapping[str, Any]
"""What stands in a published model's config.json."""

NAMES: Mapping[str, str] = {
    "model.embed_tokens.": "embedding.",
    "model.layers.": "blocks.",
    "model.norm.": "norm.",
    "lm_head.": "to_logits.",
    "input_layernorm.": "attention_norm.",
    "self_attn.q_proj.": "attention.to_q.",
    "self_attn.q_norm.": "attention.to_q.norm.",
    "self_attn.k_proj.": "attention.to_k.",
    "self_attn.k_norm.": "attention.to_k.norm.",
    "self_attn.v_proj.": "attention.to_v.",
    "self_attn.o_proj.": "attention.to_out.",
    "post_attention_layernorm.": "feed_forward_norm.",
    "mlp.gate_proj.": "feed_forward.to_gate.",
    "mlp.up_proj.": "feed_forward.to_value.",
    "mlp.down_proj.": "feed_forward.to_out.",
}
"""Parts of their names, in the order of a name from left to right, and what stands there in ours."""


def paired(rows: Tensor, heads: int) -> Tensor:
    """Rows of H heads from the published order (pair i: i and i + K/2) to the paper's (2i and 2i + 1)."""
    return rows.unflatten(0, (heads, 2, -1)).transpose(1, 2).flatten(0, 2)


def halved(rows: Tensor, heads: int) -> Tensor:
    """The way back: rows 2i and 2i + 1 of every head to i and i + K/2."""
    return rows.unflatten(0, (heads, -1, 2)).transpose(1, 2).flatten(0, 2)


def sizes(config: Settings) -> DecoderConfig:
    """The sizes of the model; a model with a window is offered no text longer than that."""
    heads, context = config["num_attention_heads"], config["max_position_embeddings"]
    window = config.get("sliding_window") if config.get("use_sliding_window", True) else None
    return DecoderConfig(
        vocabulary=config["vocab_size"],
        width=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads") or heads,
        head_width=config.get("head_dim") or config["hidden_size"] // heads,
        hidden=config["intermediate_size"],
        context=min(context, window or context),
    )


def position(config: Settings, head_width: int) -> RoPE:
    """The rotary scheme that the settings name; ValueError where this project does not have it."""
    rope = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    base = float(rope.get("rope_theta") or config.get("rope_theta", 10_000.0))
    kind = rope.get("rope_type", rope.get("type", "default"))
    theta = frequencies(head_width, base, torch.device("cpu"))  # the model around it has no numbers yet
    if kind == "default":
        return RoPE(base)
    if kind == "linear":
        return ScaledRoPE(interpolated(theta, rope["factor"]))
    if kind == "llama3":
        rotations = full_rotations(theta, rope["original_max_position_embeddings"])
        kept = kept_share(rotations, rope["low_freq_factor"], rope["high_freq_factor"])
        return ScaledRoPE(ntk_by_parts(theta, rope["factor"], kept))
    raise ValueError(f"rope_type: takes default, linear or llama3; this model has {kind!r}")


def decoder(config: Settings) -> Decoder:
    """The decoder of these settings, its weights still to come; ValueError for a setting that it does not have."""
    for name, wanted in (("hidden_act", "silu"), ("mlp_bias", False)):
        if config.get(name, wanted) != wanted:
            raise ValueError(f"{name}: takes {wanted}; this model has {config[name]!r}")
    found, epsilon = sizes(config), config["rms_norm_eps"]
    kind: Callable[..., Decoder] = Decoder if config.get("tie_word_embeddings") else UntiedDecoder
    model = kind(found, position(config, found.head_width), norm=partial(RMSNorm, epsilon=epsilon))
    match config["model_type"]:
        case "qwen2":
            return with_biases(model)
        case "qwen3":
            return with_normed_heads(model, epsilon)
        case _ if config.get("attention_bias"):
            raise ValueError("attention_bias: takes false; this model has true")
        case _:
            return model


def renamed(name: str, tensor: Tensor, config: Settings) -> dict[str, Tensor]:
    """A published tensor under our name and in our order; nothing for an output matrix that is the embedding."""
    if name == "lm_head.weight" and config.get("tie_word_embeddings"):
        return {}
    ours = name
    for theirs, here in NAMES.items():
        ours = ours.replace(theirs, here)
    heads = {"q": config["num_attention_heads"], "k": config.get("num_key_value_heads")}
    for which, count in heads.items():
        if f"self_attn.{which}_proj." in name:
            return {ours: paired(tensor, count or heads["q"])}
        if f"self_attn.{which}_norm." in name:
            return {ours: paired(tensor, 1)}
    return {ours: tensor}
