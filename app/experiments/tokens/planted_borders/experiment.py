"""Serves subword-tokenization alone: three methods against known borders inside words."""

from app.experiments.base import Experiment
from app.experiments.tokens.planted_borders.figures import figures
from app.experiments.tokens.planted_borders.run import PlantedBordersControls, measure, run

EXPERIMENT = Experiment(
    PlantedBordersControls,
    run,
    measure,
    figures,
    labels={
        "tokens_in_the_vocabulary": "tokens in the vocabulary",
        "bpe_f1": "BPE: borders found, F1",
        "word_piece_f1": "WordPiece: borders found, F1",
        "unigram_f1": "Unigram: borders found, F1",
        "random_f1": "random cuts, as many as the best method for them: F1",
        "smallest_gain_over_random": "F1 over random cuts, smallest of three methods",
        "unigram_less_bpe_f1": "F1, Unigram less BPE",
        "bpe_pieces": "BPE: pieces per word",
        "word_piece_pieces": "WordPiece: pieces per word",
        "unigram_pieces": "Unigram: pieces per word",
        "unknown_words": "words of your text that WordPiece gives up",
    },
)
