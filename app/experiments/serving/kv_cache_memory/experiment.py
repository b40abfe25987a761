"""Serves kv-cache-memory alone: its bytes are counted from sizes, and nothing of kv-cache's decoding run is in them."""

from app.experiments.base import Experiment
from app.experiments.serving.kv_cache_memory.figures import figures
from app.experiments.serving.kv_cache_memory.run import MemoryControls, measure, run

EXPERIMENT = Experiment(
    MemoryControls,
    run,
    measure,
    figures,
    badge="published figures",
    labels={
        "tokens_held_per_layer": "tokens held, mean over layers",
        "cache_gigabytes": "cache of all texts, GB",
        "cache_per_token_bytes": "cache per token of the text, bytes",
        "weights_gigabytes": "weights in 16 bits, GB",
        "cache_over_weights": "cache over weights",
        "texts_until_the_cache_outweighs_the_weights": "texts whose cache weighs as much as the model",
        "times_smaller_than_one_key_per_head": "times smaller than with a key per query head",
        "llama_3_70b_chosen": "1 if Llama 3 70B is chosen, else 0",
        "largest_error_of_the_formula_bytes": "largest difference between live tensors and formula, bytes",
    },
)
