"""Bytes of a published model's key/value cache. Symbols as in ``models/published/configs.py``."""

from models.published.configs import ModelConfig
from models.serving.kv_cache import cache_bytes


def tokens_held(c: ModelConfig, tokens: int) -> float:
    """Of a text of that many tokens, per layer: the mean over layers with and without a window."""
    dropped = max(0, tokens - c.window) * c.windowed_layers
    return tokens - dropped / c.layers


def latent_cache_bytes(layers: int, latent: int, tokens: float, bytes_per_value: float, batch: int = 1) -> float:
    """L · (R + Kᴿ) · T · bytes · B: one latent vector stands for the keys and values of all heads."""
    return layers * latent * tokens * bytes_per_value * batch


def bytes_held(
    c: ModelConfig, tokens: int, bytes_per_value: float = 2, batch: int = 1, kv_heads: int | None = None
) -> float:
    """Of a whole batch. ``kv_heads`` asks what another number of key/value heads would need."""
    held = tokens_held(c, tokens)
    if c.latent and kv_heads is None:
        return latent_cache_bytes(c.layers, c.latent.cached, held, bytes_per_value, batch)
    heads = c.kv_heads if kv_heads is None else kv_heads
    return cache_bytes(c.layers, heads, c.head_width, held, bytes_per_value, batch)
