"""GPT-2 as published: its settings and tensor names, in this project's own decoder.

Sources: the configuration and ``state_dict`` names of transformers' GPT-2. Its matrices are stored inputs first, and
queries, keys and values in one.
"""

from collections.abc import Mapping

from torch import Tensor

from models.real.llama_files import Settings
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.gpt2 import gpt2

NAMES: Mapping[str, str] = {
    "transformer.": "",
    "wte.weight": "embedding.weight",
    "wpe.weight": "position.table",
    "h.": "blocks.",
    "ln_1.": "attention_norm.",
    "ln_2.": "feed_forward_norm.",
    "ln_f.": "norm.",
    "attn.c_proj.": "attention.to_out.",
    "mlp.c_fc.": "feed_forward.to_hidden.",
    "mlp.c_proj.": "feed_forward.to_out.",
}


def decoder(config: Settings) -> Decoder:
    """The decoder of these settings, its weights still to come; ValueError for a setting that it does not have."""
    if (activation := config.get("activation_function", "gelu_new")) != "gelu_new":
        raise ValueError(f"activation_function: takes gelu_new; this model has {activation!r}")
    width, heads = config["n_embd"], config["n_head"]
    found = DecoderConfig(
        vocabulary=config["vocab_size"],
        width=width,
        layers=config["n_layer"],
        heads=heads,
        kv_heads=heads,
        head_width=width // heads,
        hidden=config.get("n_inner") or 4 * width,
        context=config["n_positions"],
    )
    return gpt2(found, config.get("layer_norm_epsilon", 1e-5))


def renamed(name: str, tensor: Tensor, config: Settings) -> dict[str, Tensor]:
    """A published tensor under our names; nothing for stored masks and for an output matrix that is the embedding."""
    if name == "lm_head.weight" or name.endswith((".attn.bias", ".attn.masked_bias")):
        return {}
    ours = name
    for theirs, here in NAMES.items():
        ours = ours.replace(theirs, here, 1)
    stored = tensor.mT if ".c_" in name and name.endswith(".weight") else tensor
    if ".attn.c_attn." not in name:
        return {ours: stored.contiguous()}
    parts = zip("qkv", stored.chunk(3), strict=True)
    return {ours.replace("attn.c_attn.", f"attention.to_{part}."): rows.contiguous() for part, rows in parts}
