"""Serves transformer-xl alone: its cache holds states of an earlier segment, which no other model here keeps."""

from app.experiments.base import Experiment
from app.experiments.transformers.segment_memory.figures import figures
from app.experiments.transformers.segment_memory.run import MemoryControls, measure, run

EXPERIMENT = Experiment(
    MemoryControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "start_accuracy": "questions right in the first four tokens of a segment, share",
        "end_accuracy": "questions right in the last four tokens of a segment, share",
        "start_accuracy_without_cache": "the same at the start without a cache, share",
        "loss_nats": "loss, nats per question",
        "loss_without_cache_nats": "loss without a cache, nats per question",
        "near_accuracy": "questions right up to 16 tokens after the move, share",
        "far_accuracy": "questions right 33 to 48 tokens after the move, share",
        "useful_reach_tokens": "distance up to which more than half of the questions are right, tokens",
        "reach_tokens": "furthest token that changes the output, tokens back",
        "gradient_across_the_cache": "largest gradient by a token before the segment",
        "gradient_in_the_segment": "largest gradient by a token of the segment",
        "cached_tokens": "tokens in the cache",
    },
)
