"""Weights of a T5, counted from its settings by component.

Sources: the configuration of the transformers library; Raffel et al. 2020, "Exploring the Limits of Transfer Learning
with a Unified Text-to-Text Transformer", section 2.1.

Symbols
    D  width      L  layers of the encoder      F  hidden neurons of an MLP
"""

from models.published.json_settings import Settings, size, switch


def t5(settings: Settings) -> dict[str, int]:
    """An encoder and a decoder without biases: one relative bias a stack, a gated MLP where the file names one."""
    D, F, L = (size(settings, name) for name in ("d_model", "d_ff", "num_layers"))
    heads, decoders = size(settings, "num_heads"), size(settings, "num_decoder_layers", L)
    attention = 4 * D * heads * size(settings, "d_kv", 64)
    if not switch(settings, "is_encoder_decoder", True):
        raise ValueError("is_encoder_decoder: takes true; half a T5 is not counted here")
    form = settings.get("feed_forward_proj") or "relu"
    if form not in ("relu", "gated-gelu"):
        raise ValueError(f"feed_forward_proj: takes relu or gated-gelu; here it is {str(form)[:30]!r}")
    embedding = size(settings, "vocab_size") * D
    found = {
        "token embedding": embedding,
        "relative bias": 2 * heads * size(settings, "relative_attention_num_buckets", 32),
        "attention": L * attention + decoders * 2 * attention,
        "feed-forward": (L + decoders) * (2 if form == "relu" else 3) * D * F,
        "norms": (2 * L + 3 * decoders + 2) * D,
    }
    return found if switch(settings, "tie_word_embeddings", True) else found | {"output embedding": embedding}
