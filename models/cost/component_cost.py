"""Operations and bytes of a published decoder by component, for a text of any length, counted from its configuration.

Papers: Kaplan et al. 2020, "Scaling Laws for Neural Language Models", section 2.1 and table 1 (a forward pass);
Dao et al. 2022, "FlashAttention" (what need not be kept of the scores).

Symbols
    n  tokens     L, D, V  layers, width, vocabulary     H, G, K  query heads, key/value heads, their width
    A  weights of one layer's attention matrices     F  hidden width     M  weights of an MLP that a token passes
    Norms, biases, rotations and the softmax are left out: they are less than a thousandth of a large model's work.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from models.published.cache import bytes_held
from models.published.configs import ModelConfig
from models.published.weights import attention_weights, weights_by_component


def attention_matrices(c: ModelConfig) -> int:
    """A = 2DHK + 2DGK: without biases and the gains inside latent attention."""
    return attention_weights(replace(c, biases=False)) - (c.latent.query_rank + c.latent.latent if c.latent else 0)


def projection_flops(c: ModelConfig, n: int) -> int:
    """2nLA: every token with every weight of attention's matrices, a multiplication and an addition."""
    return 2 * n * c.layers * attention_matrices(c)


def score_flops(c: ModelConfig, n: int) -> int:
    """4Ln²HK: n queries with n keys, and as many weights with values; masked pairs are computed as well."""
    compared = c.latent.plain + c.latent.rotary if c.latent else c.head_width
    mixed = c.latent.plain if c.latent else c.head_width
    return 2 * c.layers * n * n * c.heads * (compared + mixed)


def mlp_flops(c: ModelConfig, n: int) -> int:
    """2nLM, with M = 3DF behind a gate and 2DF without; of the experts, those that a token is sent to."""
    matrices = (3 if c.gated else 2) * c.width
    if c.experts is None:
        return 2 * n * c.layers * matrices * c.hidden
    e, sparse = c.experts, c.layers - c.experts.dense_layers
    routed = matrices * (e.chosen + e.shared) * e.hidden + e.count * c.width
    return 2 * n * (e.dense_layers * matrices * c.hidden + sparse * routed)


def output_flops(c: ModelConfig, n: int) -> int:
    """2nDV: every state with every row of the output matrix."""
    return 2 * n * c.width * c.vocabulary


FLOPS: Mapping[str, Callable[[ModelConfig, int], int]] = {
    "attention": projection_flops,
    "scores": score_flops,
    "MLPs": mlp_flops,
    "output": output_flops,
}
"""Component → operations of one forward pass over n tokens."""


def score_bytes(c: ModelConfig, n: int, bytes_per_value: int = 2) -> int:
    """Hn² values: the attention maps of one layer, if they are stored."""
    return bytes_per_value * c.heads * n * n


def tiled_score_bytes(c: ModelConfig, n: int, bytes_per_value: int = 4) -> int:
    """2Hn values: the largest score and the sum of every query, all that tiles keep of one layer's maps."""
    return bytes_per_value * 2 * c.heads * n


def memory(c: ModelConfig, n: int, bytes_per_value: int = 2) -> dict[str, float]:
    """Component → bytes while a text of n tokens is read: weights, and the cache of keys and values."""
    found: dict[str, float] = {name: float(count * bytes_per_value) for name, count in weights_by_component(c).items()}
    return found | {"key/value cache": bytes_held(c, n, bytes_per_value)}
