"""Weights of published mixtures of experts, counted from their dimensions: all of them, and those that one token meets.

Papers: Jiang et al. 2024, "Mixtral of Experts", table 1; DeepSeek-AI 2024, "DeepSeek-V2", section 3.1.2 and
"DeepSeek-V3", section 4.2; Fedus et al. 2021, "Switch Transformers", table 9. Tests build the same models on the meta
device, where weights have a shape and no memory, and count the same numbers.

Symbols
    d  width            L  layers, of which L_d are dense     E, k  experts of a layer, and how many a token gets
    V  vocabulary       f  hidden neurons of an expert        F     hidden neurons of a dense layer
"""

from dataclasses import dataclass
from typing import TypeVar

from torch import Tensor


@dataclass(frozen=True)
class MoEShape:
    """Counts of one model. ``everywhere`` is what every token meets: embeddings, attention, norms, routers …"""

    name: str
    everywhere: int
    expert: int
    experts: int
    chosen: int
    sparse_layers: int
    routers: int
    looked_up: int

    @property
    def total(self) -> int:
        """everywhere + layers · E · expert."""
        return weights_of(self.everywhere, self.sparse_layers, self.experts, self.expert)

    @property
    def active(self) -> int:
        """everywhere + layers · k · expert: what one token meets."""
        return weights_of(self.everywhere, self.sparse_layers, self.chosen, self.expert)

    @property
    def flops(self) -> int:
        """Operations per token without attention scores: two for every weight it uses that is not only looked up."""
        return 2 * (self.active - self.looked_up)

    @property
    def copied_whole(self) -> int:
        """E · (the model with one expert and no router): what a name like 8 × 7B suggests."""
        return self.experts * (self.everywhere - self.routers + self.sparse_layers * self.expert)


N = TypeVar("N", int, Tensor)


def weights_of(everywhere: N, layers: N, experts: N, expert: N) -> N:
    """N_everywhere + L · e · N_expert: with e = E all weights, with e = k those that one token meets."""
    return everywhere + layers * experts * expert


def shares(everywhere: Tensor, active: Tensor, whole: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of all weights: those that every token meets, those of its chosen experts, and the idle rest."""
    met, chosen = everywhere / whole, (active - everywhere) / whole
    return met, chosen, 1 - met - chosen


def grouped_query_attention(d: int, heads: int, kv_heads: int, head_width: int) -> int:
    """2 · d · H K + 2 · d · G K: query and output, key and value."""
    return 2 * d * heads * head_width + 2 * d * kv_heads * head_width


def latent_attention(
    d: int, heads: int, q_rank: int = 1536, kv_rank: int = 512, plain: int = 128, rotary: int = 64
) -> int:
    """Multi-head latent attention (DeepSeek-V2, appendix C): down, norm and up, once for queries and once for keys with
    values, the rotary key beside them, and the output."""
    queries = d * q_rank + q_rank + q_rank * heads * (plain + rotary)
    keys_and_values = d * (kv_rank + rotary) + kv_rank + kv_rank * heads * (plain + plain)
    return queries + keys_and_values + heads * plain * d


def gated(d: int, hidden: int) -> int:
    """A SwiGLU layer: 3 · d · f."""
    return 3 * d * hidden


def mixtral(name: str, d: int, layers: int, heads: int, hidden: int, vocabulary: int = 32_000) -> MoEShape:
    """L · (attention + router + two norms) + two embeddings + last norm, and eight SwiGLU experts a layer."""
    attention = grouped_query_attention(d, heads, kv_heads=8, head_width=128)
    everywhere = layers * (attention + 8 * d + 2 * d) + 2 * vocabulary * d + d
    return MoEShape(name, everywhere, gated(d, hidden), 8, 2, layers, layers * 8 * d, vocabulary * d)


def llama(name: str, d: int, layers: int, heads: int, kv_heads: int, hidden: int) -> MoEShape:
    """A dense model, for comparison: one expert, always chosen, and no router (Touvron et al. 2023, "Llama 2")."""
    attention = grouped_query_attention(d, heads, kv_heads, head_width=128)
    everywhere = layers * (attention + 2 * d) + 2 * 32_000 * d + d
    return MoEShape(name, everywhere, gated(d, hidden), 1, 1, layers, 0, 32_000 * d)


def deepseek(
    name: str,
    d: int,
    layers: int,
    dense: int,
    dense_hidden: int,
    hidden: int,
    experts: int,
    chosen: int,
    shared: int,
    vocabulary: int,
) -> MoEShape:
    """The first layers are dense; in the others ``shared`` experts serve every token beside the chosen ones."""
    sparse = layers - dense
    everywhere = (
        layers * (latent_attention(d, 128) + 2 * d)
        + dense * gated(d, dense_hidden)
        + sparse * (shared * gated(d, hidden) + experts * d)
        + 2 * vocabulary * d
        + d
    )
    return MoEShape(name, everywhere, gated(d, hidden), experts, chosen, sparse, sparse * experts * d, vocabulary * d)


def switch(name: str, d: int, layers: int, heads: int, hidden: int, experts: int) -> MoEShape:
    """T5 with ``layers`` in the encoder and in the decoder; every other feed-forward layer is a Switch layer.

    One embedding serves both ends; a table of 32 relative positions a head stands in either half.
    """
    attention, norms, dense = 4 * d * heads * 64, 5 * layers + 2, 2 * d * hidden
    everywhere = 3 * layers * attention + norms * d + 2 * 32 * heads + layers * (dense + experts * d) + 32_128 * d
    return MoEShape(name, everywhere, dense, experts, 1, layers, layers * experts * d, 32_128 * d)


MIXTRAL_8X7B = mixtral("Mixtral 8×7B", d=4096, layers=32, heads=32, hidden=14_336)
MIXTRAL_8X22B = mixtral("Mixtral 8×22B", d=6144, layers=56, heads=48, hidden=16_384)
DEEPSEEK_V2 = deepseek("DeepSeek-V2", 5120, 60, 1, 12_288, 1536, experts=160, chosen=6, shared=2, vocabulary=102_400)
DEEPSEEK_V3 = deepseek("DeepSeek-V3", 7168, 61, 3, 18_432, 2048, experts=256, chosen=8, shared=1, vocabulary=129_280)
SWITCH_BASE = switch("Switch-Base", d=768, layers=12, heads=12, hidden=3072, experts=128)
LLAMA_2_70B = llama("LLaMA-2 70B", d=8192, layers=80, heads=64, kv_heads=8, hidden=28_672)
