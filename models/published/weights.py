"""Weights of a published model, counted from its configuration: by component and in all.

Tests build the same models on the meta device, where weights have a shape and no memory, and count the same numbers.
Symbols as in ``models/published/configs.py``.
"""

from models.published.configs import LatentAttention, ModelConfig


def attention_weights(c: ModelConfig) -> int:
    """2·D·HK + 2·D·GK: query and output, key and value; with biases HK + 2·GK + D more."""
    if c.latent:
        return latent_attention_weights(c.width, c.heads, c.latent)
    queries, keys = c.heads * c.head_width, c.kv_heads * c.head_width
    biases = queries + 2 * keys + c.width if c.biases else 0
    return 2 * c.width * queries + 2 * c.width * keys + biases


def latent_attention_weights(width: int, heads: int, latent: LatentAttention) -> int:
    """Down, norm and up, once for queries and once for keys with values, the rotary key beside them, and the output.

    Paper: DeepSeek-AI 2024, "DeepSeek-V2", appendix C.
    """
    m = latent
    queries = width * m.query_rank + m.query_rank + m.query_rank * heads * (m.plain + m.rotary)
    keys_and_values = width * m.cached + m.latent + m.latent * heads * 2 * m.plain
    return queries + keys_and_values + heads * m.plain * width


def feed_forward_weights(c: ModelConfig, hidden: int) -> int:
    """3·D·F with a gate, 2·D·F without; with biases F + D more."""
    return (3 if c.gated else 2) * c.width * hidden + (hidden + c.width if c.biases else 0)


def norm_weights(c: ModelConfig) -> int:
    """Of one norm: a gain per feature, and a bias where there is one."""
    return c.weights_per_norm * c.width


def weights_by_component(c: ModelConfig) -> dict[str, int]:
    """What the model is made of, in the order in which data meets it; parts that it lacks are left out."""
    experts = c.experts
    sparse = c.layers - experts.dense_layers if experts else 0
    found = {
        "token embedding": c.vocabulary * c.width,
        "position embedding": c.learned_positions * c.width,
        "attention": c.layers * attention_weights(c),
        "feed-forward": (c.layers - sparse) * feed_forward_weights(c, c.hidden),
        "routers": sparse * experts.count * c.width if experts else 0,
        "shared experts": sparse * feed_forward_weights(c, experts.shared * experts.hidden) if experts else 0,
        "experts": sparse * experts.count * feed_forward_weights(c, experts.hidden) if experts else 0,
        "norms": (c.norms * c.layers + 1) * norm_weights(c),
        "output embedding": 0 if c.tied else c.vocabulary * c.width,
    }
    return {name: count for name, count in found.items() if count}


def total_weights(c: ModelConfig) -> int:
    """L·(2DHK + 2DGK + 3DF + 2D) + 2VD + D for a Llama; other models as their components say."""
    return sum(weights_by_component(c).values())
