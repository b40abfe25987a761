"""Serves mlstm alone: its memory is a matrix, which no other recurrent cell has."""

from app.experiments.base import Experiment
from app.experiments.recurrence.matrix_memory.figures import figures
from app.experiments.recurrence.matrix_memory.run import MemoryControls, measure, run

EXPERIMENT = Experiment(
    MemoryControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "recall": "values recalled, share",
        "recall_matrix": "values recalled, matrix with learned keys, share",
        "recall_random_keys": "values recalled, matrix with random keys, share",
        "recall_vector": "values recalled, k ⊙ v in 256 numbers, share",
        "newer_value_named": "key stored twice: the newer value is named, share",
        "older_value_named": "key stored twice: the older value is named, share",
        "recurrent_minus_parallel": "recurrent minus parallel form, largest difference over the largest number",
        "chance": "chance of naming the right value",
    },
)
