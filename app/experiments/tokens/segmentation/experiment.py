"""Serves tokenization alone: one text in five cuts; the pages on subwords measure words and borders of words."""

from app.experiments.base import Experiment
from app.experiments.tokens.segmentation.figures import figures
from app.experiments.tokens.segmentation.run import SegmentationControls, measure, run

EXPERIMENT = Experiment(
    SegmentationControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "characters": "characters of the text",
        "bytes": "bytes of the text in UTF-8",
        "words": "words and signs of the text",
        "unknown_words": "words and signs outside the tiny world's",
        "bpe_tokens": "tokens by BPE",
        "model_tokens": "tokens by the model's vocabulary",
        "characters_spelling_share": "reads characters: words spelt right, share",
        "pieces_spelling_share": "reads pieces: words spelt right, share",
        "words_spelling_share": "reads whole words: words spelt right, share",
        "spelling_gap": "words spelt right, characters less whole words",
        "dearest_language_ratio": "tokens by BPE, dearest language over English",
        "number_cuts": "ways in which BPE cuts numbers of three digits",
    },
)
