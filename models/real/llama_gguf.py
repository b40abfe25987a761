"""A Llama-like model from a GGUF file in the layout that the hub uses: settings, tensors and vocabulary.

Sources: the tensor names of llama.cpp ("Standardized tensor names", GGUF), its pre-tokenizers of the kind "smollm", and
transformers' configuration of Llama. llama.cpp keeps rotary pairs as neighbours; the published layout keeps them in
halves, so the rows of queries and keys go back.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor

from models.real.gguf import GGUF
from models.real.llama_files import halved

NAMES: Mapping[str, str] = {
    "token_embd.": "model.embed_tokens.",
    "output_norm.": "model.norm.",
    "blk.": "model.layers.",
    "attn_norm.": "input_layernorm.",
    "attn_q.": "self_attn.q_proj.",
    "attn_k.": "self_attn.k_proj.",
    "attn_v.": "self_attn.v_proj.",
    "attn_output.": "self_attn.o_proj.",
    "ffn_norm.": "post_attention_layernorm.",
    "ffn_gate.": "mlp.gate_proj.",
    "ffn_up.": "mlp.up_proj.",
    "ffn_down.": "mlp.down_proj.",
    "output.": "lm_head.",
}
"""Parts of their names and what stands there in the published ones; the last is a part of others, replaced by then."""

PRE_TOKENIZERS: Mapping[str, list[Any]] = {
    "smollm": [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "gpt-2": [pre_tokenizers.ByteLevel(add_prefix_space=False)],
}
"""How a text is parted before any merge, by ``tokenizer.ggml.pre``; in smollm each digit is a part of its own."""

CONTROL = 3
"""``tokenizer.ggml.token_type`` of a token that text never spells."""


def field(file: GGUF, name: str) -> Any:
    """A field that must be there; ValueError names it."""
    if name not in file.fields:
        raise ValueError(f"lacks the field {name}")
    return file.fields[name]


def settings(file: GGUF) -> dict[str, Any]:
    """The config.json of the model."""
    if (architecture := field(file, "general.architecture")) != "llama":
        raise ValueError(f"general.architecture: only llama is read, this file has {architecture!r}")
    heads, width = field(file, "llama.attention.head_count"), field(file, "llama.embedding_length")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(field(file, "tokenizer.ggml.tokens")),
        "hidden_size": width,
        "num_hidden_layers": field(file, "llama.block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": file.fields.get("llama.attention.head_count_kv", heads),
        "head_dim": file.fields.get("llama.rope.dimension_count", width // heads),
        "intermediate_size": field(file, "llama.feed_forward_length"),
        "max_position_embeddings": field(file, "llama.context_length"),
        "rms_norm_eps": round(field(file, "llama.attention.layer_norm_rms_epsilon"), 9),  # 1e-5, stored in 32 bits
        "rope_theta": field(file, "llama.rope.freq_base"),
        "hidden_act": "silu",
        "tie_word_embeddings": "output.weight" not in file.tensors,
        "bos_token_id": file.fields.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": file.fields.get("tokenizer.ggml.eos_token_id"),
    }


def tensors(file: GGUF) -> Iterator[tuple[str, Tensor]]:
    """Every tensor in half precision under its published name, one after another."""
    config = settings(file)
    heads = {"attn_q.": config["num_attention_heads"], "attn_k.": config["num_key_value_heads"]}
    for name, stored in file.tensors.items():
        published = name
        for theirs, here in NAMES.items():
            published = published.replace(theirs, here)
        weight = torch.from_numpy(stored.numbers().copy())
        rotary = next((count for part, count in heads.items() if part in name), None)
        yield published, (halved(weight, rotary) if rotary else weight).half().contiguous()


def tokenizer(file: GGUF) -> Tokenizer:
    """The byte-level BPE of the file, as a tokenizer.json holds it."""
    kind, pre = field(file, "tokenizer.ggml.model"), field(file, "tokenizer.ggml.pre")
    if kind != "gpt2" or pre not in PRE_TOKENIZERS:
        raise ValueError(f"tokenizer.ggml.pre: {', '.join(PRE_TOKENIZERS)} are read, this file has {kind} {pre!r}")
    pieces = field(file, "tokenizer.ggml.tokens")
    merges = [tuple(pair.split(" ")) for pair in field(file, "tokenizer.ggml.merges")]
    made = Tokenizer(models.BPE(vocab={piece: number for number, piece in enumerate(pieces)}, merges=merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(PRE_TOKENIZERS[pre])
    made.decoder = decoders.ByteLevel()
    kinds = field(file, "tokenizer.ggml.token_type")
    control = [piece for piece, kind in zip(pieces, kinds, strict=True) if kind == CONTROL]
    made.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in control])
    return made
