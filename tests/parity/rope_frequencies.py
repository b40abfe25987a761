"""What transformers makes of every RoPE variant, for the page to compare with.

``python -m tests.parity.rope_frequencies`` writes ``assets/data/rope_frequencies.json``; ``test_rope_rules`` holds the
file against the library.
"""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import torch

from app.experiments.position.rope_variants.rules import BASES, HEAD_WIDTH, KINDS, STRETCHES, TRAINED, example_factors

FILE = Path(__file__).parents[2] / "assets" / "data" / "rope_frequencies.json"
LIBRARY = {
    "standard": "default",
    "linear": "linear",
    "dynamic NTK": "dynamic",
    "YaRN": "yarn",
    "LongRoPE": "longrope",
    "Llama 3": "llama3",
}


def library(kind: str, base: float, stretch: int, long: bool) -> tuple[torch.Tensor, float]:
    """Inverse frequencies and the factor on cosines and sines."""
    from transformers import LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    more: dict[str, object] = {
        "standard": {},
        "linear": {"factor": float(stretch)},
        "dynamic NTK": {"factor": float(stretch)},
        "YaRN": {"factor": float(stretch), "original_max_position_embeddings": TRAINED},
        "LongRoPE": {
            "factor": float(stretch),
            "original_max_position_embeddings": TRAINED,
            "long_factor": example_factors(stretch).tolist(),
            "short_factor": [1.0] * (HEAD_WIDTH // 2),
        },
        "Llama 3": {
            "factor": float(stretch),
            "original_max_position_embeddings": TRAINED,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
        },
    }[kind]
    config = LlamaConfig(
        hidden_size=HEAD_WIDTH,
        num_attention_heads=1,
        head_dim=HEAD_WIDTH,
        max_position_embeddings=TRAINED if kind in ("standard", "linear", "dynamic NTK") else stretch * TRAINED,
        rope_parameters={"rope_type": LIBRARY[kind], "rope_theta": base} | more,
    )
    if kind == "standard":
        standard = LlamaRotaryEmbedding(config)
        return standard.inv_freq, standard.attention_scaling
    length = stretch * TRAINED if long else TRAINED
    return ROPE_INIT_FUNCTIONS[LIBRARY[kind]](config, torch.device("cpu"), seq_len=length)


def every() -> Iterator[tuple[str, str, float, int, bool]]:
    for kind, base, stretch, long in product(KINDS, BASES, STRETCHES, (True, False)):
        yield f"{kind} {base:.0f} {stretch} {'long' if long else 'short'}", kind, base, stretch, long


if __name__ == "__main__":
    import transformers

    found = {}
    for key, kind, base, stretch, long in every():
        theta, factor = library(kind, base, stretch, long)
        found[key] = {"factor": round(factor, 7), "theta": [float(f"{value:.7g}") for value in theta.tolist()]}
    content = {
        "command": "python -m tests.parity.rope_frequencies",
        "library": f"transformers {transformers.__version__}",
        "frequencies": found,
    }
    FILE.write_text(json.dumps(content) + "\n", encoding="utf-8")
