"""Published rules for rotary frequencies by the names of the transformers library, and the numbers that it gave."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from app.experiments.position.context_extension import Method, Shape, computed_theta
from app.provenance.origin import Computed, computed
from models.language.loss_by_length import TRAINED as TRAINED_HERE
from models.position.rope import frequencies
from models.position.rope_rules import by_factors, dynamic, kept_by_number, longrope_score_factor
from models.position.scaled_rope import ntk_by_parts, score_factor

FILE = Path(__file__).parents[4] / "assets" / "data" / "rope_frequencies.json"
HEAD_WIDTH, TRAINED = 128, 4096
BASES, STRETCHES = (10_000.0, 500_000.0), (4, 8)
LLAMA, DECODER = Shape(HEAD_WIDTH, TRAINED, 1.0, 32.0), Shape(16, TRAINED_HERE, 1.0, 32.0)
"""With YaRN's bounds for Llama."""
LOW, HIGH = 1.0, 4.0
"""The bounds of Llama 3.1."""

Kind = Literal["standard", "linear", "dynamic NTK", "YaRN", "LongRoPE", "Llama 3"]
KINDS: tuple[Kind, ...] = ("standard", "linear", "dynamic NTK", "YaRN", "LongRoPE", "Llama 3")
RULES: tuple[Kind, ...] = ("standard", "linear", "dynamic NTK", "YaRN", "Llama 3")
"""Those that a small decoder can use: LongRoPE's factors are searched for one model."""
METHODS: dict[str, Method] = {"standard": "none", "linear": "interpolation", "YaRN": "YaRN"}
Ramp = Literal["of the code", "of the paper"]


def example_factors(stretch: int, pairs: int = HEAD_WIDTH // 2) -> Tensor:
    """An example of searched factors: from 1 to s, the last pairs most. Real ones are a model's own. (P,)"""
    return 1 + (stretch - 1) * (torch.arange(pairs) / (pairs - 1)) ** 2


def variant(kind: str, stretch: int, ramp: Ramp, of: Shape, tokens: int) -> tuple[Computed, float]:
    """Radians per position (P,) for a text of so many tokens, and the factor on queries and keys."""
    s, plain = float(stretch), computed(frequencies, head_width=of.head_width, base=of.base)
    if kind == "dynamic NTK":
        by = {"head_width": of.head_width, "stretch": s, "length": tokens, "trained": of.trained, "base": of.base}
        return computed(dynamic, **by), 1.0
    if kind == "YaRN" and ramp == "of the code":
        sizes = {"head_width": of.head_width, "trained": of.trained, "base": of.base}
        kept = computed(kept_by_number, **sizes, alpha=of.alpha, beta=of.beta)
        return computed(ntk_by_parts, theta=plain.tensor, stretch=s, kept=kept), score_factor(stretch)
    if kind == "LongRoPE":
        pairs = of.head_width // 2
        factors = example_factors(stretch, pairs) if tokens > of.trained else torch.ones(pairs)
        return computed(by_factors, theta=plain, factors=factors), longrope_score_factor(stretch, of.trained)
    if kind == "Llama 3":
        return computed_theta("NTK-by-parts", s, of._replace(alpha=LOW, beta=HIGH)), 1.0
    return computed_theta(METHODS[kind], s, of), score_factor(stretch) if kind == "YaRN" else 1.0


@cache
def recorded() -> dict[str, Any]:
    """What the library gave; a test holds the file against it."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
