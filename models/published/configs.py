"""The sizes of published decoders, for counting what cannot be run here: one table for every page.

Sources: the configuration files that their makers published; Radford et al. 2019, "GPT-2"; Brown et al. 2020, "GPT-3",
table 2.1; Touvron et al. 2023, "Llama 2", table 1 and section 2.2; Grattafiori et al. 2024, "The Llama 3 Herd of
Models", table 3; Jiang et al. 2023, "Mistral 7B", table 1, and 2024, "Mixtral of Experts", table 1; Gemma Team 2024,
"Gemma 2", section 2 and table 1; DeepSeek-AI 2024, "DeepSeek LLM", table 2, "DeepSeek-V2", section 3.1.2, and
"DeepSeek-V3", section 4.2.

Symbols
    L  layers     D  width     H  query heads     G  key/value heads     K  head width     V  vocabulary
    F  hidden width of a dense feed-forward layer     Fₑ  of an expert     E, k  experts, and those chosen per token
    R  latent width and Kᴿ rotary width of latent attention
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class LatentAttention:
    """Multi-head latent attention: queries through a low rank, keys and values from one cached vector."""

    query_rank: int = 1536
    latent: int = 512  # R
    plain: int = 128  # width of a key without position, and of a value
    rotary: int = 64  # Kᴿ, one key for all heads

    @property
    def cached(self) -> int:
        """R + Kᴿ: values that the cache holds per token and layer."""
        return self.latent + self.rotary


@dataclass(frozen=True)
class Experts:
    """The sparse layers: ``count`` experts of which a token gets ``chosen``, and ``shared`` ones that serve all."""

    count: int
    chosen: int
    hidden: int  # Fₑ
    shared: int = 0
    dense_layers: int = 0  # the first ones, without experts


@dataclass(frozen=True)
class ModelConfig:
    """One decoder. What is not named is as in Llama: RMSNorm twice a layer, SwiGLU, no biases, two embeddings."""

    name: str
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    context: int
    hidden: int
    vocabulary: int
    gated: bool = True
    biases: bool = False
    norms: int = 2  # a layer
    weights_per_norm: int = 1  # per feature: a gain, or a gain and a bias
    learned_positions: int = 0
    tied: bool = False  # one embedding serves both ends
    latent: LatentAttention | None = None
    experts: Experts | None = None
    window: int = 0  # tokens that a layer with a sliding window keeps; 0 where no layer has one
    windowed_layers: int = 0

    @property
    def attention(self) -> Literal["MHA", "GQA", "MLA"]:
        """Multi-head, grouped-query or multi-head latent attention."""
        return "MLA" if self.latent else "MHA" if self.kv_heads == self.heads else "GQA"


def gpt(name: str, layers: int, width: int, heads: int, context: int) -> ModelConfig:
    """GPT-2 and GPT-3: LayerNorm, GELU on four times the width, biases, learned positions, one embedding."""
    return ModelConfig(
        name, layers, width, heads, heads, width // heads, context, 4 * width, 50_257, gated=False, biases=True,
        weights_per_norm=2, learned_positions=context, tied=True,
    )  # fmt: skip


def deepseek(
    name: str, layers: int, width: int, hidden: int, vocabulary: int, experts: Experts, context: int = 131_072
) -> ModelConfig:
    """DeepSeek-V2 and V3: 128 heads of latent attention, the first layers dense, then shared and chosen experts."""
    return ModelConfig(
        name, layers, width, 128, 128, 128, context, hidden, vocabulary, latent=LatentAttention(), experts=experts
    )


CONFIGS: Mapping[str, ModelConfig] = {
    config.name: config
    for config in (
        gpt("GPT-2", 12, 768, 12, 1024),
        gpt("GPT-2 Medium", 24, 1024, 16, 1024),
        gpt("GPT-2 Large", 36, 1280, 20, 1024),
        gpt("GPT-2 XL", 48, 1600, 25, 1024),
        ModelConfig("SmolLM2 135M", 30, 576, 9, 3, 64, 8192, 1536, 49_152, tied=True),
        gpt("GPT-3 Small", 12, 768, 12, 2048),
        gpt("GPT-3 2.7B", 32, 2560, 32, 2048),
        gpt("GPT-3 6.7B", 32, 4096, 32, 2048),
        gpt("GPT-3 175B", 96, 12_288, 96, 2048),
        ModelConfig("Llama 2 7B", 32, 4096, 32, 32, 128, 4096, 11_008, 32_000),
        ModelConfig("Llama 2 70B", 80, 8192, 64, 8, 128, 4096, 28_672, 32_000),
        ModelConfig("Llama 3 8B", 32, 4096, 32, 8, 128, 8192, 14_336, 128_256),
        ModelConfig("Llama 3 70B", 80, 8192, 64, 8, 128, 8192, 28_672, 128_256),
        ModelConfig("Mistral 7B", 32, 4096, 32, 8, 128, 8192, 14_336, 32_000, window=4096, windowed_layers=32),
        ModelConfig("SOLAR 10.7B", 48, 4096, 32, 8, 128, 4096, 14_336, 32_000),
        ModelConfig(
            "Gemma 2 9B", 42, 3584, 16, 8, 256, 8192, 14_336, 256_128, norms=4, tied=True, window=4096,
            windowed_layers=21,
        ),
        ModelConfig("Mixtral 8×7B", 32, 4096, 32, 8, 128, 32_768, 14_336, 32_000, experts=Experts(8, 2, 14_336)),
        ModelConfig("Mixtral 8×22B", 56, 6144, 48, 8, 128, 65_536, 16_384, 32_000, experts=Experts(8, 2, 16_384)),
        ModelConfig("DeepSeek 67B", 95, 8192, 64, 8, 128, 4096, 22_016, 102_400),
        deepseek("DeepSeek-V2", 60, 5120, 12_288, 102_400, Experts(160, 6, 1536, shared=2, dense_layers=1)),
        deepseek("DeepSeek-V3", 61, 7168, 18_432, 129_280, Experts(256, 8, 2048, shared=1, dense_layers=3)),
    )
}  # fmt: skip
"""Name → sizes."""
