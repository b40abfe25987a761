"""Serves subword alone: which words fall into pieces, and what a model that learned the pieces can do with them."""

from app.experiments.base import Experiment
from app.experiments.tokens.made_up_words.figures import figures
from app.experiments.tokens.made_up_words.run import MadeUpWordsControls, measure, run

EXPERIMENT = Experiment(
    MadeUpWordsControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "made_up_repeated_share": "made-up words repeated by the model that is asked, share",
        "known_repeated_share": "training words repeated by the model of pieces, share",
        "few_pieces_repeated_share": "made-up words in up to three pieces: repeated, share",
        "many_pieces_repeated_share": "made-up words in five or more pieces: repeated, share",
        "frequent_word_pieces": "pieces per word, 50 most frequent",
        "rare_word_pieces": "pieces per word, 50 rarest",
        "more_pieces_of_rare_words": "pieces per word, rarest less most frequent",
        "pieces_of_your_word": "pieces of your word",
    },
)
