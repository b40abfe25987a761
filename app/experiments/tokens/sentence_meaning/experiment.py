"""Serves semantic-similarity alone: three sentences and what each method calls similar; search ranks many passages."""

from app.experiments.base import Experiment
from app.experiments.tokens.sentence_meaning.figures import figures
from app.experiments.tokens.sentence_meaning.run import SentenceMeaningControls, measure, run

EXPERIMENT = Experiment(
    SentenceMeaningControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "paraphrase_accuracy": "paraphrase ranked above the role swap by the encoder, share",
        "similarity_margin": "cosine of the paraphrase minus that of the role swap, mean",
        "paraphrase_cosine": "cosine of paraphrases, mean",
        "swap_cosine": "cosine of role swaps, mean",
        "overlap_accuracy": "ranked right by shared words, share",
        "mean_word_accuracy": "ranked right by the mean word vector, share",
        "typed_paraphrase_cosine": "cosine of the typed paraphrase",
        "typed_swap_cosine": "cosine of the typed role swap",
    },
)
