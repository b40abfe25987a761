"""Weights of published mixtures of experts: all of them, and those that one token uses.

Symbols as in ``models/published/configs.py``.
"""

from dataclasses import dataclass
from typing import TypeVar

from torch import Tensor

from models.published.configs import CONFIGS, Experts, ModelConfig
from models.published.weights import feed_forward_weights, weights_by_component

N = TypeVar("N", int, Tensor)


def weights_of(everywhere: N, layers: N, experts: N, expert: N) -> N:
    """N_everywhere + L · e · N_expert: with e = E all weights, with e = k those that one token uses."""
    return everywhere + layers * experts * expert


def shares(everywhere: Tensor, active: Tensor, whole: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of all weights: those that every token uses, those of its chosen experts, and the idle rest."""
    used, chosen = everywhere / whole, (active - everywhere) / whole
    return used, chosen, 1 - used - chosen


@dataclass(frozen=True)
class MixtureCount:
    """Counts of one mixture. ``everywhere`` is what every token uses: embeddings, attention, norms, routers …"""

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
        """everywhere + layers · k · expert: what one token uses."""
        return weights_of(self.everywhere, self.sparse_layers, self.chosen, self.expert)

    @property
    def flops(self) -> int:
        """Operations per token without attention scores: two for every weight it uses that is not only looked up."""
        return 2 * (self.active - self.looked_up)

    @property
    def copied_whole(self) -> int:
        """E · (the model with one expert and no router): what a name like 8 × 7B suggests."""
        return self.experts * (self.everywhere - self.routers + self.sparse_layers * self.expert)


def mixture_count(c: ModelConfig) -> MixtureCount:
    """A dense model counts as one expert per layer, always chosen, and no router."""
    parts, e = weights_by_component(c), c.experts or Experts(1, 1, c.hidden)
    expert, sparse = feed_forward_weights(c, e.hidden), c.layers - e.dense_layers
    everywhere = sum(parts.values()) - sparse * e.count * expert
    return MixtureCount(
        c.name, everywhere, expert, e.count, e.chosen, sparse, parts.get("routers", 0), parts["token embedding"]
    )


MIXTRAL_8X7B = mixture_count(CONFIGS["Mixtral 8×7B"])
MIXTRAL_8X22B = mixture_count(CONFIGS["Mixtral 8×22B"])
DEEPSEEK_V2 = mixture_count(CONFIGS["DeepSeek-V2"])
DEEPSEEK_V3 = mixture_count(CONFIGS["DeepSeek-V3"])
LLAMA_2_70B = mixture_count(CONFIGS["Llama 2 70B"])
