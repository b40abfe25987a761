"""Serves multi-head-latent-attention alone: its controls are widths of a latent, not numbers of heads."""

from app.experiments.attention.latent_attention.figures import figures
from app.experiments.attention.latent_attention.published import PublishedLatents
from app.experiments.attention.latent_attention.run import LatentControls, LatentResult, measure, run
from app.experiments.base import Experiment

EXPERIMENT: Experiment[LatentControls, LatentResult | PublishedLatents] = Experiment(
    LatentControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "cached_values": "values cached per token and layer",
        "full_cached_values": "values cached per token and layer with all heads",
        "cache_bytes": "cache per token and layer, bytes",
        "times_smaller": "cache with all heads over this one",
        "absorbed_minus_expanded_logits": "largest difference of a logit, absorbed from expanded form",
        "full_loss_nats": "loss of held-out text as trained, nats per token",
        "text_full_loss_nats": "loss of your text as trained, nats per token",
        "text_added_loss_nats": "loss of your text added by the latent, nats per token",
        "added_loss_nats": "loss added by the latent, nats per token",
        "added_by_four_heads_nats": "loss added by four fitted heads, nats per token",
        "added_by_four_averaged_heads_nats": "loss added by four averaged heads, nats per token",
        "saved_from_four_heads_nats": "loss added by four fitted heads minus by the latent, nats per token",
        "prediction_change": "change of the next token’s probabilities (total variation distance)",
        "expanding_multiplications": "multiplications for a new token, expanded form",
        "absorbed_multiplications": "multiplications for a new token, absorbed form",
        "absorbed_over_expanding_multiplications": "multiplications, absorbed over expanded form",
        "v2_smaller_than_67b_percent": "DeepSeek-V2’s cache, smaller than DeepSeek 67B’s, %",
        "v2_smaller_at_16_bits_percent": "the same at 16 bits per value, %",
        "v2_smaller_at_6_bits_percent": "the same at 6 bits per value, %",
        "v2_smaller_than_own_heads_percent": "DeepSeek-V2’s cache, smaller than one of its own heads, %",
    },
)
