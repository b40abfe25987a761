"""Serves gpt-3 alone: it varies the examples in the prompt, where the page on GPT-2 varies the training text."""

from app.experiments.base import Experiment
from app.experiments.transformers.few_shot.figures import figures
from app.experiments.transformers.few_shot.run import ShotControls, measure, run

EXPERIMENT = Experiment(
    ShotControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "made_up_examples": "examples of made-up pairs in the prompt",
        "right_share": "prompts completed, share of 40",
        "relabelled_share": "completed as exchanged labels say, share of 40",
        "gain_share": "prompts completed with 8 examples less those with 1, share",
        "without_examples_share": "prompts completed without an example, share of 40",
        "one_layer_share": "one layer, 8 examples: prompts completed, share of 40",
        "published_right_share": "published model: prompts completed, share of 8",
        "published_gain_share": "published model: completed with 8 examples less those with 1, share",
        "published_relabelled_share": "published model: completed as exchanged labels say, share of 8",
        "weights_changed": "whether a weight changed, 1 or 0",
    },
)
