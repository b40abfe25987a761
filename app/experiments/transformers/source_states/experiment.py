"""Serves encoder-decoder alone: it changes what passes from one half to the other."""

from app.experiments.base import Experiment
from app.experiments.transformers.source_states.figures import figures
from app.experiments.transformers.source_states.run import SourceControls, measure, run

EXPERIMENT = Experiment(
    SourceControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "exact_match_12_words": "lists of 12 words right, share",
        "exact_match_4_words": "lists of 4 words right, share",
        "exact_match_12_words_with_the_mean": "lists of 12 words right with the mean, share",
        "exact_match_8_words_with_the_mean": "lists of 8 words right with the mean, share",
        "exact_match_4_words_with_the_mean": "lists of 4 words right with the mean, share",
        "lowest_of_three_trainings": "lists of 12 words right, lowest of three trainings, share",
        "changed_share": "lists whose output changes with the order of the states, share",
        "source_followed_share": "lists whose output changes with a word of the source, share",
        "states_change_with_the_source": "largest change of an encoder state, a word of the source exchanged",
        "states_change_with_the_prefix": "the same, a word of the prefix exchanged",
        "steps_moved_by_the_source": "decoder steps that change with a word of the source, share",
        "steps_moved_by_the_prefix": "decoder steps that change with a word of the prefix, share",
        "words_right": "words of your list right",
        "encoder_runs": "runs of the encoder for your list",
        "decoder_runs": "runs of the decoder for your list, one per word and one for its end",
        "encoded_once_flops": "operations for your list, FLOPs",
        "encoded_each_step_flops": "the same with the source encoded again before each word, FLOPs",
    },
)
