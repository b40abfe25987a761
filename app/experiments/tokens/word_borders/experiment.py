"""Serves token alone: one prompt and how it is cut; ids and words of the vocabulary have pages of their own."""

from app.experiments.base import Experiment
from app.experiments.tokens.word_borders.figures import figures
from app.experiments.tokens.word_borders.run import BorderControls, measure, run

EXPERIMENT = Experiment(
    BorderControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "completed_share": "facts completed, share",
        "completed_after_a_space": "facts completed with a space behind the prompt, share",
        "letters_completed_share": "facts completed with the name in letters, share",
        "repeats_last_word_share": "prompts whose last word is repeated, share",
        "prompt_tokens": "tokens of the prompt",
        "prompt_bytes": "bytes of the prompt",
        "likeliest_probability": "probability of the likeliest next token",
        "same_digit_cosine": "cosine of a digit’s two tokens, with and without a space, mean",
        "other_digit_cosine": "cosine of tokens of two different digits, mean",
    },
)
