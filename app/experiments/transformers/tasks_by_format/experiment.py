"""Serves gpt-2 alone: its twins differ in their training text, where the page on GPT-3 compares sizes and examples."""

from app.experiments.base import Experiment
from app.experiments.transformers.tasks_by_format.figures import figures
from app.experiments.transformers.tasks_by_format.run import FormatControls, measure, run

EXPERIMENT = Experiment(
    FormatControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "questions_right_share": "questions answered, share of 64",
        "pairs_right_share": "pairs completed, share of 64",
        "reviews_right_share": "reviews labelled rightly, share of 64",
        "topics_right_share": "topics named rightly, share of 64",
        "mean_right_share": "prompts answered, mean share of four tasks",
        "published_reviews_share": "published model: reviews labelled rightly, share of 16",
        "published_topics_share": "published model: topics named rightly, share of 16",
        "published_chance_share": "published model: guessing, mean share",
        "chance_share": "guessing among the answers, mean share",
    },
)
