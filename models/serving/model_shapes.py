"""The published sizes of real models, for counting what cannot be run here.

Sources: the configuration files that their makers published; Touvron et al. 2023, "Llama 2", table 1 and section 2.2;
Jiang et al. 2023, "Mistral 7B", table 1; Brown et al. 2020, "GPT-3", table 2.1; DeepSeek-AI 2024, "DeepSeek LLM",
table 2, and "DeepSeek-V2", sections 2.1.2 and 3.1.2; a number that only a paper states is its rounded one;

Gemma Team 2024, "Gemma 2", section 2 and tables 1 and 2.

Symbols
    L  layers     D  width     H  query heads     G  key/value heads     K  head width     V  vocabulary
    F  hidden width of the feed-forward part      R  latent width and Kᴿ rotary width of latent attention
"""

from dataclasses import dataclass
from typing import Literal

from models.serving.kv_cache import cache_bytes


@dataclass(frozen=True)
class ModelShape:
    """One decoder. ``parameters`` is counted from the other sizes where it is not given."""

    name: str
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    context: int
    hidden: int = 0
    vocabulary: int = 0
    experts: int = 1
    latent: int = 0  # R + Kᴿ values a token and layer, where the cache is compressed
    gated: bool = True
    stated_parameters: int = 0
    window: int = 0  # tokens that a layer with a sliding window keeps; 0 where no layer has one
    windowed_layers: int = 0

    @property
    def parameters(self) -> int:
        return self.stated_parameters or (llama_parameters(self) if self.gated else gpt_parameters(self))

    @property
    def attention(self) -> Literal["MHA", "GQA", "MLA"]:
        """Multi-head, grouped-query or multi-head latent attention."""
        return "MLA" if self.latent else "MHA" if self.kv_heads == self.heads else "GQA"

    def cache_bytes(
        self, tokens: int, bytes_per_value: float = 2, batch: int = 1, kv_heads: int | None = None
    ) -> float:
        """Of a whole batch. ``kv_heads`` asks what another number of key/value heads would need."""
        held = self.tokens_held(tokens)
        if self.latent and kv_heads is None:
            return latent_cache_bytes(self.layers, self.latent, held, bytes_per_value, batch)
        heads = self.kv_heads if kv_heads is None else kv_heads
        return cache_bytes(self.layers, heads, self.head_width, held, bytes_per_value, batch)

    def tokens_held(self, tokens: int) -> float:
        """Of a text of that many tokens, per layer: the mean over layers with and without a window."""
        dropped = max(0, tokens - self.window) * self.windowed_layers
        return tokens - dropped / self.layers


def latent_cache_bytes(layers: int, latent: int, tokens: float, bytes_per_value: float, batch: int = 1) -> float:
    """L · (R + Kᴿ) · T · bytes · B: one latent vector stands for the keys and values of all heads."""
    return layers * latent * tokens * bytes_per_value * batch


def llama_parameters(shape: ModelShape) -> int:
    """L (2DHK + 2DGK + 3DF·E + 2D) + 2VD + D, and D·E a layer for the router where there are experts."""
    s = shape
    attention = 2 * s.width * s.heads * s.head_width + 2 * s.width * s.kv_heads * s.head_width
    feed_forward = 3 * s.width * s.hidden * s.experts + (s.width * s.experts if s.experts > 1 else 0)
    return s.layers * (attention + feed_forward + 2 * s.width) + 2 * s.vocabulary * s.width + s.width


def gpt_parameters(shape: ModelShape) -> int:
    """L (12D² + 13D) + VD + CD + 2D: biases, learned positions for C places, one matrix for both ends."""
    s = shape
    return s.layers * (12 * s.width**2 + 13 * s.width) + (s.vocabulary + s.context + 2) * s.width


SHAPES: dict[str, ModelShape] = {
    shape.name: shape
    for shape in (
        ModelShape("GPT-2", 12, 768, 12, 12, 64, 1024, vocabulary=50257, gated=False),
        ModelShape("GPT-3 175B", 96, 12288, 96, 96, 128, 2048, vocabulary=50257, gated=False),
        ModelShape("Llama 2 7B", 32, 4096, 32, 32, 128, 4096, 11008, 32000),
        ModelShape("Llama 2 70B", 80, 8192, 64, 8, 128, 4096, 28672, 32000),
        ModelShape("Llama 3 8B", 32, 4096, 32, 8, 128, 8192, 14336, 128256),
        ModelShape("Llama 3 70B", 80, 8192, 64, 8, 128, 8192, 28672, 128256),
        ModelShape("Mistral 7B", 32, 4096, 32, 8, 128, 8192, 14336, 32000, window=4096, windowed_layers=32),
        ModelShape(
            "Gemma 2 9B",
            42,
            3584,
            16,
            8,
            256,
            8192,
            14336,
            256128,
            stated_parameters=9_242_164_736,
            window=4096,
            windowed_layers=21,
        ),  # fmt: skip
        ModelShape("Mixtral 8×7B", 32, 4096, 32, 8, 128, 32768, 14336, 32000, experts=8),
        ModelShape("DeepSeek 67B", 95, 8192, 64, 8, 128, 4096, 22016, 102400),
        ModelShape("DeepSeek-V2", 60, 5120, 128, 128, 128, 131072, latent=512 + 64, stated_parameters=236_000_000_000),
        ModelShape("DeepSeek-V3", 61, 7168, 128, 128, 128, 131072, latent=512 + 64, stated_parameters=671_000_000_000),
    )
}
