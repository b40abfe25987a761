"""Every experiment, listed by hand. A family is imported when first asked for: to show words takes no torch."""

from importlib import import_module

from app.experiments.base import AnyExperiment

FAMILIES: dict[str, str] = {
    "softmax": "app.experiments.foundations.softmax",
    "head-patterns": "app.experiments.attention.heads",
    "attention-maps": "app.experiments.attention.maps",
    "query-key-value": "app.experiments.attention.query_key_value",
    "attention-weights": "app.experiments.attention.weights",
    "score-kinds": "app.experiments.attention.score_kinds",
    "scaled-scores": "app.experiments.attention.scores",
    "cross-attention": "app.experiments.attention.cross",
    "head-counts": "app.experiments.attention.head_counts",
    "one-head": "app.experiments.attention.one_head",
    "projections": "app.experiments.attention.projections",
    "prefixes": "app.experiments.attention.prefixes",
    "self-attention": "app.experiments.attention.self_attention",
    "causal-mask": "app.experiments.attention.masks",
    "mask-painting": "app.experiments.attention.mask_painting",
    "score-fill": "app.experiments.attention.fill",
    "online-softmax": "app.experiments.attention.online_softmax",
    "ring-attention": "app.experiments.attention.ring",
    "flash-attention": "app.experiments.attention.flash",
    "grouped-query": "app.experiments.attention.grouped",
    "sliding-window": "app.experiments.attention.window",
    "attention-sinks": "app.experiments.attention.sinks",
    "compressed-sparse": "app.experiments.attention.compressed_sparse",
    "linear-attention": "app.experiments.attention.linear",
    "sparse-patterns": "app.experiments.attention.sparse_patterns",
    "latent-attention": "app.experiments.attention.latent",
    "balancing-loss": "app.experiments.routing.balancing_loss",
    "balancing-methods": "app.experiments.routing.balancing_methods",
    "diffusion": "app.experiments.generative.diffusion",
    "expert-parallelism": "app.experiments.routing.expert_parallelism",
    "expert": "app.experiments.routing.expert",
    "modular": "app.experiments.routing.modular",
    "shared-experts": "app.experiments.routing.shared_experts",
    "router": "app.experiments.routing.router",
    "sparse-layer": "app.experiments.routing.sparse_layer",
    "switch": "app.experiments.routing.switch",
    "top-k": "app.experiments.routing.top_k",
    "noising": "app.experiments.generative.noising",
    "mixture-of-experts": "app.experiments.routing.mixture",
    "temperature": "app.experiments.decoding.temperature",
    "word-order": "app.experiments.position.order",
    "absolute-positions": "app.experiments.position.absolute",
    "relative-positions": "app.experiments.position.relative",
    "sinusoidal-encoding": "app.experiments.position.sinusoidal",
    "rope": "app.experiments.position.rope",
    "alibi": "app.experiments.position.alibi",
    "rope-scaling": "app.experiments.position.scaling",
    "rope-variants": "app.experiments.position.variants",
    "longrope": "app.experiments.position.longrope",
    "kv-cache": "app.experiments.serving.kv_cache",
    "kv-cache-memory": "app.experiments.serving.kv_cache_memory",
}
"""Experiment id → module that holds its ``EXPERIMENT``."""


class UnknownExperiment(KeyError):
    """No family has this id."""


def experiment(id: str) -> AnyExperiment:
    """The experiment of that id; raises UnknownExperiment."""
    if id not in FAMILIES:
        raise UnknownExperiment(f"experiment {id!r}: takes one of {', '.join(FAMILIES)}")
    found: AnyExperiment = import_module(FAMILIES[id]).EXPERIMENT
    return found
