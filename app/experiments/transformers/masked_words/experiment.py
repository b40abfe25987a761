"""Words behind a mask, from both sides and from the left alone, by readers of two trainings.

Serves masked-language-model alone: what is asked for is single words, where the pages beside it ask for whole texts.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.masked_words.figures import figures
from app.experiments.transformers.masked_words.run import MaskedWordsControls, measure, run

EXPERIMENT = Experiment(
    MaskedWordsControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "both_sides_accuracy": "masked verbs found from both sides, share",
        "left_only_accuracy": "masked verbs found from the left alone, share",
        "gap": "found from both sides minus found from the left alone, share",
        "masked_accuracy": "right verb first where it is masked, share",
        "replaced_accuracy": "right verb first where a wrong one stands, share",
        "kept_accuracy": "right verb first where it stands, share",
        "typed_probability": "probability of the hidden word from both sides",
        "typed_left_probability": "probability of the hidden word from the left alone",
    },
)
