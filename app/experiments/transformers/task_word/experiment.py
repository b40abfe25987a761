"""Serves t5 alone: the task is a word of the source, which no other page changes."""

from app.experiments.base import Experiment
from app.experiments.transformers.task_word.figures import figures
from app.experiments.transformers.task_word.run import TaskControls, measure, run

EXPERIMENT = Experiment(
    TaskControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "sources_as_trained": "whether nothing is hidden and the sentinels stand in order, 1 or 0",
        "follows_the_task_share": "answers of the task named, share of three tasks",
        "lowest_exact_match": "answers right to the end in the worst of four tasks, share",
        "exact_match_tok": "translations right to the end, share",
        "exact_match_who": "subjects right, share",
        "exact_match_whom": "objects right, share",
        "exact_match_fill": "gaps filled right to the end, share",
        "gap_words_right": "words right in the gaps, by the sentinels' numbers, share",
        "gap_words_by_place": "words right in the gaps, by their order in the source, share",
    },
)
