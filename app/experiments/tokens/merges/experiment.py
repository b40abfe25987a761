"""Serves byte-pair-encoding alone: its merges are learned here, the other pages on tokens use what was learned."""

from app.experiments.base import Experiment
from app.experiments.tokens.merges.figures import figures
from app.experiments.tokens.merges.run import MergesControls, measure, run

EXPERIMENT = Experiment(
    MergesControls,
    run,
    measure,
    figures,
    labels={
        "tokens_per_word": "tokens per word of the text",
        "merges_done": "merges done",
        "first_whole_word_merge": "first merge that makes a whole word",
        "other_text_tokens_per_word": "other text: tokens per word",
        "shuffled_tokens_per_word": "letters shuffled: tokens per word",
        "new_words_tokens_per_word": "new words: tokens per word",
        "tokens_per_word_saved": "tokens per word, letters shuffled less other text",
        "words_cut_otherwise": "training words not cut as the training left them, share",
    },
)
